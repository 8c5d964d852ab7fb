package org.dormouse.arquillian;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jboss.arquillian.container.spi.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DormouseConfigurationTest {
    @Test
    void withoutAnyPropertyItIsAServerOnAFreePort() {
        var configuration = new DormouseConfiguration();
        configuration.validate();
        try (var server = configuration.server().start()) {
            assertThatCode(() -> new java.net.Socket("localhost", server.port()).close())
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "prot, 80, there is no property prot",
        "port, eighty, port \"eighty\" is no number",
        "port, 65536, port 65536 is not in -1 to 65535",
        "httpsPort, -2, httpsPort -2 is not in -1 to 65535",
        "execution, host, execution \"host\" is none of",
        "failedDeployments, ignore, failedDeployments \"ignore\" is none of",
    })
    void aPropertyThatCannotBeReadIsNamed(String name, String value, String message) {
        assertThatThrownBy(() -> new DormouseConfiguration().set(name, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "port, -1, port and httpsPort are both -1",
        "keyStore, keys.p12, without httpsPort",
        "usersFile, no/such/file, there is no such file",
    })
    void whatDoesNotFitTogetherIsRefused(String name, String value, String message) {
        var configuration = new DormouseConfiguration();
        configuration.set(name, value);
        assertThatThrownBy(configuration::validate)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aSettingThatThereIsNotFailsTheStart() {
        var container = new DormouseDeployableContainer();
        var configuration = new DormouseConfiguration();
        configuration.set("dormouse.http.no-such-key", "1");
        container.setup(configuration);
        assertThatThrownBy(container::start).hasMessageContaining("there is no setting http.no-such-key");
    }
}
