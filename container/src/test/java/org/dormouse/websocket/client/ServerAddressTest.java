package org.dormouse.websocket.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.DeploymentException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "ws://a.example/x?y=%20z, a.example, 80, a.example, /x?y=%20z, ws://a.example/x?y=%20z",
        "WSS://A.Example, a.example, 443, a.example, /, wss://a.example/",
        "ws://a:81, a, 81, a:81, /, ws://a:81/",
        "wss://a:80/?q, a, 80, a:80, /?q, wss://a:80/?q",
        "ws://[::1]/x, ::1, 80, [::1], /x, ws://[::1]/x"
    })
    void uriSaysWhomToAskForWhat(String uri, String host, int port, String authority, String target, String whole)
            throws Exception {
        ServerAddress address = ServerAddress.of(URI.create(uri));
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.authority()).isEqualTo(authority);
        assertThat(address.target()).isEqualTo(target);
        assertThat(address.uri()).isEqualTo(whole);
        assertThat(address.isSecure()).isEqualTo(whole.startsWith("wss"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/, scheme",
        "/only/a/path, scheme",
        "ws:opaque, no host",
        "ws:///x, no host",
        "ws://user:secret@a/, user information",
        "ws://a/#part, fragment",
        "ws://a:0/, port is 0",
        "ws://a:70000/, port is 70000",
        "ws://a/\u00e4, escaped"
    })
    void uriThatNobodyCanBeConnectedToByIsRefusedWithoutTellingPasswords(String uri, String why) {
        assertThatThrownBy(() -> ServerAddress.of(URI.create(uri)))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret");
    }

    @Test
    void noUriIsRefused() {
        assertThatThrownBy(() -> ServerAddress.of(null)).isInstanceOf(DeploymentException.class);
    }
}
