/**
 * The client of Jakarta WebSocket 2.2: how a connection to a server comes about, directly or through a proxy, in plain text or TLS, up to the
 * 101. What follows is the business of {@code org.dormouse.websocket}, as on the server's side. Everything here but {@link
 * org.dormouse.websocket.client.Line} runs in the thread that wants to connect, and may block it.
 */
@NullMarked
package org.dormouse.websocket.client;

import org.jspecify.annotations.NullMarked;
