package org.dormouse.poller.socket;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.dormouse.poller.libc.Platform;

/**
 * Where a Unix domain socket is found: a file, or on Linux a name outside of every file system, which is gone with its last socket.
 *
 * @param name a path; or the abstract name without the zero that stands before it
 * @param isAbstract whether it is a name, not a path
 */
public record UnixAddress(String name, boolean isAbstract) {
    /** The most bytes of a path or name that the kernel takes: {@code sun_path} without its zero. */
    public static final int MAX_BYTES = SockAddrUn.PATH_BYTES - 1;

    public UnixAddress {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > MAX_BYTES)
            throw new IllegalArgumentException("path of " + length
                    + " bytes for a Unix domain socket, allowed are 1 to " + MAX_BYTES + ": " + name);
        if (isAbstract && Platform.CURRENT != Platform.LINUX)
            throw new IllegalArgumentException("abstract name @" + name + ": only Linux has those");
        if (name.indexOf('\0') >= 0) throw new IllegalArgumentException("a zero in the path of a Unix domain socket");
    }

    /** {@code /run/a.sock}, or with an {@code @} before it, {@code @name}. */
    public static UnixAddress of(String text) {
        return text.startsWith("@") ? new UnixAddress(text.substring(1), true) : new UnixAddress(text, false);
    }

    /** Another file in the same folder, with a name made at random: hidden, and of twelve characters, or as many as there is room for. */
    UnixAddress beside() {
        String folder = name.substring(0, name.lastIndexOf('/') + 1);
        int length = Math.min(12, MAX_BYTES - folder.getBytes(StandardCharsets.UTF_8).length);
        var other = new StringBuilder(length > 1 ? "." : "");
        while (other.length() < length)
            other.append(Character.forDigit(ThreadLocalRandom.current().nextInt(36), 36));
        return new UnixAddress(folder + other, false);
    }

    /** What {@link #of} reads. */
    @Override
    public String toString() {
        return isAbstract ? "@" + name : name;
    }
}
