package org.dormouse.websocket;

import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session keeps of the request that opened it.
 *
 * @param requestUri complete, with scheme {@code ws} or {@code wss} and query
 * @param userProperties what {@code modifyHandshake} left; null if nobody looked at them
 */
record HandshakeResult(
        String requestUri,
        Map<String, String> pathParameters,
        @Nullable Principal principal,
        String subprotocol,
        @Nullable Map<String, Object> userProperties) {}
