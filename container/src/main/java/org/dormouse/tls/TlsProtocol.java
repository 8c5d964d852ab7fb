package org.dormouse.tls;

import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * TLS in front of what is really spoken. A connection begins with a {@link ServerHandshake}; when that has come to its end the connection has a
 * {@link TlsSocket} instead of its plain one, and nothing above it knows the difference. One for each loop; made before that starts.
 */
public final class TlsProtocol extends TlsSide implements ProtocolUpgrade {
    final TlsHosts hosts;
    final ProtocolUpgrade next;

    /** Loop owner. */
    private @Nullable String lastName;

    /**
     * @param hosts is asked at each handshake
     * @param next makes what is spoken inside
     */
    public TlsProtocol(TlsSettings settings, TlsHosts hosts, ProtocolUpgrade next) {
        this(settings, hosts, next, Handshakes.ofThisJvm(), new TlsLog());
        FirstUse.load(hosts, handshakes);
    }

    /** For tests, which see what is computed, and hear of refusals. */
    TlsProtocol(TlsSettings settings, TlsHosts hosts, ProtocolUpgrade next, Handshakes handshakes, TlsLog log) {
        super(settings, handshakes, log);
        this.hosts = hosts;
        this.next = next;
    }

    /** The same string for connections that ask for the same name, as most in a row do. Loop owner. */
    @Nullable
    String sharedName(@Nullable String name) {
        if (name != null && name.equals(lastName)) return lastName;
        lastName = name;
        return name;
    }

    @Override
    public Protocol begin(Connection connection) {
        connection.deadline(timeoutNanos);
        return new ServerHandshake(this, connection);
    }
}
