package org.dormouse.http1;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.dormouse.http.CertificateRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.PeerLeft;
import org.dormouse.transport.Renegotiation;
import org.jspecify.annotations.Nullable;

/** A client is asked for its certificate over the connection that an exchange has borrowed. By the reader of the exchange. */
final class AskedCertificate implements CertificateRequest {
    private final Http1Exchange exchange;
    private final Connection connection;
    private final Renegotiation handshake;
    private final byte[] nothing = new byte[1];
    private @Nullable Runnable timeout;

    AskedCertificate(Http1Exchange exchange, Connection connection, Renegotiation handshake) {
        this.exchange = exchange;
        this.connection = connection;
        this.handshake = handshake;
    }

    @Override
    public boolean advance(Runnable wake) throws IOException {
        if (timeout == null)
            timeout = exchange.schedule(
                    handshake.timeoutNanos(), () -> connection.abort(ConnectionEnd.HANDSHAKE_TIMEOUT));
        boolean isOver = true;
        try {
            isOver = goOn(wake);
            return isOver;
        } catch (SSLException e) {
            throw broken(String.valueOf(e.getMessage()));
        } catch (PeerLeft e) {
            throw new ClientGone(e.getMessage() + " while it was asked for its certificate");
        } finally {
            if (isOver) timeout.run();
        }
    }

    /** In order, so that the alert reaches a client that is still sending, and no reset in its place. */
    private ClientGone broken(String why) {
        connection.execute(() -> connection.closeWhenSent(ConnectionEnd.TLS_ERROR));
        return new ClientGone("no certificate of the client: " + why);
    }

    private boolean goOn(Runnable wake) throws IOException {
        while (true) {
            switch (handshake.advance(wake)) {
                case AGREED -> {
                    return true;
                }
                case COMPUTES -> {
                    return false;
                }
                case NEEDS_INPUT -> {
                    int count = connection.receive(nothing, 0, 1);
                    if (count < 0)
                        throw new ClientGone("client ended its stream while it was asked for its certificate");
                    if (count == 0 && !exchange.hasInputFor(wake)) return false;
                }
            }
        }
    }
}
