package org.dormouse.transport;

import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** Who is at both ends of a {@link Connection}, by its socket or by a proxy's word, and how its client's connections are counted. */
abstract class ConnectionAddresses extends ConnectionInput {
    private final long id;

    // loop owner
    /** What a trusted proxy said of its client before anything else; null if the peer is the client. */
    private @Nullable ProxyHeader announced;

    private boolean isCounted;

    ConnectionAddresses(Connections family, StreamSocket socket) {
        super(family, socket);
        this.id = family.nextId();
    }

    /** Identifies this connection among all of this process; never given twice. Any thread. */
    public long id() {
        return id;
    }

    /** The client's address in the usual notation: the peer's, or what a trusted proxy announced. Any thread. */
    public String remoteAddress() {
        SocketAddress source = announcedSource();
        return source == null ? SocketAddress.host(socket.peerHigh(), socket.peerLow()) : source.host();
    }

    /** Whether the client itself is at the other end of a Unix domain socket. Any thread. */
    public boolean isUnix() {
        return socket.isUnix() && announcedSource() == null;
    }

    /** The client's port, 0 over a Unix domain socket. Any thread. */
    public int remotePort() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerPort() : source.port();
    }

    /**
     * The address that the client connected to, in the usual notation: what a trusted proxy announced, or else asked of the kernel; empty once
     * closed. Loop owner, or while something is lent.
     */
    public String localAddress() {
        SocketAddress local = local();
        return local == null ? "" : local.host();
    }

    /** The port that the client connected to, as {@link #localAddress}; 0 once closed. Loop owner, or while something is lent. */
    public int localPort() {
        SocketAddress local = local();
        return local == null ? 0 : local.port();
    }

    private @Nullable SocketAddress announcedSource() {
        ProxyHeader header = announced;
        return header == null ? null : header.source();
    }

    private @Nullable SocketAddress local() {
        ProxyHeader header = announced;
        return header == null || header.destination() == null ? socket.local() : header.destination();
    }

    /**
     * Who connected, if that is a trusted proxy that announced a client, as {@code address:port}, or {@code unix} for a Unix domain socket; null
     * if the peer is the client. Any thread.
     */
    public @Nullable String proxy() {
        if (announcedSource() == null) return null;
        if (socket.isUnix()) return "unix";
        return new SocketAddress(socket.peerHigh(), socket.peerLow(), socket.peerPort()).toString();
    }

    /** What is known of its encryption; null if it is not encrypted, or not yet. Loop owner, or while something is lent. */
    public @Nullable Encryption encryption() {
        return socket instanceof Encryption encryption ? encryption : null;
    }

    /** Takes a trusted proxy's word. Loop owner, before anything of the connection is lent. */
    void announce(ProxyHeader header) {
        announced = header;
    }

    /**
     * Counts this connection for its client's address; false if that has as many as it may. A proxy that speaks for itself or for nobody it
     * knows is trusted, and not counted; nor is a Unix domain socket, whose clients have no address. Loop owner, at most once.
     */
    boolean countAddress() {
        AddressLimit limit = family.addresses;
        ProxyHeader header = announced;
        if (limit == null || (header == null ? socket.isUnix() : header.source() == null)) return true;
        long high = clientHigh();
        long low = clientLow();
        isCounted = limit.enter(high, low);
        if (!isCounted) limit.warn(family.loop, high, low);
        return isCounted;
    }

    private long clientHigh() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerHigh() : source.high();
    }

    private long clientLow() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerLow() : source.low();
    }

    boolean isFrom(TrustedSources sources) {
        return sources.contains(socket.isUnix(), socket.peerHigh(), socket.peerLow());
    }

    /** It is counted for its client no more. Loop owner, once. */
    final void leaveAddress() {
        AddressLimit limit = family.addresses;
        if (isCounted && limit != null) limit.leave(clientHigh(), clientLow());
    }

    @Override
    public String toString() {
        return id + " from " + remoteAddress() + ":" + remotePort();
    }
}
