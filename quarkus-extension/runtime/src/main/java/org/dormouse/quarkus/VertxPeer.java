package org.dormouse.quarkus;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import org.dormouse.http.Peer;
import org.jspecify.annotations.Nullable;

/** Both ends as the request of Vert.x shows them: with Quarkus's proxy settings, what a trusted proxy says. */
record VertxPeer(HttpServerRequest request) implements Peer {
    @Override
    public String remoteAddress() {
        return address(request.remoteAddress());
    }

    @Override
    public int remotePort() {
        return port(request.remoteAddress());
    }

    @Override
    public String localAddress() {
        return address(request.localAddress());
    }

    @Override
    public int localPort() {
        return port(request.localAddress());
    }

    @Override
    public boolean isSecure() {
        return "https".equals(request.scheme());
    }

    @Override
    public String connectionId() {
        return request.connection() instanceof ConnectionBase connection
                ? connection.channel().id().asLongText()
                : "";
    }

    /** A domain socket and the virtual channel of some platforms have no address. */
    private static String address(@Nullable SocketAddress address) {
        if (address == null || address.hostAddress() == null) return "";
        return address.hostAddress();
    }

    private static int port(@Nullable SocketAddress address) {
        return address == null ? 0 : Math.max(address.port(), 0);
    }
}
