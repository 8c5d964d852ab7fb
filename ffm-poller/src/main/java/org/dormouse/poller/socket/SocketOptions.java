package org.dormouse.poller.socket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which {@link SocketOption}s a socket is to have; what is not among them is as the kernel has it. Immutable. */
public final class SocketOptions {
    /**
     * A server's: its port may be had again at once, what is written leaves at once, and a peer whose network is gone is found out within
     * seven minutes even where nothing is sent. Sockets of IPv6 take IPv4 too.
     */
    public static final SocketOptions DEFAULT = new SocketOptions(Map.of())
            .withKnown(SocketOption.REUSE_ADDRESS, 1)
            .withKnown(SocketOption.IPV6_ONLY, 0)
            .withKnown(SocketOption.NO_DELAY, 1)
            .withKnown(SocketOption.KEEP_ALIVE, 1)
            .withKnown(SocketOption.KEEP_ALIVE_IDLE, 300)
            .withKnown(SocketOption.KEEP_ALIVE_INTERVAL, 30)
            .withKnown(SocketOption.KEEP_ALIVE_COUNT, 4)
            .withKnown(SocketOption.BACKLOG, 4096);

    /** Those of {@link #DEFAULT} that concern a connection, for one that is made from here. */
    public static final SocketOptions OUTGOING = new SocketOptions(Map.of())
            .withKnown(SocketOption.NO_DELAY, 1)
            .withKnown(SocketOption.KEEP_ALIVE, 1)
            .withKnown(SocketOption.KEEP_ALIVE_IDLE, 300)
            .withKnown(SocketOption.KEEP_ALIVE_INTERVAL, 30)
            .withKnown(SocketOption.KEEP_ALIVE_COUNT, 4);

    private final Map<SocketOption, Object> values;

    private SocketOptions(Map<SocketOption, Object> values) {
        this.values = values;
    }

    /**
     * These with {@code option} as said.
     *
     * @throws IllegalArgumentException if the value is not in its range
     */
    public SocketOptions with(SocketOption option, int value) {
        return withValue(option, value);
    }

    /**
     * These with {@code option} as said.
     *
     * @throws IllegalArgumentException if it is not {@linkplain SocketOption#isText text}, or the text cannot be its value
     */
    public SocketOptions with(SocketOption option, String value) {
        return withValue(option, value);
    }

    private SocketOptions withKnown(SocketOption option, int value) {
        return option.isAvailable() ? with(option, value) : this;
    }

    private SocketOptions withValue(SocketOption option, Object value) {
        option.check(value);
        var all = new EnumMap<SocketOption, Object>(SocketOption.class);
        all.putAll(values);
        all.put(option, value);
        return new SocketOptions(all);
    }

    /** An Integer or a String; null if it is left to the kernel. */
    public @Nullable Object value(SocketOption option) {
        return values.get(option);
    }

    /** How many connections may wait to be accepted. */
    public int backlog() {
        return (Integer) values.getOrDefault(SocketOption.BACKLOG, 1);
    }

    /** Sets them on a socket that is not bound yet. */
    void set(int descriptor, boolean isIpv6) throws IOException {
        for (var each : values.entrySet()) {
            if (each.getKey().concerns(isIpv6)) each.getKey().set(descriptor, each.getValue());
        }
    }

    /**
     * Reads each back from a listening socket.
     *
     * @return a sentence for each that the kernel keeps otherwise than asked for, such as a buffer that it cut to its limit, and for each that
     *     it took but does not tell
     */
    public List<String> shortfalls(ListenSocket socket) {
        if (!(socket instanceof KernelListenSocket)) return List.of(); // others refuse what they cannot have
        int descriptor = socket.descriptor();
        boolean isIpv6 = SockAddr.isInet6(KernelSockets.name(descriptor));
        var found = new ArrayList<String>();
        for (var each : values.entrySet()) {
            if (!each.getKey().concerns(isIpv6) || !each.getKey().isReadBack()) continue;
            try {
                String shortfall = each.getKey().shortfall(descriptor, each.getValue());
                if (shortfall != null) found.add(shortfall);
            } catch (IOException e) {
                found.add(String.valueOf(
                        e.getMessage())); // some sandboxes let options be set, not read: no reason not to start
            }
        }
        return found;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
