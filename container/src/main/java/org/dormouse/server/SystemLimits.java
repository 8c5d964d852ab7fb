package org.dormouse.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dormouse.transport.ConnectionLimits;

/**
 * What the operating system allows a server, as Linux tells it.
 *
 * @param descriptors files and sockets that this process may have open ({@code ulimit -n}; the JVM raises it to the hard limit at its start)
 * @param somaxconn to what the kernel cuts the backlog of each listening socket
 */
record SystemLimits(long descriptors, long somaxconn) {
    /** No limit, or none that this system tells. */
    static final long NONE = Long.MAX_VALUE;

    /** Pollers, listening sockets, jars and files of applications. */
    private static final long DESCRIPTORS_OF_ITS_OWN = 256;

    /** What a server needs about which nobody has said how many connections it is to bear. */
    private static final long FEW_CONNECTIONS = 4096;

    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +([0-9]+) ");

    static SystemLimits ofThisProcess() {
        return read(Path.of("/proc/self/limits"), Path.of("/proc/sys/net/core/somaxconn"));
    }

    /** From files as Linux has them; what cannot be read is no limit. */
    static SystemLimits read(Path limits, Path somaxconn) {
        Matcher files = OPEN_FILES.matcher(text(limits));
        String backlog = text(somaxconn).strip();
        return new SystemLimits(
                files.find() ? Long.parseLong(files.group(1)) : NONE,
                backlog.matches("[0-9]{1,18}") ? Long.parseLong(backlog) : NONE);
    }

    private static String text(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            // In one read: files under /proc/sys give nothing to a second one.
            byte[] bytes = new byte[8192];
            int count = input.read(bytes);
            return new String(bytes, 0, Math.max(0, count), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return ""; // another system
        }
    }

    /**
     * What is too small, one line each, with what to do.
     *
     * @param maxConnections {@code connections.max}; its default is for nobody in particular and asks for less
     * @param backlog {@code server.backlog}
     */
    List<String> warnings(int maxConnections, int backlog) {
        var lines = new ArrayList<String>();
        boolean isDefault = maxConnections == ConnectionLimits.DEFAULT.maxConnections();
        long needed = (isDefault ? FEW_CONNECTIONS : maxConnections) + DESCRIPTORS_OF_ITS_OWN;
        if (descriptors < needed) {
            lines.add("this process may open " + descriptors + " files, but "
                    + (isDefault ? "a server" : "connections.max " + maxConnections) + " needs " + needed
                    + ": raise the hard limit (ulimit -Hn, LimitNOFILE of systemd)"
                    + (isDefault ? "" : ", or lower connections.max"));
        }
        if (somaxconn < backlog) {
            lines.add("the kernel cuts server.backlog " + backlog + " to " + somaxconn
                    + ": raise net.core.somaxconn (sysctl -w net.core.somaxconn=" + backlog
                    + "), or lower server.backlog");
        }
        return lines;
    }
}
