package org.dormouse.websocket;

import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The configuration of an endpoint as one connection sees it: with user properties of its own (Jakarta WebSocket 2.2 §3.1.6). */
final class SessionEndpointConfig implements ServerEndpointConfig {
    private final ServerEndpointConfig shared;
    private final Configurator configurator;
    private final Supplier<Map<String, Object>> userProperties;

    /** @param userProperties asked each time, so that a session whose properties nobody wants has none */
    SessionEndpointConfig(ServerSide server, Supplier<Map<String, Object>> userProperties) {
        this.shared = server.config();
        this.configurator = server.configurator();
        this.userProperties = userProperties;
    }

    @Override
    public Map<String, Object> getUserProperties() {
        return userProperties.get();
    }

    @Override
    public Class<?> getEndpointClass() {
        return shared.getEndpointClass();
    }

    @Override
    public String getPath() {
        return shared.getPath();
    }

    @Override
    public List<String> getSubprotocols() {
        return shared.getSubprotocols();
    }

    @Override
    public List<Extension> getExtensions() {
        return shared.getExtensions();
    }

    /** The one that is in use, also where the shared configuration makes another for each who asks. */
    @Override
    public Configurator getConfigurator() {
        return configurator;
    }

    @Override
    public List<Class<? extends Encoder>> getEncoders() {
        return shared.getEncoders();
    }

    @Override
    public List<Class<? extends Decoder>> getDecoders() {
        return shared.getDecoders();
    }
}
