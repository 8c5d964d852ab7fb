package org.dormouse.server;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.dormouse.poller.socket.SocketOption;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.server.Configuration.Kind;

/** The keys {@code socket.*} and {@code server.backlog}: how what an administrator writes becomes options of listening sockets. */
final class SocketKeys {
    static final Map<String, Kind> KINDS = kinds();

    private SocketKeys() {}

    private static Map<String, Kind> kinds() {
        var kinds = new TreeMap<String, Kind>();
        for (SocketOption option : SocketOption.values()) kinds.put(key(option), kind(option));
        return kinds;
    }

    /** One key for both families of addresses. */
    private static String key(SocketOption option) {
        return switch (option) {
            case BACKLOG -> "server.backlog";
            case TRAFFIC_CLASS -> key(SocketOption.TYPE_OF_SERVICE);
            default -> "socket." + option.word();
        };
    }

    private static Kind kind(SocketOption option) {
        return switch (option) {
            case REUSE_ADDRESS, REUSE_PORT, IPV6_ONLY, NO_DELAY, KEEP_ALIVE -> Kind.SWITCH;
            case BIND_TO_DEVICE -> Kind.TEXT;
            case RECEIVE_BUFFER, SEND_BUFFER -> Kind.BYTES;
            case KEEP_ALIVE_IDLE, KEEP_ALIVE_INTERVAL, USER_TIMEOUT, DEFER_ACCEPT -> Kind.DURATION;
            case KEEP_ALIVE_COUNT, LINGER, FAST_OPEN, BUSY_POLL, TYPE_OF_SERVICE, TRAFFIC_CLASS, BACKLOG -> Kind.COUNT;
        };
    }

    /** Whether the administrator asked for any, and so wants to know what became of it. */
    static boolean areSet(Configuration configuration) {
        return KINDS.keySet().stream().anyMatch(key -> configuration.value(key) != null);
    }

    /**
     * The defaults with what is set.
     *
     * @throws IllegalArgumentException with the key, if a value is out of its range
     */
    static SocketOptions options(Configuration configuration) {
        SocketOptions options = SocketOptions.DEFAULT;
        for (SocketOption option : SocketOption.values()) {
            Object value = configuration.value(key(option));
            if (value == null) continue;
            try {
                options = with(options, option, value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(section(option) + e.getMessage(), e);
            }
        }
        return options;
    }

    private static String section(SocketOption option) {
        String key = key(option);
        return key.substring(0, key.indexOf('.') + 1);
    }

    private static SocketOptions with(SocketOptions options, SocketOption option, Object value) {
        return switch (value) {
            case String text -> options.with(option, text);
            case Boolean on when option == SocketOption.REUSE_PORT && !on -> options; // loops share among themselves
            case Boolean on -> options.with(option, on ? 1 : 0);
            case Duration time -> options.with(option, number(option, time));
            default -> options.with(option, fitting(option, (Long) value));
        };
    }

    private static int number(SocketOption option, Duration time) {
        if (option == SocketOption.USER_TIMEOUT) return fitting(option, time.toMillis());
        if (time.toMillis() % 1000 != 0)
            throw new IllegalArgumentException(
                    option.word() + " " + time.toMillis() + "ms is no whole number of seconds");
        return fitting(option, time.toSeconds());
    }

    private static int fitting(SocketOption option, long value) {
        if (value != (int) value) throw new IllegalArgumentException(option.word() + " " + value + " is too large");
        return (int) value;
    }
}
