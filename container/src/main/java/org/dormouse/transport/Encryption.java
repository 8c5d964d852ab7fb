package org.dormouse.transport;

import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What an encrypted connection knows of its encryption: a socket that encrypts implements it, and {@link Connection#encryption} shows it. */
public interface Encryption {
    /** What the handshake came to: version, suite, certificates of the client. Any thread. */
    SSLSession session();

    /**
     * Whether requests for {@code host} may come over this connection: whether it means the same certificates and the same demands on clients
     * as the name that the handshake was about. Others are misdirected (RFC 9110 §7.4). Any thread.
     *
     * @param host of the request, without port; null if it names none
     */
    boolean serves(@Nullable String host);
}
