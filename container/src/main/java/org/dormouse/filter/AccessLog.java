package org.dormouse.filter;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.filter.FilterSettings.Kind;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A log with one line for each request. A thread of its own formats and writes; whoever ends a request adds a record to a bounded queue, without
 * waiting, and where there is no room the record is dropped, counted, and told in a line at WARN, once a minute at most. What cannot be written
 * is dropped, too: a full disk stops no request. Any thread.
 */
public final class AccessLog implements AutoCloseable {
    static final Map<String, Kind> KINDS = kinds();
    static final String FAMILY = "access-log";

    /** Records of so long are written together: then nobody who adds one has to wake the thread, but after a pause. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int BATCH_BYTES = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    static {
        try {
            // A loop that refuses a request would load it.
            MethodHandles.lookup().ensureInitialized(AccessRecord.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RecordQueue<AccessRecord> queue;
    private final AccessFormat format;
    private final LogTarget target;
    private final Thread writer;
    private final AtomicLong dropped = new AtomicLong();

    private volatile boolean waits;
    private volatile boolean closing;
    private volatile boolean reopening;

    // the writer's
    private final Line line = new Line();
    private long lookedAt = System.nanoTime() - LOOK_NANOS;
    private long toldAt = System.nanoTime() - QUIET_NANOS;
    private long told;
    private @Nullable IOException failure;

    AccessLog(LogTarget target, AccessFormat format, int queueLength) {
        this.target = target;
        this.format = format;
        this.queue = new RecordQueue<>(queueLength);
        this.writer = Thread.ofPlatform()
                .name("dormouse-access-log")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this::work);
        writer.start();
    }

    private static Map<String, Kind> kinds() {
        var kinds = new HashMap<String, Kind>();
        kinds.put("file", Kind.TEXT);
        kinds.put("format", Kind.TEXT);
        kinds.put("max-file-bytes", Kind.BYTES);
        kinds.put("max-files", Kind.COUNT);
        kinds.put("daily", Kind.SWITCH);
        kinds.put("queue-length", Kind.COUNT);
        return kinds;
    }

    /**
     * Begins a log.
     *
     * @param settings by their names behind {@code access-log.}
     * @throws IllegalArgumentException if one cannot be read
     * @throws UncheckedIOException if the file cannot be opened
     */
    public static AccessLog open(Map<String, String> settings) {
        return open(new FilterSettings(FAMILY, settings));
    }

    static AccessLog open(FilterSettings settings) {
        ZoneId zone = ZoneId.systemDefault();
        AccessFormat format = AccessFormat.of(settings.text("format", "combined"), zone);
        String file = settings.required("file");
        long maxBytes = settings.bytes("max-file-bytes", 100L << 20, 1024, 1L << 40);
        int maxFiles = (int) settings.count("max-files", 10, 0, 1000);
        boolean isDaily = settings.isOn("daily", false);
        int queueLength = (int) settings.count("queue-length", 8192, 16, 1 << 22);
        try {
            LogTarget target = file.equals("-")
                    ? LogTarget.of(new FileOutputStream(FileDescriptor.out))
                    : new LogFile(Path.of(file), maxBytes, isDaily, maxFiles, zone, System.currentTimeMillis());
            return new AccessLog(target, format, queueLength);
        } catch (IOException e) {
            throw new UncheckedIOException("access-log.file " + file + " cannot be opened: " + e, e);
        }
    }

    /** The names behind {@code access-log.} with how their values are read. */
    public static Map<String, Kind> settings() {
        return KINDS;
    }

    /** Follows {@code exchange}, with whoever follows it already; its line is written when it ends. */
    public ExchangeObserver follow(Exchange exchange) {
        return new AccessRecord(this, exchange);
    }

    /** A request that was refused before anybody could follow it. */
    public void refused(Peer peer, @Nullable RequestHead head, int status, long bytes) {
        new AccessRecord(this, null, peer, head).ended(status, bytes);
    }

    /** How many lines were lost: no room in the queue, or none where they go. */
    public long dropped() {
        return dropped.get();
    }

    /** Opens the file anew before the next line. It finds out by itself, within a second, that somebody has moved it. */
    public void reopen() {
        reopening = true;
    }

    void add(AccessRecord record) {
        if (!queue.offer(record)) {
            dropped.incrementAndGet();
        } else if (waits) {
            waits = false; // one is enough to wake it
            LockSupport.unpark(writer);
        }
    }

    /** Writes what is there, then ends; waits for at most a few seconds. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            if (!writer.join(PATIENCE)) LoggerFactory.getLogger(AccessLog.class).warn("the access log does not end");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- the writer's thread

    private void work() {
        while (true) {
            boolean isLast = closing; // before the look: what was added before the close is written
            AccessRecord first = queue.poll();
            if (first == null && isLast) break;
            if (first == null) {
                pause();
                continue;
            }
            try {
                writeAll(first);
            } catch (RuntimeException | Error bug) {
                dropped.incrementAndGet();
                LoggerFactory.getLogger(AccessLog.class).error("a line of the access log cannot be written", bug);
            }
            tellLosses();
            if (!isLast) LockSupport.parkNanos(GATHER_NANOS);
        }
        try {
            target.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(AccessLog.class).warn("the access log cannot be closed: {}", e.toString());
        }
    }

    /** Whoever adds a record after {@code waits} is set wakes this thread; a record from before is found by the look behind that. */
    private void pause() {
        tellLosses();
        waits = true;
        if (queue.isEmpty() && !closing) LockSupport.park(this);
        waits = false;
    }

    private void writeAll(AccessRecord first) {
        look();
        int lines = 0;
        for (AccessRecord next = first; next != null; next = queue.poll()) {
            format.put(next, line);
            lines++;
            if (line.length() < BATCH_BYTES) continue;
            write(lines);
            lines = 0;
        }
        write(lines);
    }

    private void look() {
        long now = System.nanoTime();
        boolean asked = reopening;
        if (!asked && now - lookedAt < LOOK_NANOS) return;
        lookedAt = now;
        reopening = false;
        try {
            if (asked) target.reopen();
            target.look(System.currentTimeMillis());
        } catch (IOException e) {
            failure = e;
        }
    }

    private void write(int lines) {
        try {
            target.write(line.bytes(), line.length());
        } catch (IOException e) {
            failure = e;
            dropped.addAndGet(lines);
        }
        line.clear();
    }

    private void tellLosses() {
        long lost = dropped.get();
        long now = System.nanoTime();
        if ((lost == told && failure == null) || now - toldAt < QUIET_NANOS) return;
        toldAt = now;
        LoggerFactory.getLogger(AccessLog.class)
                .warn(
                        "access log: {} lines lost since the last line like this ({})",
                        lost - told,
                        failure == null ? "access-log.queue-length is too small" : failure.toString());
        told = lost;
        failure = null;
    }
}
