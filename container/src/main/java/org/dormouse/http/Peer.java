package org.dormouse.http;

import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Both ends of the connection that carries an exchange. Strings are made when asked for. */
public interface Peer {
    String remoteAddress();

    int remotePort();

    String localAddress();

    int localPort();

    /**
     * Who really connected, as {@code address:port}, or {@code unix} for a Unix domain socket, if that is a trusted proxy which announced the
     * client; null if the client did.
     */
    default @Nullable String proxy() {
        return null;
    }

    /** Whether the client is at the other end of a Unix domain socket, and so has no address of its own. */
    default boolean isUnix() {
        return false;
    }

    /** Whether the bytes of the client arrive encrypted. */
    boolean isSecure();

    /** Version, suite and the client's certificates; null if the connection that ends here is not encrypted. */
    default @Nullable SSLSession tlsSession() {
        return null;
    }

    /** The version of TLS as the JDK names it, {@code TLSv1.3} for one; null without TLS. */
    default @Nullable String tlsProtocol() {
        SSLSession session = tlsSession();
        return session == null ? null : session.getProtocol();
    }

    /** The name that the client asked for in its handshake of TLS, in lower case; null if it did not, or there was none. */
    default @Nullable String tlsServerName() {
        return null;
    }

    /** Identifies the connection among all of this server; stays the same for its whole life. */
    String connectionId();
}
