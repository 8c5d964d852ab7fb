package org.dormouse.filter;

import org.dormouse.http.Peer;

/** A client with nothing but an address. */
record TestPeer(String remoteAddress) implements Peer {
    @Override
    public int remotePort() {
        return 1;
    }

    @Override
    public String localAddress() {
        return "127.0.0.1";
    }

    @Override
    public int localPort() {
        return 2;
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public String connectionId() {
        return "1";
    }
}
