package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.websocket.ScriptedSessions.Client;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.TestEndpoints.Parts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What costs a peer next to nothing costs the server little, and nothing that stays. */
class WebSocketFloodTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MANY = 20_000;

    @BeforeEach
    void clearLog() {
        TestEndpoints.LOG.clear();
    }

    /** What the loop, which is this thread, allocates for {@code given}. */
    private static long allocated(ScriptedSessions sessions, Client client, byte[] given) {
        client.peer.send(given);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        sessions.driver.settle();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static byte[] many(ClientFrames each) {
        byte[] one = each.bytes();
        byte[] all = new byte[one.length * MANY];
        for (int at = 0; at < all.length; at += one.length) System.arraycopy(one, 0, all, at, one.length);
        return all;
    }

    @Test
    void emptyFragmentsTakeNoMemoryAndAreNotDelivered() {
        try (var sessions = new ScriptedSessions(Echo.class, Parts.class)) {
            byte[] flood = many(frames().frame(0x00));
            for (String path : new String[] {"/echo", "/parts"}) {
                for (int first : new int[] {0x01, 0x02}) {
                    TestEndpoints.LOG.clear();
                    var client = sessions.connect(path).send(frames().frame(first));
                    assertThat(allocated(sessions, client, flood)).isLessThan(MANY);
                    assertThat(TestEndpoints.LOG).isEmpty();
                    client.send(frames().frame(0x80));
                    if (path.equals("/parts")) assertThat(TestEndpoints.LOG).hasSize(1);
                    else assertThat(client.received()).hasSize(1);
                }
            }
        }
    }

    @Test
    void unaskedPongsThatNobodyWantsTakeNoMemory() {
        try (var sessions = new ScriptedSessions(Parts.class)) {
            var client = sessions.connect("/parts");
            assertThat(allocated(sessions, client, many(frames().pong("unasked"))))
                    .isLessThan(MANY);
        }
    }

    @Test
    void pingsOfAPeerThatReadsLeaveNothingBehind() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.send(many(frames().ping("p")));
            sessions.driver.settle();
            List<String> received = client.received();
            assertThat(received).isNotEmpty().hasSizeLessThanOrEqualTo(MANY).containsOnly("pong:p");
            client.send(frames().text("x"));
            assertThat(client.received()).containsExactly("text:x");
        }
    }

    @Test
    void frameOfOneByteAfterTheOtherWaitsWithTheKernelWhileTheApplicationIsBusy() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var tasks = new ArrayDeque<Runnable>();
            sessions.executor = tasks::add;
            var client = sessions.connect("/echo");
            tasks.remove().run();
            sessions.driver.settle();
            client.peer.send(many(frames().binary((byte) 'x')));
            sessions.driver.settle();
            long reads = sessions.connections.counts().reads();
            assertThat(allocated(sessions, client, many(frames().binary((byte) 'y'))))
                    .isLessThan(10_000);
            assertThat(sessions.connections.counts().reads()).isEqualTo(reads);
            assertThat(tasks).hasSize(1); // one batch of one read waits
            int delivered = 0;
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
                sessions.driver.settle();
                List<String> echoes = client.received();
                assertThat(echoes.size()).isLessThan(MANY);
                delivered += echoes.size();
            }
            assertThat(delivered).isEqualTo(2 * MANY);
        }
    }

    @Test
    void peersThatCloseAndKeepTheConnectionAreCut() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Client client = sessions.connect("/echo").send(frames().close(1000, ""));
                client.peer.send(frames().text("more").bytes());
                clients.add(client);
            }
            sessions.driver.settle();
            assertThat(sessions.container.openSessions()).isZero();
            sessions.advance(Duration.ofSeconds(60));
            assertThat(clients).allMatch(client -> client.peer.seesClose());
            assertThat(sessions.connections.counts().closed()).isEqualTo(500);
        }
    }

    @Test
    void manyClosesAreOneClose() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            assertThat(allocated(sessions, client, many(frames().close(1000, ""))))
                    .isLessThan(2_000_000);
            assertThat(client.received()).containsExactly("close:1000");
            assertThat(TestEndpoints.LOG).containsExactly("close 1000");
        }
    }
}
