package org.dormouse.poller.socket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Numbers;
import org.dormouse.poller.libc.Platform;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a listening TCP socket, and how the kernel says what became of it. All are set on the listening socket, before it is
 * bound: Linux hands those that concern a connection down to each that it accepts, so that they cost no system call there.
 *
 * <p>Each has a rule for reading back, since the kernel doubles, rounds and cuts: {@link #kept}.
 */
public enum SocketOption {
    /** A port whose last connections are in TIME_WAIT may be had; 0 or 1. */
    REUSE_ADDRESS(Form.FLAG, SysOptions.SOL_SOCKET, SysOptions.SO_REUSEADDR, 0, 1),
    /** Another server of the same user, which says so too, may have the same port; 0 or 1. */
    REUSE_PORT(Form.FLAG, SysOptions.SOL_SOCKET, SysOptions.SO_REUSEPORT, 0, 1),
    /** A socket of IPv6 takes no IPv4; 0 or 1. */
    IPV6_ONLY(Form.FLAG, SysOptions.IPPROTO_IPV6, SysOptions.IPV6_V6ONLY, 0, 1),
    /** Only what comes over this network device; its name. */
    BIND_TO_DEVICE(Form.DEVICE, SysOptions.SOL_SOCKET, SysOptions.SO_BINDTODEVICE, 0, 0),
    /** Bytes of the receive buffer, which then has this size for ever; the kernel doubles it for its own bookkeeping. */
    RECEIVE_BUFFER(
            Form.NUMBER, SysOptions.SOL_SOCKET, SysOptions.SO_RCVBUF, 4096, 1 << 30, Rule.DOUBLED, "net/core/rmem_max"),
    /** Bytes of the send buffer, as {@link #RECEIVE_BUFFER}. */
    SEND_BUFFER(
            Form.NUMBER, SysOptions.SOL_SOCKET, SysOptions.SO_SNDBUF, 4096, 1 << 30, Rule.DOUBLED, "net/core/wmem_max"),
    /** What is written leaves at once, not when what was sent before has been acknowledged; 0 or 1. */
    NO_DELAY(Form.FLAG, SysOptions.IPPROTO_TCP, SysOptions.TCP_NODELAY, 0, 1),
    /** A peer that is silent is asked whether it is still there; 0 or 1. */
    KEEP_ALIVE(Form.FLAG, SysOptions.SOL_SOCKET, SysOptions.SO_KEEPALIVE, 0, 1),
    /** Seconds of silence before it is asked. */
    KEEP_ALIVE_IDLE(Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_KEEPIDLE, 1, 32767),
    /** Seconds between two questions. */
    KEEP_ALIVE_INTERVAL(Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_KEEPINTVL, 1, 32767),
    /** Questions without an answer before the connection is given up. */
    KEEP_ALIVE_COUNT(Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_KEEPCNT, 1, 127),
    /** Milliseconds that what was sent may stay unacknowledged before the connection is given up; 0: as the system has it. */
    USER_TIMEOUT(Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_USER_TIMEOUT, 0, Integer.MAX_VALUE),
    /**
     * Seconds that a close waits for what was sent to be acknowledged. Only 0, which makes it a reset: Linux waits on sockets that do not
     * block too, and so would the loop.
     */
    LINGER(Form.LINGER, SysOptions.SOL_SOCKET, SysOptions.SO_LINGER, 0, 0),
    /** Connections that may bring data with their first packet while their handshake is under way; 0: none. */
    FAST_OPEN(
            Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_FASTOPEN, 0, 1 << 20, Rule.SAME, "net/core/somaxconn"),
    /** Seconds for which a connection is accepted only with its first bytes; rounded up to 1, 3, 7, 15, 31, 63 or 127. 0: at once. */
    DEFER_ACCEPT(Form.NUMBER, SysOptions.IPPROTO_TCP, SysOptions.TCP_DEFER_ACCEPT, 0, 127, Rule.RETRANSMISSIONS, null),
    /** Microseconds for which a read of an empty socket asks the network device itself; needs CAP_NET_ADMIN. */
    BUSY_POLL(Form.NUMBER, SysOptions.SOL_SOCKET, SysOptions.SO_BUSY_POLL, 0, 1_000_000),
    /** The byte by which routers of IPv4 sort packets; its last two bits are the kernel's (ECN). */
    TYPE_OF_SERVICE(Form.NUMBER, SysOptions.IPPROTO_IP, SysOptions.IP_TOS, 0, 255, Rule.WITHOUT_ECN, null),
    /** The same of IPv6. */
    TRAFFIC_CLASS(Form.NUMBER, SysOptions.IPPROTO_IPV6, SysOptions.IPV6_TCLASS, 0, 255, Rule.WITHOUT_ECN, null),
    /** How many connections may wait to be accepted; said by listen(2) and read back from TCP_INFO. */
    BACKLOG(Form.BACKLOG, SysOptions.IPPROTO_TCP, SysOptions.TCP_INFO, 1, 1 << 20, Rule.SAME, "net/core/somaxconn");

    /** How a value travels. */
    private enum Form {
        FLAG,
        NUMBER,
        /** {@code struct linger}: whether, and for how many seconds. */
        LINGER,
        /** A name that ends with a zero. */
        DEVICE,
        /** Not by setsockopt. */
        BACKLOG
    }

    /** What the kernel says after it was told a number within its limits. */
    private enum Rule {
        SAME {
            @Override
            int kept(int asked) {
                return asked;
            }
        },
        DOUBLED {
            @Override
            int kept(int asked) {
                return Platform.CURRENT == Platform.LINUX ? 2 * Math.min(asked, Integer.MAX_VALUE / 2) : asked;
            }
        },
        /** The kernel counts repetitions of its part of the handshake, after 1, 2, 4, ... seconds, and says their sum. */
        RETRANSMISSIONS {
            @Override
            int kept(int asked) {
                int sum = 0;
                for (int next = 1; sum < asked; next *= 2) sum += next;
                return sum;
            }
        },
        WITHOUT_ECN {
            @Override
            int kept(int asked) {
                return asked & ~3;
            }
        };

        abstract int kept(int asked);
    }

    private static final Path LIMITS = Path.of("/proc/sys");

    private final Form form;
    private final int level;
    private final int name;
    private final int least;
    private final int most;
    private final Rule rule;
    private final @Nullable String limit;

    SocketOption(Form form, int level, int name, int least, int most) {
        this(form, level, name, least, most, Rule.SAME, null);
    }

    SocketOption(Form form, int level, int name, int least, int most, Rule rule, @Nullable String limit) {
        this.form = form;
        this.level = level;
        this.name = name;
        this.least = least;
        this.most = most;
        this.rule = rule;
        this.limit = limit;
    }

    /** The word for it in settings: {@code keep-alive-idle}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether its value is a name, not a number. */
    public boolean isText() {
        return form == Form.DEVICE;
    }

    /** Whether this system knows it. */
    public boolean isAvailable() {
        return name != Numbers.NONE || form == Form.BACKLOG;
    }

    /** Whether this system says what it has: of the backlog only Linux does. */
    boolean isReadBack() {
        return form != Form.BACKLOG || Platform.CURRENT == Platform.LINUX;
    }

    /** Whether it means something on a socket of that family; others leave it out. */
    boolean concerns(boolean isIpv6) {
        return isIpv6 || level != SysOptions.IPPROTO_IPV6;
    }

    void check(Object value) {
        if (!isAvailable()) throw new IllegalArgumentException(word() + " is nothing that this system knows");
        if (value instanceof String device) {
            if (!isText()) throw new IllegalArgumentException(word() + " is a number, not \"" + device + "\"");
            boolean isName = !device.isEmpty()
                    && device.length() < SysOptions.DEVICE_NAME_BYTES
                    && device.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/');
            if (!isName)
                throw new IllegalArgumentException(word() + " \"" + device + "\" is no name of 1 to "
                        + (SysOptions.DEVICE_NAME_BYTES - 1) + " characters");
        } else {
            if (isText()) throw new IllegalArgumentException(word() + " is a name, not " + value);
            int number = (Integer) value;
            if (form == Form.LINGER && number > 0)
                throw new IllegalArgumentException(
                        "linger " + number + ": only 0 is possible, since a loop cannot wait in a close");
            if (number < least || number > most)
                throw new IllegalArgumentException(word() + " " + number + " is not in " + least + " to " + most);
        }
    }

    /** Sets what {@link SocketOptions} have; the backlog is listen's business. */
    void set(int descriptor, Object value) throws IOException {
        int result = switch (form) {
            case FLAG, NUMBER -> SysSocket.setsockopt(descriptor, level, name, new int[] {(Integer) value});
            case LINGER -> SysSocket.setsockopt(descriptor, level, name, new int[] {1, (Integer) value});
            case DEVICE -> SysSocket.setsockopt(descriptor, level, name, deviceName((String) value));
            case BACKLOG -> 0;
        };
        if (result < 0) throw new IOException(word() + " " + value + " cannot be had: " + Errno.describe(-result));
    }

    private static byte[] deviceName(String name) {
        return (name + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * What the kernel has, as it says it: an Integer or, for a device, a String; null where it is off.
     *
     * @throws IOException if the kernel does not know it
     */
    @Nullable
    Object read(int descriptor) throws IOException {
        if (form == Form.DEVICE) return readDevice(descriptor);
        int[] value = new int[form == Form.BACKLOG ? SysOptions.TCP_INFO_SACKED + 1 : 2];
        checked(SysSocket.getsockopt(descriptor, level, name, value));
        return switch (form) {
            case LINGER -> value[0] == 0 ? null : value[1];
            case BACKLOG -> value[SysOptions.TCP_INFO_SACKED];
            case FLAG -> value[0] == 0 ? 0 : 1; // BSD says its bit
            default -> value[0];
        };
    }

    private @Nullable String readDevice(int descriptor) throws IOException {
        byte[] device = new byte[SysOptions.DEVICE_NAME_BYTES];
        checked(SysSocket.getsockopt(descriptor, level, name, device));
        int length = 0;
        while (length < device.length && device[length] != 0) length++;
        return length == 0 ? null : new String(device, 0, length, StandardCharsets.US_ASCII);
    }

    private void checked(int result) throws IOException {
        if (result < 0) throw new IOException(word() + " cannot be read back: " + Errno.describe(-result));
    }

    /** What the kernel says if all went well with {@code asked}: doubled, rounded, or cut to a limit of the system. */
    Object kept(Object asked) {
        if (isText()) return asked;
        return rule.kept(Math.min((Integer) asked, systemLimit()));
    }

    /** Null if the socket has what was asked for, else what it has instead. */
    @Nullable
    String shortfall(int descriptor, Object asked) throws IOException {
        Object found = read(descriptor);
        Object wanted = isText() ? asked : (Object) rule.kept((Integer) asked);
        if (wanted.equals(found)) return null;
        return word() + " " + asked + ": the kernel says " + found + " where " + wanted + " was to be expected"
                + (limit == null ? "" : "; its limit is " + limit.replace('/', '.'));
    }

    private int systemLimit() {
        if (limit == null) return Integer.MAX_VALUE;
        try (InputStream file = Files.newInputStream(LIMITS.resolve(limit))) {
            byte[] text = new byte[32]; // in one read: the second one of such a file is empty
            int length = Math.max(0, file.read(text));
            return Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
        } catch (IOException | NumberFormatException e) {
            return Integer.MAX_VALUE; // not shown in this container: then nothing is known of it
        }
    }
}
