package org.dormouse.transport;

import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What an encrypted connection knows of its encryption: a socket that encrypts implements it, and {@link Connection#encryption} shows it. */
public interface Encryption {
    /** What the handshake came to: version, suite, certificates of the client. Any thread. */
    SSLSession session();

    /** The name that the client asked for (RFC 6066 §3), in lower case; null if it did not say. Any thread. */
    @Nullable
    String serverName();

    /** What both sides agreed to speak (RFC 7301); null if they did not talk of it. Any thread. */
    @Nullable
    String applicationProtocol();

    /**
     * Whether the client can be asked for a certificate now, since it was not in its handshake: in TLS 1.2, by a server that knows whose
     * certificates to trust, once over a connection. For who has input and output.
     */
    default boolean mayAskForCertificate() {
        return false;
    }

    /**
     * Asks the client for a certificate. Nothing is sent before {@link Renegotiation#advance}. For who has input and output.
     *
     * @throws IllegalStateException if it cannot be asked
     */
    default Renegotiation askForCertificate() {
        throw new IllegalStateException("the client cannot be asked for a certificate");
    }

    /**
     * Whether the stream ended without the client saying so, as if somebody had cut it: what ends only with it may be short (RFC 8446 §6.1).
     * For who has the input.
     */
    boolean isTruncated();

    /**
     * Whether requests for an authority, {@code host} or {@code host:port}, may come over this connection: whether it means the same
     * certificates and the same demands on clients as the name that the handshake was about. Others are misdirected (RFC 9110 §7.4). Loop
     * owner.
     *
     * @param bytes have it from {@code start} to {@code end}; the same where the request names none
     */
    boolean serves(byte[] bytes, int start, int end);
}
