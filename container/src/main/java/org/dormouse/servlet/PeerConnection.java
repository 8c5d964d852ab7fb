package org.dormouse.servlet;

import jakarta.servlet.ServletConnection;
import java.util.Locale;
import org.dormouse.http.Peer;
import org.dormouse.http.Version;

/** The connection of a request, as an application may know it. */
record PeerConnection(Peer peer, Version version) implements ServletConnection {
    @Override
    public String getConnectionId() {
        return peer.connectionId();
    }

    /** As registered with IANA for ALPN. */
    @Override
    public String getProtocol() {
        return switch (version) {
            case HTTP_1_0, HTTP_1_1 -> version.toString().toLowerCase(Locale.ROOT);
            case HTTP_2 -> peer.isSecure() ? "h2" : "h2c";
        };
    }

    @Override
    public String getProtocolConnectionId() {
        return "";
    }

    @Override
    public boolean isSecure() {
        return peer.isSecure();
    }
}
