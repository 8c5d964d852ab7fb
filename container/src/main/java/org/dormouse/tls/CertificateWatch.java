package org.dormouse.tls;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at the files of {@link Certificates} every few seconds, in a thread of its own. Nothing that a kernel tells is needed for it. */
public final class CertificateWatch implements AutoCloseable {
    private final ScheduledExecutorService thread;

    private CertificateWatch(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    /**
     * Begins to look.
     *
     * @param interval between two looks, more than 0
     */
    public static CertificateWatch start(Certificates certificates, Duration interval) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("dormouse-certificates").factory());
        long nanos = interval.toNanos();
        var _ = thread.scheduleWithFixedDelay(certificates::look, nanos, nanos, TimeUnit.NANOSECONDS);
        return new CertificateWatch(thread);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
