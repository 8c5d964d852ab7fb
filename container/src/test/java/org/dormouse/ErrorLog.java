package org.dormouse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an operator reads from its making to its {@link #close}: the simple logger of the tests writes to standard error. */
public final class ErrorLog implements AutoCloseable {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    public ErrorLog() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    /** All of it; after the close too. */
    public String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    /** The lines that contain {@code part}. */
    public List<String> lines(String part) {
        return text().lines().filter(line -> line.contains(part)).toList();
    }

    /** Waits for such a line. */
    public void await(String part) {
        while (lines(part).isEmpty()) Thread.onSpinWait();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
