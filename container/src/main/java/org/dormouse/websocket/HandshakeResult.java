package org.dormouse.websocket;

import java.security.Principal;
import java.util.Map;
import org.dormouse.websocket.frame.DeflateTerms;
import org.jspecify.annotations.Nullable;

/**
 * What a session keeps of the request that opened it.
 *
 * @param requestUri complete, with scheme {@code ws} or {@code wss} and query
 * @param compression what was agreed on; null for none
 * @param userProperties what {@code modifyHandshake} left; null if nobody looked at them
 */
record HandshakeResult(
        String requestUri,
        Map<String, String> pathParameters,
        @Nullable Principal principal,
        String subprotocol,
        DeflateTerms.@Nullable Answer compression,
        @Nullable Map<String, Object> userProperties) {}
