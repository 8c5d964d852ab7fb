package org.dormouse.http1;

import javax.net.ssl.SSLSession;
import org.dormouse.http.Peer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Encryption;
import org.jspecify.annotations.Nullable;

/** Both ends of a connection, asked when somebody wants to know. */
record ConnectionPeer(Connection connection) implements Peer {
    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public int remotePort() {
        return connection.remotePort();
    }

    @Override
    public String localAddress() {
        return connection.localAddress();
    }

    @Override
    public int localPort() {
        return connection.localPort();
    }

    @Override
    public @Nullable String proxy() {
        return connection.proxy();
    }

    @Override
    public boolean isUnix() {
        return connection.isUnix();
    }

    @Override
    public boolean isSecure() {
        return connection.encryption() != null;
    }

    @Override
    public @Nullable SSLSession tlsSession() {
        Encryption encryption = connection.encryption();
        return encryption == null ? null : encryption.session();
    }

    @Override
    public @Nullable String tlsServerName() {
        Encryption encryption = connection.encryption();
        return encryption == null ? null : encryption.serverName();
    }

    @Override
    public String connectionId() {
        return Long.toHexString(connection.id());
    }
}
