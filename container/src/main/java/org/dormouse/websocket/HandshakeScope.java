package org.dormouse.websocket;

import java.lang.ScopedValue.CallableOp;
import org.jspecify.annotations.Nullable;

/**
 * The handshake in which a configurator is asked: bound to the thread while it is. A configurator of the application that leaves a question
 * to the platform's passes on only what the API has; the rest is here.
 */
final class HandshakeScope {
    private static final ScopedValue<HandshakeScope> CURRENT = ScopedValue.newInstance();

    private final OpeningRequest request;
    private final EndpointHost host;
    private @Nullable Object prepared;

    HandshakeScope(OpeningRequest request, EndpointHost host) {
        this.request = request;
        this.host = host;
    }

    /** Null outside of a handshake. */
    static @Nullable HandshakeScope current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    <R, X extends Throwable> R call(CallableOp<R, X> step) throws X {
        return ScopedValue.where(CURRENT, this).call(step);
    }

    boolean isAllowed(String origin) {
        return request.isAllowedOrigin(origin);
    }

    /** @throws ReflectiveOperationException if it cannot be brought into service */
    void prepare(Object instance) throws ReflectiveOperationException {
        host.prepare(instance);
        prepared = instance;
    }

    /** Whether {@code instance} is the one that was prepared, and so has to be released at the end of its session. */
    @SuppressWarnings("ReferenceEquality") // this very object
    boolean hasPrepared(Object instance) {
        return prepared == instance;
    }
}
