package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;
import static org.dormouse.websocket.TestEndpoints.LOG;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.dormouse.push.FlowControl;
import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.frame.DeflateSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that read too slowly, and applications that do. */
class FlowControlTest {
    private static final int BUDGET = 200_000;

    @ServerEndpoint("/busy")
    public static class Busy {
        static volatile Session session;

        @OnOpen
        public void open(Session opened) {
            session = opened;
        }

        @OnMessage
        public void text(String text) {
            LOG.add(text);
            if (text.equals("full")) FlowControl.of(session).suspendReading();
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode());
        }
    }

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    private static ScriptedSessions sessions(SlowPeer policy) {
        var limits = new WebSocketLimits(
                1 << 20, 1 << 20, BUDGET, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ZERO);
        return new ScriptedSessions(
                WebSocketServices.of(limits, ScriptedSessions.MANY, policy, DeflateSettings.DEFAULT),
                null,
                Echo.class,
                Busy.class);
    }

    private static void resume(ScriptedSessions sessions) {
        FlowControl.of(Busy.session).resumeReading();
        sessions.driver.settle();
    }

    @Test
    void whatHasArrivedWaitsBehindTheMessageThatSuspendedReading() {
        try (var sessions = sessions(SlowPeer.FAIL)) {
            var client = sessions.connect("/busy")
                    .send(frames().text("1")
                            .text("full")
                            .text("2")
                            .ping("p")
                            .text("full")
                            .text("3"));
            client.send(frames().text("4").ping("q"));
            assertThat(LOG).containsExactly("1", "full");
            resume(sessions);
            assertThat(LOG).containsExactly("1", "full", "2", "full");
            resume(sessions);
            assertThat(LOG).containsExactly("1", "full", "2", "full", "3", "4");
            assertThat(client.received()).endsWith("pong:q");
            resume(sessions); // nothing to resume
            client.send(frames().text("5"));
            assertThat(LOG).endsWith("4", "5");
        }
    }

    @Test
    void anIdleSessionThatSuspendsReadingTakesNothingMore() {
        try (var sessions = sessions(SlowPeer.FAIL)) {
            var client = sessions.connect("/busy");
            FlowControl.of(Busy.session).suspendReading();
            client.send(frames().binary(new byte[10_000]));
            long reads = sessions.connections.counts().reads();
            for (int i = 0; i < 50; i++)
                client.send(frames().binary(new byte[10_000]).text("" + i));
            assertThat(LOG).isEmpty();
            assertThat(sessions.connections.counts().reads()).isEqualTo(reads); // it waits with the kernel, not here
            resume(sessions);
            assertThat(LOG).hasSize(50);
        }
    }

    @Test
    void theEndReachesASessionThatHasSuspendedReading() throws Exception {
        try (var sessions = sessions(SlowPeer.FAIL)) {
            sessions.connect("/busy")
                    .send(frames().text("full").text("lost"))
                    .peer
                    .reset();
            sessions.driver.settle();
            assertThat(LOG).containsExactly("full", "close 1006");

            LOG.clear();
            var closing = sessions.connect("/busy").send(frames().text("full").text("dropped"));
            Busy.session.close();
            sessions.driver.settle();
            assertThat(LOG).containsExactly("full", "close 1000");
            closing.send(frames().close(1000, ""));
            assertThat(closing.peer.seesEnd()).isTrue();

            LOG.clear();
            sessions.connect("/busy").send(frames().text("full").text("waits").close(1000, ""));
            assertThat(LOG).containsExactly("full");
            resume(sessions);
            assertThat(LOG).containsExactly("full", "waits", "close 1000");

            LOG.clear();
            sessions.connect("/busy").send(frames().text("full"));
            Busy.session.setMaxIdleTimeout(1000);
            sessions.driver.settle();
            sessions.advance(Duration.ofSeconds(2));
            assertThat(LOG).containsExactly("full", "close 1006");
        }
    }

    @Test
    void theOldestMessagesThatHaveNotBegunAreDroppedForTheNewest() {
        try (var sessions = sessions(SlowPeer.DROP_OLDEST)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000).stopReading();
            var remote = Echo.session.getAsyncRemote();
            List<Future<Void>> sent = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                sent.add(remote.sendText(i + " " + "x".repeat(1000)));
                assertThat(FlowControl.of(Echo.session).waitingBytes()).isLessThan(BUDGET + 2000);
            }
            long dropped =
                    sent.stream().filter(f -> f.state() == Future.State.FAILED).count();
            assertThat(dropped)
                    .isGreaterThan(1700)
                    .isEqualTo(sessions.services.counts().droppedMessages());
            assertThat(sent.get(100 + 2000 - 1700).exceptionNow()).hasMessageContaining("websocket.send-budget");
            client.peer.resumeReading();
            sessions.driver.settle();
            List<String> received = client.received();
            assertThat(received).hasSize((int) (2000 - dropped));
            assertThat(received.getFirst()).startsWith("text:0 ");
            assertThat(received.getLast()).startsWith("text:1999 ");
            int before = -1;
            for (String each : received) {
                int number = Integer.parseInt(each.substring(5, each.indexOf(' ')));
                assertThat(number).isGreaterThan(before);
                before = number;
            }
        }
    }

    @Test
    void whatIsNoMessageOfItsOwnIsNotDropped() throws Exception {
        try (var sessions = sessions(SlowPeer.DROP_OLDEST)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000).stopReading();
            var remote = Echo.session.getAsyncRemote();
            for (int i = 0; i < 100; i++) remote.sendBinary(ByteBuffer.allocate(1000));
            sessions.driver.loop().carry(() -> {
                try {
                    Echo.session.getBasicRemote().sendPing(ByteBuffer.wrap(new byte[] {'p'}));
                } catch (java.io.IOException e) {
                    LOG.add(e.toString());
                }
            });
            sessions.driver.settle();
            for (int i = 0; i < 500; i++) remote.sendBinary(ByteBuffer.allocate(1000));
            client.peer.resumeReading();
            sessions.driver.settle();
            assertThat(LOG).isEmpty();
            assertThat(client.received()).contains("ping:p");
        }
    }

    @Test
    void theThreadWaitsWhereThatIsThePolicy() {
        try (var sessions = sessions(SlowPeer.BLOCK)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000).stopReading();
            List<Future<Void>> sent = new ArrayList<>();
            sessions.driver.loop().carry(() -> {
                for (int i = 0; i < 1000; i++)
                    sent.add(Echo.session.getAsyncRemote().sendText(i + "x".repeat(1000)));
            });
            sessions.driver.settle();
            assertThat(sent.size()).isBetween(BUDGET / 1200, BUDGET / 1000);
            assertThat(FlowControl.of(Echo.session).waitingBytes()).isLessThan(BUDGET + 2000);
            client.peer.resumeReading();
            sessions.driver.settle();
            assertThat(sent).hasSize(1000).allMatch(f -> f.state() == Future.State.SUCCESS);
            List<String> received = client.received();
            for (int i = 0; i < 1000; i++) assertThat(received.get(i)).startsWith("text:" + i + "x");
        }
    }

    @Test
    void aThreadThatWaitsForAPeerThatNeverReadsIsLetGo() {
        try (var sessions = sessions(SlowPeer.BLOCK)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000).stopReading();
            List<Future<Void>> sent = new ArrayList<>();
            sessions.driver.loop().carry(() -> {
                for (int i = 0; i < 1000; i++)
                    sent.add(Echo.session.getAsyncRemote().sendText("x".repeat(1000)));
            });
            sessions.driver.settle();
            sessions.advance(Duration.ofSeconds(21));
            assertThat(client.peer.seesClose()).isTrue();
            assertThat(sent).hasSize(1000);
            assertThat(sent.getLast().exceptionNow()).isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void aSessionOfSomebodyElseHasNoFlowControl() {
        var foreign = (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> null);
        assertThatThrownBy(() -> FlowControl.of(foreign)).isInstanceOf(IllegalArgumentException.class);
    }
}
