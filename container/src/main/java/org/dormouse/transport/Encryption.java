package org.dormouse.transport;

import javax.net.ssl.SSLSession;

/** What an encrypted connection knows of its encryption: a socket that encrypts implements it, and {@link Connection#encryption} shows it. */
public interface Encryption {
    /** What the handshake came to: version, suite, certificates of the client. Any thread. */
    SSLSession session();

    /**
     * Whether requests for an authority, {@code host} or {@code host:port}, may come over this connection: whether it means the same
     * certificates and the same demands on clients as the name that the handshake was about. Others are misdirected (RFC 9110 §7.4). Loop
     * owner.
     *
     * @param bytes have it from {@code start} to {@code end}; the same where the request names none
     */
    boolean serves(byte[] bytes, int start, int end);
}
