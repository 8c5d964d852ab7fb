package org.dormouse.tls;

import javax.net.ssl.SSLEngine;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;

/** The client's side: speaks first. Loop owner. */
final class ClientHandshake extends Handshake {
    private final TlsClient tls;
    private boolean isTold;

    ClientHandshake(TlsClient tls, Connection connection) {
        super(tls, connection);
        this.tls = tls;
        this.engine = tls.engine;
    }

    /** Sends the ClientHello. */
    void begin() {
        connection.deadline(tls.timeoutNanos);
        state = State.SHAKING;
        shake(NO_BYTES, 0, 0);
    }

    @Override
    int onHello(byte[] bytes, int offset, int length) {
        throw new AssertionError("the client speaks first");
    }

    @Override
    boolean hasOnlyTickets(SSLEngine engine) {
        return false;
    }

    @Override
    void succeed(byte[] bytes, int offset, int length) {
        PooledBuffer rest = rest(bytes, offset, length);
        var secret = new TlsSocket.Secret(present(), null, null, tls, false);
        state = State.ENDED;
        isTold = true;
        connection.deadline(0);
        connection.encrypt(plain -> new TlsSocket(connection, plain, secret, rest));
        connection.become(tls.next.begin(connection));
    }

    @Override
    void ended(String why) {
        tell(why);
    }

    @Override
    void left() {
        tell("the server left before the handshake ended");
    }

    private void tell(String why) {
        if (isTold) return;
        isTold = true;
        tls.whenFailed.accept(why);
    }

    @Override
    public void deadline() {
        if (state == State.ENDED) return;
        state = State.ENDED;
        tell("not complete after " + tls.settings.handshakeTimeout());
        connection.abort(ConnectionEnd.HANDSHAKE_TIMEOUT);
    }

    @Override
    public void drain() {
        connection.abort(ConnectionEnd.DRAINED);
    }
}
