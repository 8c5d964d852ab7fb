package org.dormouse.http;

/** Both ends of the connection that carries an exchange. Strings are made when asked for. */
public interface Peer {
    String remoteAddress();

    int remotePort();

    String localAddress();

    int localPort();

    /** Whether the bytes of the client arrive encrypted. */
    boolean isSecure();

    /** Identifies the connection among all of this server; stays the same for its whole life. */
    String connectionId();
}
