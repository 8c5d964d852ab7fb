/**
 * WebSocket (RFC 6455) and the Jakarta WebSocket 2.2 server on top of it: frames, sessions, endpoints, handshake. A sibling of
 * {@code http1}: it takes a connection over after {@link org.dormouse.http.Exchange#upgrade} and knows no servlets; what needs a servlet
 * request stands in {@code server}, in files that begin with {@code WebSocket}.
 */
@NullMarked
package org.dormouse.websocket;

import org.jspecify.annotations.NullMarked;
