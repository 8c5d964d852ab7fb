package org.dormouse.http;

/**
 * What takes over a connection after 101 (RFC 9110 §7.8). What else it must be is between it and the protocol that carries the exchange:
 * over HTTP/1.1 it is a {@code transport.ProtocolUpgrade} too.
 */
public interface Upgrade {
    /** The protocol's name for the Upgrade field, as in {@code "websocket"}. */
    String protocol();
}
