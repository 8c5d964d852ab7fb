package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dormouse.push.EventStream;
import org.dormouse.push.FlowControl;
import org.dormouse.push.Group;
import org.dormouse.push.Hub;
import org.dormouse.push.Message;
import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.RawWebSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups of real sessions, on two loops. */
@Timeout(60)
class GroupTest {
    private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

    private static final BlockingQueue<Session> OPENED = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

    private Dormouse server;

    /** Joins the group in its path. */
    @ServerEndpoint("/group/{name}")
    public static final class Joining {
        @OnOpen
        public void open(Session session, @PathParam("name") String name) {
            Hub.of(session).group(name).join(session);
            OPENED.add(session);
        }

        @OnClose
        public void close(@PathParam("name") String name, Session session) {
            CLOSED.add(name + " without it: " + Hub.of(session).group(name).size());
        }
    }

    /** The stream of the group "all". */
    private static final class Events extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Hub.of(getServletContext()).group("all").join(EventStream.open(request, response));
        }
    }

    @BeforeEach
    void start() {
        OPENED.clear();
        CLOSED.clear();
        server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .set("server.loops", "2")
                .set("websocket.send-budget", "100k")
                .deploy(Mode.app("").endpoint(Joining.class).servlet("/events", new Events()))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Session opened() throws InterruptedException {
        Session session = OPENED.poll(10, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        return session;
    }

    private static Group all(Session session) {
        return Hub.of(session).group("all");
    }

    @Test
    void allHearInOrderWhateverTheirLoopAndWhateverWasAgreedOn() throws Exception {
        List<RawWebSocket> clients = new ArrayList<>();
        Session one = null;
        for (int i = 0; i < 8; i++) {
            clients.add(RawWebSocket.open(
                    server.port(), "/group/all", i % 2 == 0 ? new String[0] : new String[] {DEFLATE}));
            one = opened();
        }
        String large = "acorn ".repeat(2000);
        Group all = all(one);
        assertThat(all.size()).isEqualTo(8);
        for (int i = 0; i < 50; i++) all.broadcast("message " + i);
        all.broadcast(large);
        all.broadcast(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        for (int c = 0; c < 8; c++) {
            for (int i = 0; i < 50; i++) assertThat(clients.get(c).next()).isEqualTo("text:message " + i);
            assertThat(clients.get(c).next()).isEqualTo((c % 2 == 0 ? "text:" : "text*:") + large);
            assertThat(clients.get(c).next()).startsWith("binary");
        }
        await(() -> all.hub().counts().sent() == 8 * 52);
        for (RawWebSocket client : clients) client.close();
    }

    @Test
    void oneCanBeLeftOutAndOneCanLeave() throws Exception {
        try (var speaks = RawWebSocket.open(server.port(), "/group/all")) {
            Session speaker = opened();
            try (var hears = RawWebSocket.open(server.port(), "/group/all")) {
                Session listener = opened();
                Group all = all(speaker);
                all.broadcast("to the other", speaker);
                all.leave(listener);
                all.broadcast("to itself");
                assertThat(hears.next()).isEqualTo("text:to the other");
                assertThat(speaks.next()).isEqualTo("text:to itself");
                assertThat(all.has(listener)).isFalse();
                listener.getBasicRemote().sendText("end");
                assertThat(hears.next()).isEqualTo("text:end");
            }
        }
    }

    @Test
    void aSessionThatEndsHasLeftBeforeItsEndpointIsTold() throws Exception {
        var stays = RawWebSocket.open(server.port(), "/group/all");
        Session session = opened();
        var leaves = RawWebSocket.open(server.port(), "/group/all");
        Session ended = opened();
        leaves.reset();
        assertThat(CLOSED.poll(10, TimeUnit.SECONDS)).isEqualTo("all without it: 1");
        assertThat(all(session).join(ended)).isFalse();
        assertThat(all(session).members()).hasSize(1);
        stays.close();
    }

    @Test
    void theOthersHearAllThoughOneDoesNotRead() throws Exception {
        try (var slow = RawWebSocket.openSlow(server.port(), "/group/all")) {
            opened();
            try (var quick = RawWebSocket.open(server.port(), "/group/all")) {
                Group all = all(opened());
                String filler = "x".repeat(20_000);
                for (int i = 0; i < 2000; i++) {
                    all.broadcast(i + filler);
                    assertThat(quick.next()).isEqualTo("text:" + i + filler);
                }
                await(() -> counted(all) == 4000);
                assertThat(all.hub().counts().dropped()).isPositive();
                assertThat(all.size()).isEqualTo(2);
                assertThat(slow.next()).isEqualTo("text:0" + filler);
            }
        }
    }

    @Test
    void aMemberThatDoesNotReadIsClosedWhereThatIsItsPolicy() throws Exception {
        try (var slow = RawWebSocket.openSlow(server.port(), "/group/all")) {
            Session session = opened();
            FlowControl.of(session).onSlowPeer(SlowPeer.CLOSE);
            Group all = all(session);
            for (int i = 0; i < 10_000 && session.isOpen(); i++) {
                all.broadcast("x".repeat(20_000));
                Thread.yield();
            }
            assertThat(session.isOpen()).isFalse();
            String last = slow.next();
            while (last.startsWith("text")) last = slow.next();
            assertThat(last).contains("1013").contains("websocket.send-budget");
        }
    }

    @Test
    void theNewestIsWhatAMemberGetsWhereThatIsItsPolicy() throws Exception {
        try (var slow = RawWebSocket.openSlow(server.port(), "/group/all")) {
            Session session = opened();
            FlowControl.of(session).onSlowPeer(SlowPeer.DROP_OLDEST);
            Group all = all(session);
            String filler = "x".repeat(20_000);
            long sent = 0;
            for (; all.hub().counts().dropped() < 10; sent++) {
                all.broadcast(sent + filler);
                Thread.yield();
            }
            all.broadcast("newest");
            int heard = 0;
            while (!slow.next().equals("text:newest")) heard++;
            assertThat(heard).isLessThanOrEqualTo((int) sent - 10);
        }
    }

    @Test
    void streamsAndSessionsHearTheSame() throws Exception {
        try (var socket = RawWebSocket.open(server.port(), "/group/all");
                var stream = RawHttp.connect(server.port())) {
            Group all = all(opened());
            stream.send("""
                    GET /events HTTP/1.1
                    Host: h

                    """);
            await(() -> all.size() == 2);
            all.broadcast(Message.text("2301.5").named("gold"));
            assertThat(socket.next()).isEqualTo("text:2301.5");
            var read = new StringBuilder();
            while (read.indexOf("event: gold\ndata:2301.5\n\n") < 0) read.append((char) stream.read());
        }
    }

    private static long counted(Group group) {
        return group.hub().counts().sent() + group.hub().counts().dropped();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) throw new AssertionError("too late");
            Thread.onSpinWait();
        }
    }

    @Test
    void aWrapperOfASessionIsRefusedByName() throws Exception {
        try (var client = RawWebSocket.open(server.port(), "/group/all")) {
            Session session = opened();
            var wrapper = (Session) Proxy.newProxyInstance(
                    GroupTest.class.getClassLoader(),
                    new Class<?>[] {Session.class},
                    (_, method, arguments) -> method.invoke(session, arguments));
            assertThatThrownBy(() -> all(session).join(wrapper))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no session of this server");
            assertThat(client.head()).startsWith("HTTP/1.1 101");
        }
    }
}
