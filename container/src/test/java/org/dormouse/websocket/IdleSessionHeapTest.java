package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;

/**
 * What an idle session costs in live heap, its connection included: the difference between many peers without and with a session, each of
 * which has exchanged a message.
 */
class IdleSessionHeapTest {
    private static final int SESSIONS = 10_000;
    private static final int LIMIT_BYTES = 640;

    @ServerEndpoint("/echo")
    public static class Echo {
        @OnOpen
        public void open(Session session) {}

        @OnMessage
        public String text(String text) {
            return text;
        }
    }

    @Test
    void idleSessionCostsLessThanItsLimitInLiveHeap() throws Exception {
        try (var sessions = ScriptedSessions.withPlainPool(Echo.class)) {
            for (int i = 0; i < 200; i++)
                sessions.connect("/echo").send(frames().text("warm-up")); // classes, queues, tables
            List<ScriptedPeer> peers = new ArrayList<>(SESSIONS);
            for (int i = 0; i < SESSIONS; i++) {
                ScriptedPeer peer = sessions.kernel.connect();
                peer.send(new byte[1200]); // what will pass through its queues later has been there: they do not grow
                peer.socket().receive(new byte[1200], 0, 1200);
                peer.socket().send(new byte[1200], 0, 1200);
                peer.takeReceived();
                peers.add(peer);
            }
            byte[] message = frames().text("x".repeat(500)).bytes();
            long before = liveBytes();
            int number = 0;
            for (ScriptedPeer peer : peers) {
                EndpointMatch match = sessions.container.find("/echo");
                var request = new OpeningRequestOf("ws://localhost:8080/echo?" + number++); // a string of its own
                sessions.open(peer, match.accept(request, sessions.executor));
                peer.send(message);
                sessions.driver.settle();
                assertThat(peer.takeReceived()).hasSize(504);
            }
            long each = (liveBytes() - before) / SESSIONS;
            Reference.reachabilityFence(peers);
            assertThat(sessions.container.openSessions()).isEqualTo(SESSIONS + 200);
            System.out.println("idle WebSocket session: " + each + " bytes of live heap");
            assertThat(each).isBetween(64L, (long) LIMIT_BYTES);
        }
    }

    /** The least of some collections: garbage that a collection left is no cost. */
    private static long liveBytes() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(20); // reference handling runs beside
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
