package org.dormouse.quarkus.it;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.filter.session.SessionFilter;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ServletsTest {
    @Inject
    Patience patience;

    @Test
    void getIsAnsweredByTheServletWithItsBeans() {
        given().queryParam("name", "dormouse")
                .get("/greeting")
                .then()
                .statusCode(200)
                .contentType(startsWith("text/plain"))
                .body(equalTo("Hello, dormouse!"));
    }

    @Test
    void dormouseServesInVirtualThreads() {
        when().get("/greeting")
                .then()
                .header("X-Thread", is("virtual"))
                .header("X-Container", startsWith("org.dormouse."));
    }

    @Test
    void bodyComesBackAsItWasPosted() {
        given().contentType("text/plain; charset=utf-8")
                .body("a word\nand änother")
                .post("/echo")
                .then()
                .statusCode(200)
                .body(equalTo("a word\nand änother"));
    }

    @Test
    void bodyLargerThanEveryBufferComesBackWhole() {
        var bytes = new byte[3_000_000];
        new Random(3).nextBytes(bytes);
        byte[] back = given().contentType("application/octet-stream")
                .body(bytes)
                .post("/echo")
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        assertArrayEquals(bytes, back);
    }

    @Test
    void bodyWithoutLengthIsRefusedOnceItPassesTheLimitOfQuarkus() throws IOException {
        int limit = 4 * 1024 * 1024;
        try (var peer = new Socket("127.0.0.1", RestAssured.port)) {
            peer.setSoTimeout(20_000);
            var head = "POST /collect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(limit + 1) + "\r\n";
            peer.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream().write(new byte[limit + 1]);
            String answer = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.contains("quarkus.http.limits.max-body-size " + limit), answer);
        }
    }

    @Test
    void clientThatWaitsForContinueIsAskedToGoOnWhenTheServletReads() throws IOException {
        try (var peer = new Socket("127.0.0.1", RestAssured.port)) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream()
                    .write(("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                                    + "Expect: 100-continue\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var interim = new String(peer.getInputStream().readNBytes(25), StandardCharsets.US_ASCII);
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", interim);
            peer.getOutputStream().write("abcde".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("abcde"), answer);
        }
    }

    @Test
    void responsesOfPipelinedRequestsNeverRunIntoEachOther() throws IOException {
        try (var peer = new Socket("127.0.0.1", RestAssured.port)) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream()
                    .write(("GET /greeting?name=one HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    + "HEAD /greeting?name=two HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    + "GET /greeting?name=three HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answers = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(3, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
            assertTrue(answers.contains("Hello, one!") && answers.endsWith("Hello, three!"), answers);
            assertFalse(answers.contains("Hello, two!"), answers);
        }
    }

    @Test
    void targetInAbsoluteFormIsServedByItsPath() throws IOException {
        try (var peer = new Socket("127.0.0.1", RestAssured.port)) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream()
                    .write(("GET http://example.org/greeting?name=abs HTTP/1.1\r\nHost: example.org\r\n"
                                    + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.endsWith("Hello, abs!"), answer);
        }
    }

    @Test
    void http2IsServedThroughTheSameDoor() throws Exception {
        try (var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .connectTimeout(Duration.ofSeconds(20))
                .build()) {
            var target = URI.create("http://127.0.0.1:" + RestAssured.port);
            var get = HttpRequest.newBuilder(target.resolve("/greeting?name=two"))
                    .timeout(Duration.ofSeconds(20))
                    .build();
            var answer = client.send(get, BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals("Hello, two!", answer.body());
            var bytes = new byte[2_000_000];
            new Random(5).nextBytes(bytes);
            var post = HttpRequest.newBuilder(target.resolve("/echo"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
                    .build();
            assertArrayEquals(
                    bytes, client.send(post, BodyHandlers.ofByteArray()).body());
        }
    }

    @Test
    void servletThatReadsLearnsThatTheClientLeft() throws Exception {
        try (var peer = new Socket("127.0.0.1", RestAssured.port)) {
            peer.getOutputStream()
                    .write("POST /patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab"
                            .getBytes(StandardCharsets.US_ASCII));
            assertTrue(patience.hasBegun().get(20, TimeUnit.SECONDS));
        }
        assertTrue(patience.hasEnded().get(20, TimeUnit.SECONDS) instanceof IOException);
    }

    @Test
    void slowClientGetsEverythingWithoutTheServletRunningAhead() throws Exception {
        try (var peer = new Socket()) {
            peer.setReceiveBufferSize(16 * 1024);
            peer.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
            peer.setSoTimeout(20_000);
            peer.getOutputStream()
                    .write("GET /flood HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', peer.getInputStream().read());
            // Time enough to write it all into memory, if nothing held the servlet back.
            for (int i = 0; i < 50; i++) when().get("/greeting").then().statusCode(200);
            assertFalse(patience.hasFlooded().isDone());
            long rest = peer.getInputStream().transferTo(OutputStream.nullOutputStream());
            assertTrue(rest > FloodServlet.BYTES, "only " + rest);
        }
        assertTrue(patience.hasFlooded().get(20, TimeUnit.SECONDS));
    }

    @Test
    void sessionIsKeptByItsCookieAlone() {
        var one = new SessionFilter();
        given().filter(one).get("/counter").then().body(equalTo("1"));
        given().filter(one).get("/counter").then().body(equalTo("2"));
        when().get("/counter").then().body(equalTo("1"));
    }

    @Test
    void answerOfAnotherThreadArrives() {
        when().get("/later").then().statusCode(200).body(equalTo("later"));
    }

    @Test
    void asyncThatNeverAnswersTimesOut() {
        when().get("/later?timeout").then().statusCode(500);
    }

    @Test
    void methodWithoutAnswerIs405() {
        when().delete("/greeting").then().statusCode(405);
    }

    @Test
    void headHasNoBody() {
        when().head("/greeting").then().statusCode(200).body(equalTo(""));
    }

    @Test
    void applicationSeesServlet61AndNoOther() throws Exception {
        var method = HttpServletResponse.class.getMethod("sendRedirect", String.class, int.class, boolean.class);
        assertEquals(HttpServletResponse.class, method.getDeclaringClass());
        var copies = Thread.currentThread()
                .getContextClassLoader()
                .getResources("jakarta/servlet/http/HttpServletResponse.class");
        copies.nextElement();
        assertFalse(copies.hasMoreElements(), "a second Servlet API is on the class path");
    }

    @Test
    void undertowIsNotThere() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("io.undertow.servlet.api.Deployment"));
        when().get("/greeting").then().header("Server", nullValue());
    }
}
