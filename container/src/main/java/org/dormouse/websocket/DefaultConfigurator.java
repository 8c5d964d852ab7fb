package org.dormouse.websocket;

import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The platform's configurator (Jakarta WebSocket 2.2 §3.1). Made by the service loader, as often as somebody asks: it keeps nothing, and
 * finds the handshake it is asked in by its thread.
 */
public final class DefaultConfigurator extends ServerEndpointConfig.Configurator {
    /** The first of the client's that the server supports. */
    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        for (String wanted : requested) if (supported.contains(wanted)) return wanted;
        return "";
    }

    /** The client's, as far as they are installed. */
    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        List<Extension> negotiated = new ArrayList<>();
        for (Extension wanted : requested) {
            if (installed.stream().anyMatch(have -> have.getName().equals(wanted.getName()))) negotiated.add(wanted);
        }
        return negotiated;
    }

    /**
     * Lets pages of the server's own origin in, and those that the server is told of ({@code websocket.allowed-origins}). Clients without an
     * Origin are no browsers: nothing of a user's is sent with what they ask, so nobody can abuse it.
     *
     * @return outside of a handshake false for every origin: there is nothing to verify it by
     */
    @Override
    public boolean checkOrigin(@Nullable String origin) {
        if (origin == null) return true;
        HandshakeScope scope = HandshakeScope.current();
        return scope != null && scope.isAllowed(origin);
    }

    /** A new instance, by the constructor without parameters; in a handshake with its resources injected. */
    @Override
    public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
        try {
            Constructor<T> constructor = endpointClass.getDeclaredConstructor();
            constructor.setAccessible(true);
            T instance = constructor.newInstance();
            HandshakeScope scope = HandshakeScope.current();
            if (scope != null) scope.prepare(instance);
            return instance;
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            throw failed(endpointClass, thrown == null ? e : thrown);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw failed(endpointClass, e);
        }
    }

    private static InstantiationException failed(Class<?> endpointClass, Throwable cause) {
        var failure = new InstantiationException(endpointClass.getName() + " cannot be made: " + cause);
        failure.initCause(cause);
        return failure;
    }
}
