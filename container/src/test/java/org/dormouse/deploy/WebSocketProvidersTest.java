package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What ServiceLoader finds with the class loader of a WAR, which hides the server's classes but for these. */
class WebSocketProvidersTest {
    @Test
    void applicationFindsTheProvidersOfWebSocketAndNothingElseOfTheirPackages() throws IOException {
        try (var loader = new WebAppClassLoader("app", List.of(), getClass().getClassLoader())) {
            assertThat(ServiceLoader.load(ContainerProvider.class, loader)).isNotEmpty();
            assertThat(ServiceLoader.load(ServerEndpointConfig.Configurator.class, loader))
                    .isNotEmpty();
            assertThatThrownBy(() -> loader.loadClass("org.dormouse.websocket.client.HandshakeClient"))
                    .isInstanceOf(ClassNotFoundException.class);
        }
    }
}
