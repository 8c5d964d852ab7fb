package org.dormouse.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Encryption;
import org.dormouse.transport.Renegotiation;
import org.jspecify.annotations.Nullable;

/**
 * A socket that encrypts what is sent and decrypts what comes, after the handshake. Holds a buffer only while a record is not whole, not read to
 * its end, or not sent. Input and output belong to two owners, as those of every socket; the engine lets them work at once.
 */
final class TlsSocket extends TlsInput implements StreamSocket, Encryption {
    /**
     * What the handshake has come to.
     *
     * @param authority null if requests for any may come
     * @param tls whose limits it is held to
     * @param knowsAuthorities whether a certificate of the client could be found good
     * @param isTls13 else it is TLS 1.2
     */
    record Secret(
            SSLEngine engine,
            @Nullable ServedAuthority authority,
            @Nullable String serverName,
            TlsSide tls,
            boolean knowsAuthorities,
            boolean isTls13) {
        /** The handshake of {@code engine} is over. */
        Secret(
                SSLEngine engine,
                @Nullable ServedAuthority authority,
                @Nullable String serverName,
                TlsSide tls,
                boolean knowsAuthorities) {
            this(
                    engine,
                    authority,
                    serverName,
                    tls,
                    knowsAuthorities,
                    engine.getSession().getProtocol().equals(Handshake.TLS_1_3));
        }
    }

    /** @param ciphertext what came behind the handshake; the socket's from now on */
    TlsSocket(Connection connection, StreamSocket plain, Secret secret, @Nullable PooledBuffer ciphertext) {
        super(connection, plain, secret, ciphertext);
    }

    // --- what the handshake has come to

    @Override
    public SSLSession session() {
        return secret.engine.getSession();
    }

    @Override
    public @Nullable String serverName() {
        return secret.serverName;
    }

    @Override
    public @Nullable String applicationProtocol() {
        String agreed = secret.engine.getApplicationProtocol();
        return agreed == null || agreed.isEmpty() ? null : agreed;
    }

    @Override
    public boolean serves(byte[] bytes, int start, int end) {
        ServedAuthority served = secret.authority;
        return served == null || served.serves(bytes, start, end);
    }

    // --- asking for a certificate

    @Override
    public boolean mayAskForCertificate() {
        SSLEngine engine = secret.engine;
        boolean wasAsked = engine.getWantClientAuth() || engine.getNeedClientAuth();
        return secret.knowsAuthorities && !wasAsked && isReadyToAsk();
    }

    @Override
    public Renegotiation askForCertificate() {
        if (!mayAskForCertificate()) throw new IllegalStateException("the client cannot be asked for a certificate");
        var asking = new CertificateHandshake(this);
        asks(asking);
        return asking;
    }

    // --- the end

    /** close_notify, if the kernel takes it at once and nothing waits before it; where the engine has failed, what is left of its alert. */
    @Override
    public void endOutput() {
        if (!hasFailed) secret.engine.closeOutbound(); // once more does nothing more
        wrapAnswers();
    }

    @Override
    public void shutdownOutput() {
        endOutput();
        plain.shutdownOutput();
        dropInput();
    }

    /** Where the engine has failed, the alert is to leave first: whoever has borrowed something has met the error, and gives it back. */
    @Override
    public void shutdown() {
        if (!hasFailed) plain.shutdown();
    }

    @Override
    public void close() {
        if (hasFailed) {
            wrapAnswers();
            sayLastWords();
        }
        giveBackInput();
        giveBackOutput();
        plain.close();
    }

    /** So that the alert reaches the client, and no reset in its place. */
    private void sayLastWords() {
        PooledBuffer scratch = connection.pool().take();
        plain.finish(scratch.array());
        scratch.close();
    }

    // --- the plain socket's

    @Override
    public int descriptor() {
        return plain.descriptor();
    }

    @Override
    public boolean isUnix() {
        return plain.isUnix();
    }

    @Override
    public long peerHigh() {
        return plain.peerHigh();
    }

    @Override
    public long peerLow() {
        return plain.peerLow();
    }

    @Override
    public int peerPort() {
        return plain.peerPort();
    }

    @Override
    public @Nullable SocketAddress local() {
        return plain.local();
    }
}
