package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.dormouse.server.LoopView;
import org.dormouse.server.RequestInFlight;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What whoever looks after a running server sees of its inside: requests in flight, counters, events of the Flight Recorder. */
@Timeout(60)
class InsideTest {
    private static final long PATIENCE_SECONDS = 20;

    /** Keeps its requests until they are released. */
    private static final class Keeper extends HttpServlet {
        private static final long serialVersionUID = 1;

        final transient CountDownLatch entered = new CountDownLatch(1);
        final transient CountDownLatch release = new CountDownLatch(1);

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getParameter("async") != null) request.startAsync().setTimeout(0);
            else keep();
            entered.countDown();
        }

        private void keep() {
            entered.countDown();
            try {
                release.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void awaitEntry() throws InterruptedException {
            assertThat(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static final class Hello extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("Hello");
        }
    }

    private static Dormouse start(Keeper keeper, String... settings) {
        var builder = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .drainTimeout(Duration.ofSeconds(1))
                .deploy(WebApp.at("/").servlet("/keep", keeper).servlet("/hello", new Hello()));
        for (int i = 0; i < settings.length; i += 2) builder.set(settings[i], settings[i + 1]);
        return builder.start();
    }

    @Test
    void aRequestThatWaitsInItsServletIsListedWithItsThreadAndStack() throws Exception {
        var keeper = new Keeper();
        try (var server = start(keeper);
                var client = RawHttp.connect(server.port())) {
            assertThat(server.listRequests()).isEmpty();
            client.send("GET /keep?secret=1 HTTP/1.1\nHost: h\n\n");
            keeper.awaitEntry();
            RequestInFlight request = server.listRequests().getFirst();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.path()).isEqualTo("/keep");
            assertThat(request.state()).isEqualTo(RequestInFlight.State.RUNNING);
            assertThat(request.loop()).isZero();
            assertThat(request.client()).startsWith("127.0.0.1:");
            assertThat(request.age()).isBetween(Duration.ZERO, Duration.ofSeconds(PATIENCE_SECONDS));
            assertThat(request.thread()).isNotEmpty();
            assertThat(request.stack())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("keep");
            assertThat(request.toString()).contains("GET /keep, ", "RUNNING", "Keeper.keep");
            keeper.release.countDown();
            client.expectStatus(200);
        }
    }

    @Test
    void anAsynchronousRequestIsListedWithoutAThread() throws Exception {
        var keeper = new Keeper();
        try (var server = start(keeper);
                var client = RawHttp.connect(server.port())) {
            client.send("GET /keep?async=1 HTTP/1.1\nHost: h\n\n");
            keeper.awaitEntry();
            RequestInFlight request = awaitRequest(server, each -> each.state() == RequestInFlight.State.RETURNED);
            assertThat(request.stack()).isEmpty();
            assertThat(request.thread()).isEmpty();
            assertThat(request.threadState()).isNull();
        }
    }

    @Test
    void aRequestThatWaitsForItsTurnIsListedAsWaiting() throws Exception {
        var keeper = new Keeper();
        try (var server = start(keeper, "server.max-requests-in-flight", "1", "server.queue-length", "1");
                var first = RawHttp.connect(server.port());
                var second = RawHttp.connect(server.port())) {
            first.send("GET /keep HTTP/1.1\nHost: h\n\n");
            keeper.awaitEntry();
            second.send("GET /hello HTTP/1.1\nHost: h\n\n");
            RequestInFlight waiting = awaitRequest(server, each -> each.path().equals("/hello"));
            assertThat(waiting.state()).isEqualTo(RequestInFlight.State.WAITING);
            keeper.release.countDown();
            second.expectStatus(200);
        }
    }

    private static RequestInFlight awaitRequest(Dormouse server, Predicate<RequestInFlight> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            for (RequestInFlight each : server.listRequests()) if (wanted.test(each)) return each;
        }
        throw new AssertionError("no such request: " + server.listRequests());
    }

    @Test
    void aLoopCountsItsConnectionsRequestsReadsAndWrites() throws Exception {
        try (var server = start(new Keeper())) {
            LoopView loop = server.loops().getFirst();
            long writes;
            try (var client = RawHttp.connect(server.port())) {
                for (int i = 0; i < 40; i++) {
                    client.send("GET /hello HTTP/1.1\nHost: h\n\n");
                    client.expectStatus(200);
                }
                assertThat(loop.accepted()).isOne();
                assertThat(loop.openConnections()).isOne();
                assertThat(loop.requests()).isEqualTo(40);
                assertThat(loop.reads()).isGreaterThanOrEqualTo(40);
                writes = loop.writes();
                assertThat(writes).isGreaterThanOrEqualTo(40 - 15);
                assertThat(loop.events()).isGreaterThanOrEqualTo(40);
                assertThat(loop.turnedAway()).isZero();
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (loop.closed() == 0 && System.nanoTime() < deadline) Thread.onSpinWait();
            assertThat(loop.closed(ConnectionEnd.PEER_CLOSED) + loop.closed(ConnectionEnd.PEER_RESET))
                    .isOne();
            assertThat(loop.writes()).isBetween(40L, 41L);
        }
    }

    @Test
    void acceptShedAndCloseAreEventsOfTheFlightRecorder() throws Exception {
        var keeper = new Keeper();
        BlockingQueue<RecordedEvent> events = new LinkedBlockingQueue<>();
        try (var server = start(keeper, "server.max-requests-in-flight", "1", "server.queue-length", "0");
                var stream = new RecordingStream()) {
            stream.setReuse(false);
            for (String name : List.of("dormouse.Accept", "dormouse.Shed", "dormouse.Close")) {
                stream.enable(name);
                stream.onEvent(name, events::add);
            }
            stream.startAsync();
            try (var first = RawHttp.connect(server.port());
                    var second = RawHttp.connect(server.port())) {
                first.send("GET /keep HTTP/1.1\nHost: h\n\n");
                keeper.awaitEntry();
                second.send("GET /hello HTTP/1.0\nHost: h\n\n");
                second.expectStatus(503);
                RecordedEvent accepted = await(events, "dormouse.Accept");
                assertThat(accepted.getString("peer")).startsWith("127.0.0.1:");
                RecordedEvent shed = await(events, "dormouse.Shed");
                assertThat(shed.getString("path")).isEqualTo("/hello");
                assertThat(shed.getString("reason")).contains("server.max-requests-in-flight");
                RecordedEvent closed = await(events, "dormouse.Close");
                assertThat(closed.getString("reason")).isEqualTo("ANSWERED");
                assertThat(server.loops().getFirst().turnedAway()).isOne();
                keeper.release.countDown();
            }
        }
    }

    private static RecordedEvent await(BlockingQueue<RecordedEvent> events, String name) throws InterruptedException {
        var others = new java.util.ArrayList<RecordedEvent>();
        try {
            while (true) {
                RecordedEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (event == null) throw new AssertionError("no " + name);
                if (event.getEventType().getName().equals(name)) return event;
                others.add(event);
            }
        } finally {
            events.addAll(others);
        }
    }
}
