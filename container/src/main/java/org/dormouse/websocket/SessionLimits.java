package org.dormouse.websocket;

import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.transport.AddressLimit;
import org.dormouse.transport.AddressText;
import org.jspecify.annotations.Nullable;

/** Counts the open sessions of a server, all of them and those of each client address, and bounds both. Any thread, without a lock. */
public final class SessionLimits {
    static final String MAX = "websocket.max-sessions";
    static final String MAX_PER_ADDRESS = "websocket.max-sessions-per-address";

    public static final int DEFAULT_MAX = 1_000_000;
    public static final int DEFAULT_MAX_PER_ADDRESS = 65_536;

    private final int most;
    private final int mostPerAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final AddressLimit byAddress;

    /** The place of one session. Without an address both halves are 0, as those of no client are. */
    static final class Place implements Runnable {
        private final SessionLimits limits;
        private final long high;
        private final long low;

        private Place(SessionLimits limits, @Nullable SocketAddress address) {
            this.limits = limits;
            this.high = address == null ? 0 : address.high();
            this.low = address == null ? 0 : address.low();
        }

        /** Gives it up. Once. */
        @Override
        public void run() {
            if ((high | low) != 0) limits.byAddress.leave(high, low);
            limits.open.decrementAndGet();
        }
    }

    /**
     * @param most {@code websocket.max-sessions}: open sessions of the whole server
     * @param mostPerAddress {@code websocket.max-sessions-per-address}: open sessions of one address; the first 64 bits of one of IPv6
     */
    public SessionLimits(int most, int mostPerAddress) {
        if (most < 1) throw new IllegalArgumentException(MAX + " " + most + " < 1");
        if (mostPerAddress < 1) throw new IllegalArgumentException(MAX_PER_ADDRESS + " " + mostPerAddress + " < 1");
        this.most = most;
        this.mostPerAddress = mostPerAddress;
        this.byAddress = new AddressLimit(mostPerAddress);
    }

    /** Sessions that are open now. */
    public int open() {
        return open.get();
    }

    /**
     * Tells whether there is room for one more, before anything is made for it.
     *
     * @throws HandshakeRefused 503 with the limit and its key
     */
    void check(@Nullable String address) throws HandshakeRefused {
        if (open.get() >= most) {
            throw new HandshakeRefused(503, open.get() + " open WebSocket sessions, limit " + most + " (" + MAX + ")");
        }
        SocketAddress known = parse(address);
        if (known == null) return;
        if (!byAddress.enter(known.high(), known.low())) {
            throw new HandshakeRefused(
                    503,
                    "open WebSocket sessions of " + address + " are as many as the limit allows: " + mostPerAddress
                            + " (" + MAX_PER_ADDRESS + ")");
        }
        byAddress.leave(known.high(), known.low());
    }

    /** Takes a place for a session that opens; null if others, whose handshakes were under way at the same time, have taken the last. */
    @Nullable
    Place enter(@Nullable String address) {
        SocketAddress known = parse(address);
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return null;
        }
        if (known == null || byAddress.enter(known.high(), known.low())) return new Place(this, known);
        open.decrementAndGet();
        return null;
    }

    /** Null for what is no address of IP, as that of a Unix domain socket: it counts among all only. */
    private static @Nullable SocketAddress parse(@Nullable String address) {
        if (address == null || address.isEmpty()) return null;
        try {
            return AddressText.parse(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
