package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.http.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AccessLogTest {
    private static final Peer PEER = new TestPeer("192.0.2.7");

    private static AccessLog log(LogTarget target, int queueLength) {
        return new AccessLog(target, AccessFormat.of("%s %B", ZoneOffset.UTC), queueLength);
    }

    /** Writes when it may. */
    private static final class Gate implements LogTarget {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            entered.countDown();
            try {
                if (!open.await(20, TimeUnit.SECONDS)) throw new IOException("nobody opens");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            written.write(bytes, 0, length);
        }

        @Override
        public void look(long nowMillis) {}

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    }

    @Test
    void manyThreadsLoseNothingAndTheirLinesStayWhole() throws Exception {
        var written = new ByteArrayOutputStream();
        AccessLog log = log(LogTarget.of(written), 1 << 16);
        var threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int status = 200 + t;
            threads[t] = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10_000; i++) log.refused(PEER, null, status, i);
            });
        }
        for (Thread thread : threads) thread.join();
        log.close();

        assertThat(log.dropped()).isZero();
        String[] lines = written.toString(StandardCharsets.US_ASCII).split("\n");
        assertThat(lines).hasSize(40_000);
        int[] next = new int[threads.length];
        for (String line : lines) {
            int thread = Integer.parseInt(line, 0, 3, 10) - 200;
            assertThat(line).isEqualTo((200 + thread) + " " + next[thread]++);
        }
    }

    @Test
    void whereThereIsNoRoomALineIsDroppedAndCountedAndNobodyWaits() throws Exception {
        var gate = new Gate();
        AccessLog log = log(gate, 16);
        log.refused(PEER, null, 200, 0);
        assertThat(gate.entered.await(20, TimeUnit.SECONDS)).isTrue();

        for (int i = 1; i <= 100; i++) log.refused(PEER, null, 200, i); // the writer holds none of them
        assertThat(log.dropped()).isEqualTo(100 - 16);

        gate.open.countDown();
        log.close();
        assertThat(gate.written.toString(StandardCharsets.US_ASCII).split("\n")).hasSize(1 + 16);
    }

    @Test
    void aTargetThatFailsLosesLinesAndStopsNobody() {
        AccessLog log = log(
                new LogTarget() {
                    @Override
                    public void write(byte[] bytes, int length) throws IOException {
                        throw new IOException("no space left on device");
                    }

                    @Override
                    public void look(long nowMillis) throws IOException {
                        throw new IOException("gone");
                    }

                    @Override
                    public void reopen() {}

                    @Override
                    public void close() {}
                },
                16);
        for (int i = 0; i < 3; i++) log.refused(PEER, null, 200, i);
        log.close();
        assertThat(log.dropped()).isEqualTo(3);
    }

    @Test
    void aLineWrittenAfterAPauseWakesTheWriter() throws Exception {
        var gate = new Gate();
        gate.open.countDown();
        AccessLog log = log(gate, 16);
        for (Thread.State state = null; state != Thread.State.WAITING; state = writer().getState()) Thread.onSpinWait();
        log.refused(PEER, null, 404, 7);
        assertThat(gate.entered.await(20, TimeUnit.SECONDS)).isTrue();
        log.close();
        assertThat(gate.written.toString(StandardCharsets.US_ASCII)).isEqualTo("404 7\n");
    }

    private static Thread writer() {
        var threads = new Thread[Thread.activeCount() + 16];
        int count = Thread.enumerate(threads);
        Thread newest = null;
        for (int i = 0; i < count; i++) {
            boolean isOne = threads[i].getName().equals("dormouse-access-log");
            if (isOne && (newest == null || threads[i].threadId() > newest.threadId())) newest = threads[i];
        }
        assertThat(newest).isNotNull();
        return newest;
    }
}
