package org.dormouse.tls;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/** The server's side: begins with the name that the client asks for. Loop owner. */
final class ServerHandshake extends Handshake {
    /** After a stop, as for a client that has just connected. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TlsProtocol tls;

    private @Nullable TlsHost host;
    private @Nullable String serverName;
    private boolean isCounted;
    private boolean draining;

    ServerHandshake(TlsProtocol tls, Connection connection) {
        super(tls, connection);
        this.tls = tls;
    }

    @Override
    int onHello(byte[] bytes, int offset, int length) {
        if (PlainHttp.beginsWith(bytes[offset])) {
            refuse(PlainHttp.answer(), "it speaks HTTP without TLS");
            return length;
        }
        ClientHello hello;
        try {
            hello = ClientHello.parse(bytes, offset, length, tls.settings.maxHelloBytes());
        } catch (Alert.Refused e) {
            refuse(e.alert(), String.valueOf(e.getMessage()));
            return length;
        }
        if (hello == null) return 0;
        if (!begin(hello)) return length;
        return shake(bytes, offset, length);
    }

    private boolean begin(ClientHello hello) {
        int most = tls.settings.maxHandshakes();
        if (!tls.handshakes.enter(most)) {
            end(ConnectionEnd.HANDSHAKE_LIMIT, most + " handshakes are under way (" + TlsSettings.MAX_HANDSHAKES + ")");
            return false;
        }
        isCounted = true;
        String name = hello.serverName();
        TlsHost chosen = tls.hosts.host(name);
        if (chosen == null) {
            refuse(
                    Alert.UNRECOGNIZED_NAME,
                    name == null ? "no server_name" : "server_name " + name + " is not served here");
            return false;
        }
        host = chosen;
        serverName = name;
        SSLEngine made = chosen.newEngine();
        engine = made;
        try {
            made.beginHandshake();
        } catch (SSLException e) {
            refuse(Alert.INTERNAL_ERROR, String.valueOf(e.getMessage()));
            return false;
        }
        state = State.SHAKING;
        return true;
    }

    @Override
    void succeed(byte[] bytes, int offset, int length) {
        TlsHost chosen = host;
        if (chosen == null) throw new IllegalStateException("no host in " + state);
        PooledBuffer rest = rest(bytes, offset, length);
        ServedAuthority served = chosen.servesEveryName() ? null : new ServedAuthority(chosen);
        var secret =
                new TlsSocket.Secret(present(), served, tls.sharedName(serverName), tls, chosen.knowsAuthorities());
        state = State.ENDED;
        left();
        connection.deadline(0);
        connection.encrypt(plain -> new TlsSocket(connection, plain, secret, rest));
        Protocol real = tls.next.begin(connection);
        connection.become(real);
        if (draining) real.drain();
    }

    /** What is left to be sent of a handshake goes with the first answer: there is nothing but tickets behind a client's last message. */
    @Override
    boolean hasOnlyTickets(SSLEngine engine) {
        return engine.getSession().getProtocol().equals(TLS_1_3) && engine.getHandshakeSession() == null;
    }

    private void refuse(Alert alert, String why) {
        refuse(alert.record(), why + ", alert " + alert.name().toLowerCase(Locale.ROOT));
    }

    private void refuse(byte[] lastWords, String why) {
        flight.send(PooledBuffer.sharing(lastWords, 0, lastWords.length));
        end(ConnectionEnd.HANDSHAKE_FAILED, why);
    }

    @Override
    void left() {
        if (!isCounted) return;
        isCounted = false;
        tls.handshakes.leave();
    }

    @Override
    public void deadline() {
        if (state == State.ENDED) return;
        state = State.ENDED;
        if (draining) {
            connection.abort(ConnectionEnd.DRAINED);
            return;
        }
        tls.log.note(
                connection,
                "handshake",
                "not complete after " + tls.settings.handshakeTimeout() + " (" + TlsSettings.HANDSHAKE_TIMEOUT + ")");
        connection.abort(ConnectionEnd.HANDSHAKE_TIMEOUT);
    }

    @Override
    public void drain() {
        draining = true;
        long left = connection.expiresAt() - connection.loop().nanoTime();
        connection.deadline(Math.clamp(left, 1, DRAIN_NANOS));
    }
}
