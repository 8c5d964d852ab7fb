package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dormouse.push.EventStream;
import org.dormouse.push.Group;
import org.dormouse.push.Hub;
import org.dormouse.push.Message;
import org.dormouse.push.SlowPeer;
import org.dormouse.push.StreamOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
    private static final String ASK = """
            GET /events HTTP/1.1
            Host: h
            Last-Event-ID: 41

            """;

    private final BlockingQueue<EventStream> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private StreamOptions options = StreamOptions.DEFAULT.withHeartbeat(Duration.ZERO);
    private Hub hub = new Hub();
    private Dormouse server;

    /** Opens a stream for each request. */
    private final class Events extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            EventStream stream = EventStream.open(request, response, options);
            hub = Hub.of(request.getServletContext());
            hub.group("all").join(stream);
            stream.onClose(() -> ends.add("ended with " + hub.group("all").size() + " in the group"));
            opened.add(stream);
        }
    }

    @BeforeEach
    void start() {
        server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .drainTimeout(Duration.ofSeconds(20))
                .deploy(Mode.app("").servlet("/events", new Events()))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private EventStream open(RawHttp client) throws Exception {
        client.send(ASK);
        String head = until(client, "\r\n\r\n");
        assertThat(head)
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-type: text/event-stream;charset=utf-8")
                .containsIgnoringCase("cache-control: no-store");
        EventStream stream = opened.poll(10, TimeUnit.SECONDS);
        assertThat(stream).isNotNull();
        return stream;
    }

    private static String until(RawHttp client, String end) throws IOException {
        var text = new StringBuilder();
        do {
            int next = client.read();
            if (next < 0) throw new AssertionError("ended after " + text);
            text.append((char) next);
        } while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0);
        return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private void expectEnd(String text) throws InterruptedException {
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(text);
    }

    @Test
    void eventsArriveAsTheyAreSentAndTheLastIdIsKnown() throws Exception {
        options = options.withRetry(Duration.ofSeconds(2));
        try (var client = RawHttp.connect(server.port())) {
            EventStream stream = open(client);
            assertThat(stream.lastEventId()).isEqualTo("41");
            assertThat(until(client, "\n\n")).endsWith("retry: 2000\n\n");
            assertThat(stream.send(
                            Message.text("gr\u00fcn\nblau").named("colours").withId("42")))
                    .isTrue();
            assertThat(until(client, "\n\n")).endsWith("event: colours\nid: 42\ndata:gr\u00fcn\ndata:blau\n\n");
            stream.comment("still here");
            assertThat(until(client, "\n\n")).endsWith(":still here\n\n");
            stream.close();
            expectEnd("ended with 0 in the group");
            assertThat(until(client, "0\r\n\r\n")).isNotEmpty();
            assertThat(stream.send("late")).isFalse();
            assertThat(hub.group("all").join(stream)).isFalse();
        }
    }

    @Test
    void whatIsSentBeforeTheServletReturnsArrivesThoughTheStreamIsClosedAtOnce() throws Exception {
        // the servlet of this test hands the stream over from inside its request
        try (var client = RawHttp.connect(server.port())) {
            client.send(ASK);
            EventStream stream = opened.poll(10, TimeUnit.SECONDS);
            stream.send("first");
            stream.send("last");
            stream.close();
            assertThat(until(client, "0\r\n\r\n")).contains("data:first\n\n").contains("data:last\n\n");
        }
        expectEnd("ended with 0 in the group");
    }

    @Test
    void aGroupReachesItsStreams() throws Exception {
        try (var one = RawHttp.connect(server.port());
                var two = RawHttp.connect(server.port())) {
            open(one);
            open(two);
            Group all = hub.group("all");
            for (int i = 0; i < 100; i++) all.broadcast(Message.text("tick " + i));
            for (int i = 0; i < 100; i++) {
                assertThat(until(one, "\n\n")).endsWith("data:tick " + i + "\n\n");
                assertThat(until(two, "\n\n")).endsWith("data:tick " + i + "\n\n");
            }
            assertThat(all.size()).isEqualTo(2);
        }
        expectEnd("ended with 1 in the group");
        expectEnd("ended with 0 in the group");
    }

    @Test
    void aClientThatResetsIsNoticedWithoutAnythingBeingSent() throws Exception {
        var client = RawHttp.connect(server.port());
        EventStream stream = open(client);
        client.reset();
        expectEnd("ended with 0 in the group");
        assertThat(stream.isOpen()).isFalse();
    }

    @Test
    void aClientThatClosesIsNoticedWithoutAnythingBeingSent() throws Exception {
        var client = RawHttp.connect(server.port());
        open(client);
        client.close();
        expectEnd("ended with 0 in the group");
    }

    @Test
    void aClientThatClosesItsSendingSideOnlyGoesOnReading() throws Exception {
        try (var client = RawHttp.connect(server.port())) {
            EventStream stream = open(client);
            client.finishSending();
            assertThat(until(client, "\n\n")).endsWith(":\n\n"); // asks whether it is still there
            stream.send("it is");
            assertThat(until(client, "\n\n")).endsWith("data:it is\n\n");
            assertThat(ends).isEmpty();
            assertThat(stream.isOpen()).isTrue();
        }
    }

    @Test
    void aHalfCloseIsTheEndWhereThatIsAskedFor() throws Exception {
        options = options.endingOnHalfClose();
        try (var client = RawHttp.connect(server.port())) {
            open(client);
            client.finishSending();
            expectEnd("ended with 0 in the group");
        }
    }

    @Test
    void aClientThatDoesNotReadIsCutWhenItsBudgetIsUsedUp() throws Exception {
        options = options.withBudget(100_000);
        try (var client = RawHttp.connect(server.port())) {
            EventStream stream = open(client);
            sendUntilFull(stream);
            expectEnd("ended with 0 in the group");
            assertThat(stream.isOpen()).isFalse();
        }
    }

    @Test
    void eventsForAClientThatDoesNotReadAreLeftOutWhereThatIsThePolicy() throws Exception {
        options = options.withBudget(100_000).onSlowPeer(SlowPeer.FAIL);
        try (var client = RawHttp.connect(server.port())) {
            EventStream stream = open(client);
            int sent = sendUntilFull(stream);
            assertThat(stream.isOpen()).isTrue();
            assertThat(stream.waitingBytes()).isBetween(80_000, 100_000);
            for (int i = 0; i < sent; i++) assertThat(until(client, "\n\n")).contains("data:" + i + " ");
            assertThat(stream.send("again")).isTrue();
            assertThat(until(client, "\n\n")).endsWith("data:again\n\n");
        }
    }

    @Test
    void theNewestEventsAreKeptWhereThatIsThePolicy() throws Exception {
        options = options.withBudget(100_000).onSlowPeer(SlowPeer.DROP_OLDEST);
        try (var client = RawHttp.connect(server.port())) {
            EventStream stream = open(client);
            Group all = hub.group("all");
            for (int i = 0; i < 3000; i++) stream.send(filler(i));
            all.broadcast("the newest");
            String read = until(client, "the newest\n\n");
            assertThat(read.contains("data:2999 ")).isTrue();
            assertThat(read.contains("data:2000 ")).isFalse();
            assertThat(stream.waitingBytes()).isZero();
        }
    }

    private static String filler(int number) {
        return number + " " + "x".repeat(10_000);
    }

    private static int sendUntilFull(EventStream stream) {
        for (int sent = 0; sent < 10_000; sent++) if (!stream.send(filler(sent))) return sent;
        throw new AssertionError("never full");
    }

    @Test
    void aQuietStreamHasAHeartbeat() throws Exception {
        options = options.withHeartbeat(Duration.ofMillis(20));
        try (var client = RawHttp.connect(server.port())) {
            open(client);
            for (int i = 0; i < 3; i++) assertThat(until(client, "\n\n")).endsWith(":\n\n");
        }
    }

    @Test
    void streamsEndInOrderWhenTheServerStops() throws Exception {
        try (var client = RawHttp.connect(server.port())) {
            open(client);
            long before = System.nanoTime();
            server.close();
            assertThat(until(client, "0\r\n\r\n")).isNotEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(15)); // of 20 to drain
        }
        expectEnd("ended with 0 in the group");
    }
}
