package org.dormouse.poller.libc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The numbers that a header defines: a row for each name, a column for each platform. A class declares its constants through this, once,
 * while it is initialised; after that they are constants of the JVM.
 *
 * <pre>{@code
 * private static final Numbers NUMBERS = new Numbers("sys/socket.h");   // Linux, macOS, FreeBSD
 * static final int AF_INET6 = NUMBERS.define("AF_INET6", 10, 30, 28);
 * }</pre>
 */
public final class Numbers {
    /** In the column of a platform that has no such name. As flags it adds nothing; as an error number nobody gives it. */
    public static final int NONE = 0;

    /** One name with its number on each platform. */
    public record Row(String name, int linux, int macos, int freebsd) {
        public int on(Platform platform) {
            return platform.choose(linux, macos, freebsd);
        }
    }

    private static final List<Numbers> HEADERS = new CopyOnWriteArrayList<>();

    private final String header;
    private final List<Row> rows = new ArrayList<>();

    /** Names the header, for tests and for those who look a number up. */
    public Numbers(String header) {
        this.header = header;
        HEADERS.add(this);
    }

    /** Adds a row; the number of this platform. */
    public int define(String name, int linux, int macos, int freebsd) {
        var row = new Row(name, linux, macos, freebsd);
        rows.add(row);
        return row.on(Platform.CURRENT);
    }

    public String header() {
        return header;
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Those of every class initialised so far. */
    public static List<Numbers> headers() {
        return List.copyOf(HEADERS);
    }
}
