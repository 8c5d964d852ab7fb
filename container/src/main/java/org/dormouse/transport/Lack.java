package org.dormouse.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dormouse.poller.socket.SocketError;

/**
 * What the log is told when connections cannot be accepted, and what to raise. A class rather than a lambda, and one that has been used before:
 * a loop that has no descriptor left can read no class file.
 *
 * @param error as {@code ListenSocket.error}
 */
record Lack(int error) implements RareWarning.Text {
    private static final Pattern SOFT_LIMIT = Pattern.compile("(?m)^Max open files +(\\d+) ");

    /** Looked up while there are descriptors to do it with. */
    private static final String LIMIT = limit();

    private static String limit() {
        try {
            Matcher line = SOFT_LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
            return line.find() ? " " + line.group(1) : "";
        } catch (IOException e) {
            return ""; // not Linux
        }
    }

    @Override
    public String line(int count) {
        return "connections cannot be accepted: " + SocketError.describe(error) + "; ulimit -n" + LIMIT
                + ". Who waits longer than 100 ms is turned away. Raise ulimit -n (LimitNOFILE of systemd) above connections.max, or"
                + " fs.file-max where it is the system that has none left (" + count
                + " such since the last line like this)";
    }
}
