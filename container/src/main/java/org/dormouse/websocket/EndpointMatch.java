package org.dormouse.websocket;

import java.util.Map;
import java.util.concurrent.Executor;

/** An endpoint found for a request, with the values of its path variables. */
public final class EndpointMatch {
    private final DeployedEndpoint endpoint;
    private final Map<String, String> pathParameters;

    EndpointMatch(DeployedEndpoint endpoint, Map<String, String> pathParameters) {
        this.endpoint = endpoint;
        this.pathParameters = pathParameters;
    }

    public Map<String, String> pathParameters() {
        return pathParameters;
    }

    /**
     * Checks the opening handshake, asks the configurator, and makes the endpoint instance: whatever can go wrong goes wrong before 101.
     *
     * @param executor runs the callbacks of the session; keeps nothing of the request alive. Called by the loop owner, must not block
     * @throws HandshakeRefused if the request is not to be upgraded
     */
    public WebSocketUpgrade accept(OpeningRequest request, Executor executor) throws HandshakeRefused {
        return Handshake.accept(endpoint, pathParameters, request, executor);
    }
}
