package org.dormouse.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dormouse.Dormouse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

    private static Dormouse server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(Demo.at("/demo"))
                .start();
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void everythingThePageRefersToIsServedFromHere() throws Exception {
        assertThat(referencesOf("/")).isGreaterThanOrEqualTo(4);
        assertThat(referencesOf("/chat.html")).isGreaterThanOrEqualTo(4);
    }

    private static int referencesOf(String path) throws Exception {
        String page = get(path).body();
        Matcher reference = REFERENCE.matcher(page);
        int found = 0;
        while (reference.find()) {
            if (reference.group(1).startsWith("#")) continue;
            found++;
            assertThat(reference.group(1)).doesNotContain(":");
            var answer = get("/" + reference.group(1));
            assertThat(answer.statusCode()).as(reference.group(1)).isEqualTo(200);
            assertThat(answer.body()).isNotEmpty();
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'self'");
        }
        return found;
    }

    @Test
    void whatIsNotThereIs404() throws Exception {
        assertThat(get("/absent.html").statusCode()).isEqualTo(404);
        assertThat(get("/Demo.class").statusCode()).isEqualTo(404);
    }

    @Test
    void aJspPageTellsWhatTheBrowserSent() throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/demo/request.jsp?x"))
                        .header("X-Nut", "<hazel>")
                        .header("Cookie", "secret=acorn")
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).isEqualTo("text/html;charset=UTF-8");
        assertThat(answer.body())
                .contains("GET /demo/request.jsp")
                .contains("VirtualThread[")
                .containsIgnoringCase("<dt>x-nut</dt><dd>&lt;hazel&gt;</dd>")
                .doesNotContain("acorn")
                .doesNotContain("<%");
    }

    @Test
    void factsNameTheExecutionInForce() throws Exception {
        var facts = get("/api/facts");
        assertThat(facts.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(facts.body())
                .contains("\"execution\":\"" + server.execution().name().toLowerCase(java.util.Locale.ROOT) + "\"")
                .contains("\"requestThreadIsVirtual\":true")
                .contains("\"visits\":1");
    }

    @Test
    void eventsKeepComing() throws Exception {
        var stream = client.send(request("/api/ticks"), BodyHandlers.ofLines());
        assertThat(stream.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> events;
        try (var lines = stream.body()) {
            events = lines.filter(line -> !line.isEmpty() && !line.startsWith("retry:"))
                    .limit(3)
                    .toList();
        }
        assertThat(events)
                .allSatisfy(
                        event -> assertThat(event).startsWith("data:{\"time\":").contains("\"listeners\":"));
    }

    @Test
    void whatOneSaysTheOtherHears() throws Exception {
        var first = new Ear();
        var second = new Ear();
        WebSocket speaker = first.open();
        assertThat(first.next("\"you\":")).contains("dormouse");
        WebSocket listener = second.open();
        assertThat(second.next("\"you\":")).contains("dormouse");
        speaker.sendText("the acorns are \"ripe\"", true).get(10, TimeUnit.SECONDS);
        assertThat(second.next("\"text\":")).contains("\"text\":\"the acorns are \\\"ripe\\\"\"");
        speaker.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
        assertThat(second.next("fell asleep")).contains("\"people\":[\"");
        listener.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/demo" + path))
                .build();
    }

    private static java.net.http.HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString());
    }

    /** Collects what a WebSocket hears. */
    private static final class Ear implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        WebSocket open() throws Exception {
            return client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/demo/chat/garden"), this)
                    .get(10, TimeUnit.SECONDS);
        }

        /** The next message with {@code part} in it. */
        String next(String part) throws InterruptedException {
            while (true) {
                String message = heard.poll(10, TimeUnit.SECONDS);
                assertThat(message).as("a message with " + part).isNotNull();
                if (message.contains(part)) return message;
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            heard.add(text.toString());
            socket.request(1);
            return null;
        }
    }
}
