package org.dormouse.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dormouse.poller.loop.EventLoop;
import org.slf4j.LoggerFactory;

/** A warning that clients can cause as often as they like, so it is written once a minute at most, by the loops' reporting thread. Any thread. */
final class RareWarning {
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    static {
        // A loop that met it first would load it.
        new Note(new RareWarning(), count -> "");
    }

    private final Consumer<String> log;
    private final AtomicInteger unwritten = new AtomicInteger();
    private final AtomicLong quietUntil = new AtomicLong();

    /** What is written. */
    interface Text {
        /** Called by the reporting thread; {@code count}: how often it happened since the last line. */
        String line(int count);
    }

    private record Note(RareWarning warning, Text text) implements Runnable {
        @Override
        public void run() {
            warning.log.accept(text.line(warning.unwritten.getAndSet(0)));
        }
    }

    RareWarning() {
        this(line -> LoggerFactory.getLogger("org.dormouse.transport").warn(line));
    }

    /** For tests. */
    RareWarning(Consumer<String> log) {
        this.log = log;
    }

    /** It has happened once more. */
    void count(EventLoop loop, Text text) {
        unwritten.incrementAndGet();
        long now = loop.nanoTime();
        long until = quietUntil.get();
        if (now >= until && quietUntil.compareAndSet(until, now + QUIET_NANOS)) loop.report(new Note(this, text));
    }
}
