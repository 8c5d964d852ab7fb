package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FirstUseTest {
    @ParameterizedTest
    @EnumSource(ClientAuthentication.class)
    void anEngineShakesHandsBeforeTheFirstClientComes(ClientAuthentication clients) {
        var counting = CountingContext.of(TestCertificates.serverContext(TestCertificates.SERVER_EC));
        var host = new TlsHost(counting, TlsServer.BOTH, null, clients, List.of());
        new FirstUse(name -> host).run();
        assertThat(counting.takeCalls()).isBetween(5, 200);
    }

    @Test
    void whoServesNobodyWithoutANameNeedsNone() {
        new FirstUse(name -> null).run();
    }
}
