package org.dormouse.websocket;

import org.dormouse.push.Hub;

/** What the endpoints of an application need of whoever runs the application. Any thread. */
public interface EndpointHost {
    /** For endpoints without an application around them: it runs already, and nothing is injected. */
    EndpointHost NOBODY = new EndpointHost() {
        @Override
        public boolean isDeploying() {
            return false;
        }

        @Override
        public void prepare(Object endpoint) {}

        @Override
        public void release(Object endpoint) {}
    };

    /** The groups of the application. */
    default Hub hub() {
        throw new IllegalStateException("no application, and so no groups");
    }

    /** Whether the application has not been started: then one bad endpoint is the end of all (Jakarta WebSocket 2.2 §5.2.1). */
    boolean isDeploying();

    /**
     * Injects into a new instance, and calls its {@code @PostConstruct} methods.
     *
     * @throws ReflectiveOperationException if something is not there, or a method failed
     */
    void prepare(Object endpoint) throws ReflectiveOperationException;

    /** Calls the {@code @PreDestroy} methods of what was prepared; after {@code onClose}. */
    void release(Object endpoint);
}
