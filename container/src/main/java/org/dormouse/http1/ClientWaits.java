package org.dormouse.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dormouse.poller.loop.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the client of one exchange, and for how long it has kept us waiting altogether. Made for the first wait: most exchanges
 * have none. The reader and the writer each begin their own waits; any thread ends them; the owner of the loop looks at the time.
 */
final class ClientWaits {
    private static final long NOT_WAITING = Long.MIN_VALUE;
    private static final VarHandle READER;
    private static final VarHandle WRITER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            READER = lookup.findVarHandle(ClientWaits.class, "reader", Runnable.class);
            WRITER = lookup.findVarHandle(ClientWaits.class, "writer", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Http1 http1;

    // any thread
    private volatile @Nullable Runnable reader;
    private volatile @Nullable Runnable writer;
    private volatile long readSince = NOT_WAITING;
    private volatile long writeSince = NOT_WAITING;

    // the reader, and the writer or who wakes it; the loop looks only while they wait
    private long readWaited;
    private long writeWaited;

    ClientWaits(Http1 http1) {
        this.http1 = http1;
    }

    // --- the reader

    void reader(Runnable wake) {
        reader = wake;
    }

    /** Takes the callback back; false if it has been taken to be run. */
    boolean takeReader() {
        return READER.getAndSet(this, null) != null;
    }

    /** The time begins to count, if it does not yet. True if nobody waited: the loop has to be told to look at the time. */
    boolean beginReading() {
        boolean first = isIdle();
        if (readSince == NOT_WAITING) readSince = http1.loop.nanoTime();
        return first;
    }

    /** Something came. */
    void endReading() {
        long began = readSince;
        if (began == NOT_WAITING) return;
        readWaited += http1.loop.nanoTime() - began;
        readSince = NOT_WAITING;
    }

    // --- the writer

    /** True if nobody waited. */
    boolean beginWriting(Runnable wake) {
        boolean first = isIdle();
        writeSince = http1.loop.nanoTime(); // before the callback is there to be run, which takes it back
        writer = wake;
        return first;
    }

    private boolean isIdle() {
        return readSince == NOT_WAITING && writeSince == NOT_WAITING;
    }

    // --- any thread

    void wakeReader() {
        if (reader != null) run((Runnable) READER.getAndSet(this, null));
    }

    void wakeWriter() {
        Runnable wake = writer == null ? null : (Runnable) WRITER.getAndSet(this, null);
        if (wake == null) return;
        long began = writeSince;
        if (began != NOT_WAITING) writeWaited += http1.loop.nanoTime() - began;
        writeSince = NOT_WAITING;
        wake.run();
    }

    private static void run(@Nullable Runnable callback) {
        if (callback != null) callback.run();
    }

    // --- loop owner

    /**
     * When the present waits have lasted too long; {@link Timeout#NEVER} while nobody waits. A wait may last for its timeout, or what the
     * minimum rate leaves of that after the waits before.
     *
     * @param received bytes that have come; -1 if nobody minds how long they take
     * @param taken bytes that the client took
     */
    long endAt(long received, long taken) {
        long reading = readSince;
        long writing = writeSince;
        long readEnd = Timeout.NEVER;
        if (reading != NOT_WAITING && received >= 0) {
            readEnd = reading + allowance(http1.bodyNanos, received, http1.limits.minRate(), readWaited);
        }
        return Math.min(readEnd, writing == NOT_WAITING ? Timeout.NEVER : writeEnd(writing, taken));
    }

    /** Whether it is the writer whose wait has lasted too long. */
    boolean hasWrittenTooLong(long now, long taken) {
        long writing = writeSince;
        return writing != NOT_WAITING && writeEnd(writing, taken) <= now;
    }

    /** The wait for input is given up. */
    void giveUpReading() {
        readSince = NOT_WAITING;
    }

    private long writeEnd(long since, long taken) {
        return since + allowance(http1.writeNanos, taken, http1.limits.minWriteRate(), writeWaited);
    }

    private static long allowance(long timeout, long bytes, int rate, long waited) {
        long earned = (long) Math.min(bytes * (1e9 / rate), Long.MAX_VALUE / 4.0);
        return Math.clamp(timeout + earned - waited, 0, timeout);
    }
}
