package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.LiveHeap;
import org.dormouse.poller.ChildJvm;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One loop really holds a million WebSocket sessions, of which each has echoed a message and any can echo another: over the kernel in
 * memory, since a process here may have 20,000 descriptors. Needs 3 GB and half a minute: {@code ./mvnw -pl container -am verify
 * -Ddormouse.large=true}.
 */
@EnabledIfSystemProperty(named = "dormouse.large", matches = "true")
class MillionSessionsTest {
    private static final int COUNT = 1_000_000;

    /** What the kernel in memory keeps for each, with our own 768 at most. */
    private static final int MOST_BYTES_EACH = 1_900;

    @Test
    void aMillionSessionsAreHeldAndServed() throws Exception {
        String printed =
                ChildJvm.run(Main.class, "-Xmx3g", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED");

        System.out.print(printed);
        assertThat(printed).contains("held 1000000 sessions");
    }

    static final class Main {
        private static final byte[] MESSAGE =
                ClientFrames.frames().text("hello").bytes();
        private static final int ECHOED_BYTES = 2 + "hello".length();

        public static void main(String[] arguments) throws Exception {
            var sessions = ScriptedSessions.withPlainPool(IdleSessionHeapTest.Echo.class);
            for (int i = 0; i < 1_000; i++) connectAndEcho(sessions); // classes
            long before = LiveHeap.now().bytes();
            long begin = System.nanoTime();
            List<ScriptedPeer> peers = new ArrayList<>(COUNT);
            for (int i = 0; i < COUNT; i++) peers.add(connectAndEcho(sessions));
            double seconds = (System.nanoTime() - begin) / 1e9;
            long each = (LiveHeap.now().bytes() - before) / COUNT;
            for (int i = 0; i < COUNT; i += 1_000) echo(sessions, peers.get(i));

            System.out.printf(
                    Locale.ROOT,
                    "held %d sessions, one echo each in %.1f s; %d B of live heap each, the kernel in memory included%n",
                    sessions.container.openSessions() - 1_000,
                    seconds,
                    each);
            if (each > MOST_BYTES_EACH) throw new IllegalStateException(each + " B each, limit " + MOST_BYTES_EACH);
        }

        private static ScriptedPeer connectAndEcho(ScriptedSessions sessions) throws Exception {
            ScriptedPeer peer = sessions.kernel.connect();
            var request = new OpeningRequestOf("ws://localhost:8080/echo?" + sessions.container.openSessions());
            sessions.open(peer, sessions.container.find("/echo").accept(request, sessions.executor));
            echo(sessions, peer);
            return peer;
        }

        private static void echo(ScriptedSessions sessions, ScriptedPeer peer) {
            peer.send(MESSAGE);
            sessions.driver.settle();
            int echoed = peer.takeReceived().length;
            if (echoed != ECHOED_BYTES) throw new IllegalStateException(echoed + " bytes came back");
        }
    }
}
