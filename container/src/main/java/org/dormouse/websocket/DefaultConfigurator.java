package org.dormouse.websocket;

import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * The platform's configurator (Jakarta WebSocket 2.2 §3.1). It lets every origin in: who serves browsers that carry cookies overrides
 * {@link #checkOrigin}, or has the application check it.
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

    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    /** A new instance, by the constructor without parameters. */
    @Override
    public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
        try {
            Constructor<T> constructor = endpointClass.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
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
