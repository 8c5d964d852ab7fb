package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;

/** The connection of each WebSocket session ends with one reason, which is counted. */
class SessionEndCountTest {
    @ServerEndpoint("/idle")
    public static class Idle {
        @OnOpen
        public void open(Session session) {
            session.setMaxIdleTimeout(10_000);
        }
    }

    private final ScriptedSessions sessions = new ScriptedSessions(Idle.class);

    private List<ConnectionEnd> ends() {
        var ends = new ArrayList<ConnectionEnd>();
        var counts = sessions.connections.counts();
        for (ConnectionEnd end : ConnectionEnd.values()) for (long i = 0; i < counts.closed(end); i++) ends.add(end);
        return ends;
    }

    @Test
    void endsInOrderAreToldFromClientsThatLeaveBreakTheProtocolOrAreSilent() {
        try (sessions) {
            sessions.connect("/idle")
                    .send(ClientFrames.frames().close(1000, ""))
                    .peer
                    .finish();
            sessions.driver.settle();
            assertThat(ends()).containsExactly(ConnectionEnd.UPGRADE_ENDED);

            sessions.connect("/idle").peer.finish();
            sessions.driver.settle();
            assertThat(ends()).containsExactly(ConnectionEnd.PEER_CLOSED, ConnectionEnd.UPGRADE_ENDED);

            sessions.connect("/idle").peer.send(new byte[] {(byte) 0xF1, 0}).finish();
            sessions.driver.settle();
            assertThat(ends())
                    .containsExactly(ConnectionEnd.PEER_CLOSED, ConnectionEnd.REFUSED, ConnectionEnd.UPGRADE_ENDED);

            var silent = sessions.connect("/idle");
            sessions.advance(Duration.ofSeconds(11));
            silent.send(ClientFrames.frames().close(1001, "")).peer.finish();
            sessions.driver.settle();
            assertThat(ends()).contains(ConnectionEnd.IDLE_TIMEOUT).hasSize(4);

            sessions.connect("/idle").peer.reset();
            sessions.driver.settle();
            assertThat(ends()).contains(ConnectionEnd.PEER_RESET).hasSize(5);

            var drained = sessions.connect("/idle");
            sessions.connections.drainAll();
            sessions.driver.settle();
            drained.send(ClientFrames.frames().close(1001, "")).peer.finish();
            sessions.driver.settle();
            assertThat(ends()).contains(ConnectionEnd.DRAINED).hasSize(6);
        }
    }
}
