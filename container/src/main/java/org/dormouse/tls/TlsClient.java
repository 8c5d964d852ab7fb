package org.dormouse.tls;

import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;

/**
 * TLS on the client's side of one connection. What is spoken inside begins when the server has been found to be who it was said to be: that is
 * the engine's business, which has to have been told of a name to look for.
 *
 * <pre>{@code
 * SSLEngine engine = context.createSSLEngine(host, port);
 * engine.setUseClientMode(true);
 * parameters.setEndpointIdentificationAlgorithm("HTTPS");
 * engine.beginHandshake();                          // makes keys, and so not on a loop
 * connection.become(new TlsClient(TlsSettings.DEFAULT, engine, next, whenFailed).begin(connection));
 * }</pre>
 */
public final class TlsClient extends TlsSide implements ProtocolUpgrade {
    final SSLEngine engine;
    final ProtocolUpgrade next;
    final Consumer<String> whenFailed;

    /**
     * @param engine in client mode, its handshake begun; nobody else touches it any more
     * @param next makes what is spoken inside
     * @param whenFailed learns why there will be nothing inside, as the loop owner, once; never after {@code next} has begun
     */
    public TlsClient(TlsSettings settings, SSLEngine engine, ProtocolUpgrade next, Consumer<String> whenFailed) {
        super(settings, Handshakes.ofThisJvm(), new TlsLog());
        this.engine = engine;
        this.next = next;
        this.whenFailed = whenFailed;
    }

    @Override
    public Protocol begin(Connection connection) {
        var handshake = new ClientHandshake(this, connection);
        handshake.begin();
        return handshake;
    }
}
