package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A number that a client announces is no memory that it gets: only what has come is kept. */
class AnnouncedLengthTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 200;
    private static final int NOISE_BYTES = 1024;

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 5||x, Content-Length: 268435456||x",
        "Transfer-Encoding: chunked||5|x, Transfer-Encoding: chunked||fffffff|x"
    })
    void aBodyThatIsSaidToBeLongTakesNoMoreMemoryThanAShortOne(String few, String many) {
        allocatedBy(few); // classes, and the compiler
        allocatedBy(many);
        assertThat(allocatedBy(many)).isLessThan(allocatedBy(few) + NOISE_BYTES);
    }

    /** Bytes for each request while the rest of its body is waited for. */
    private static long allocatedBy(String rest) {
        byte[] request = ("POST / HTTP/1.1|Host: h|" + rest)
                .replace("|", "\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        long sum = 0;
        for (int i = 0; i < ROUNDS; i++) {
            try (var server = new Http1Server(Http1Server.ECHO)) {
                ScriptedPeer peer = server.connect();
                server.loop.settle();
                peer.send(request);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                server.loop.settle();
                sum += THREADS.getCurrentThreadAllocatedBytes() - before;
                assertThat(server.pool.lent()).isLessThanOrEqualTo(1);
                peer.reset();
            }
        }
        return sum / ROUNDS;
    }
}
