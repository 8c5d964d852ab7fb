package org.dormouse.compat.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.http.ContentType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;

@Timeout(60)
class AsyncTest extends ShopTest {
    @Autowired
    StreamController streams;

    @Test
    void aDeferredResultAnswersFromAnotherThread() {
        given().queryParam("say", "tea").get("/later").then().statusCode(200).body(equalTo("later: tea"));
    }

    @Test
    void aDeferredResultThatNobodySetsAnswersItsTimeout() {
        given().get("/never").then().statusCode(202).body(equalTo("not yet"));
    }

    @Test
    void aDeferredFailureReachesTheExceptionHandlerOfItsController() {
        given().accept(ContentType.JSON)
                .get("/later-failed")
                .then()
                .statusCode(500)
                .body("path", equalTo("/later-failed"));
    }

    @Test
    void aCallableRunsInSpringsExecutor() {
        given().get("/called").then().statusCode(200).body(org.hamcrest.Matchers.startsWith("called on "));
    }

    @Test
    void aStreamedBodyArrivesWhole() {
        String body = given().queryParam("lines", 50_000)
                .get("/stream")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(body).startsWith("line 0\nline 1\n").endsWith("line 49999\n").hasLineCount(50_000);
    }

    @Test
    void eventsArriveWhenTheyAreSentAndNotBefore() throws Exception {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = get("/events?count=3")) {
            // The controller sends the second event only after this one was seen here.
            while (!"data:event 1".equals(read(reader, lines)))
                assertThat(lines).hasSizeLessThan(10);
            streams.firstEventSeen.countDown();
            while (read(reader, lines) != null) assertThat(lines).hasSizeLessThan(50);
        }
        assertThat(lines.stream().filter(line -> line.startsWith("data:")))
                .containsExactly("data:event 1", "data:event 2", "data:event 3");
        assertThat(lines).contains("id:2", "event:tick");
    }

    @Test
    void anEmitterLearnsAtOnceThatItsClientReset() throws Exception {
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(("""
                    GET /endless-events HTTP/1.1\r
                    Host: localhost\r
                    \r
                    """).getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            awaitLine(reader, "data:hello");
            // Spring sends the first before it listens for errors; with the second it does.
            streams.endless.get(20, TimeUnit.SECONDS).send("again");
            awaitLine(reader, "data:again");
            client.setSoLinger(true, 0); // close with a reset: a half-close alone is not the end of a client
        }
        assertThat(streams.emitterError.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    private static void awaitLine(BufferedReader reader, String awaited) throws IOException {
        String line = Objects.requireNonNull(reader.readLine());
        while (!awaited.equals(line)) line = Objects.requireNonNull(reader.readLine());
    }

    private BufferedReader get(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = CLIENT.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Accept", "text/event-stream")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static String read(BufferedReader reader, List<String> lines) throws IOException {
        String line = reader.readLine();
        if (line != null) lines.add(line);
        return line;
    }
}
