package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dormouse.RawHttp;
import org.dormouse.http.Headers;
import org.dormouse.transport.ConnectionLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same exchanges over real sockets, on every kind of thread that may use them. */
@Timeout(60)
class Http1OverTcpTest {
    enum Threads {
        CARRIED,
        VIRTUAL,
        PLATFORM,
        /** One thread for each call: nothing may depend on who calls. */
        ALWAYS_ANOTHER
    }

    static Stream<Threads> threads() {
        return Stream.of(Threads.values());
    }

    private static final ExecutorService VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();
    private static final ExecutorService PLATFORM =
            Executors.newFixedThreadPool(8, Thread.ofPlatform().daemon().factory());

    private static Executor executor(Threads threads) {
        return switch (threads) {
            case CARRIED -> null;
            case VIRTUAL -> VIRTUAL;
            case PLATFORM -> PLATFORM;
            case ALWAYS_ANOTHER -> task -> PLATFORM.execute(() -> VIRTUAL.execute(task));
        };
    }

    @ParameterizedTest
    @MethodSource("threads")
    void requestsOfAllKindsOneAfterAnother(Threads threads) throws IOException {
        try (var server = TcpServer.start(Http1Server.ECHO, executor(threads));
                var peer = RawHttp.connect(server.port())) {
            for (int i = 0; i < 50; i++) {
                peer.send("GET /" + i + " HTTP/1.1\nHost: h\n\n");
                peer.expectStatus(200).expectBody("GET /" + i + " []");
                peer.send("POST /b HTTP/1.1\nHost: h\nContent-Length: 3\n\n");
                peer.send("abc");
                peer.expectStatus(200).expectBody("POST /b [abc]");
                peer.send("POST /c HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n2\nxy\n");
                peer.send("1\nz\n0\n\n");
                peer.expectStatus(200).expectBody("POST /c [xyz]");
                peer.send("HEAD /d HTTP/1.1\nHost: h\n\n").afterHead();
                peer.expectStatus(200).expectField("Content-Length", "10");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void manyConnectionsPipelineAtOnceAndEachGetsItsOwnAnswersInOrder(Threads threads) throws Exception {
        try (var server = TcpServer.start(
                exchange -> {
                    if (ThreadLocalRandom.current().nextInt(16) == 0) pause();
                    Http1Server.ECHO.handle(exchange);
                },
                executor(threads))) {
            var clients = new ArrayList<Callable<Void>>();
            for (int c = 0; c < 8; c++) {
                int client = c;
                clients.add(() -> {
                    try (var peer = RawHttp.connect(server.port())) {
                        for (int round = 0; round < 30; round++) {
                            int count = ThreadLocalRandom.current().nextInt(1, 20);
                            var requests = new StringBuilder();
                            for (int i = 0; i < count; i++) {
                                requests.append("POST /%d/%d/%d HTTP/1.1\nHost: h\nContent-Length: 4\n\nbody"
                                        .formatted(client, round, i));
                            }
                            int split = ThreadLocalRandom.current().nextInt(requests.length());
                            peer.send(requests.substring(0, split)).send(requests.substring(split));
                            for (int i = 0; i < count; i++) {
                                peer.expectStatus(200).expectBody("POST /%d/%d/%d [body]".formatted(client, round, i));
                            }
                        }
                    }
                    return null;
                });
            }
            runAll(clients);
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void clientsThatLeaveInTheMiddleOfAnythingLeaveNothingBehind(Threads threads) throws Exception {
        byte[] much = new byte[300_000];
        try (var server = TcpServer.start(
                exchange -> {
                    Http1Server.readAll(exchange);
                    exchange.commit(200, null, new Headers(), much.length);
                    Http1Server.writeAll(exchange, much);
                    exchange.finish();
                },
                executor(threads))) {
            var clients = new ArrayList<Callable<Void>>();
            for (int c = 0; c < 8; c++) {
                clients.add(() -> {
                    for (int round = 0; round < 30; round++) {
                        var peer = RawHttp.connect(server.port());
                        switch (ThreadLocalRandom.current().nextInt(5)) {
                            case 0 -> peer.send("GET / HT");
                            case 1 -> peer.send("POST / HTTP/1.1\nHost: h\nContent-Length: 10\n\n123");
                            case 2 -> peer.send("GET / HTTP/1.1\nHost: h\n\n".repeat(3));
                            case 3 -> peer.send("GET / HTTP/1.1\nHost: h\n\n").read(100_000);
                            default -> peer.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
                        }
                        if (ThreadLocalRandom.current().nextBoolean()) peer.reset();
                        else peer.close();
                    }
                    return null;
                });
            }
            runAll(clients);
            server.awaitNoConnection();
            assertThat(server.pool.lent()).isZero();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void runAll(List<Callable<Void>> tasks) throws Exception {
        for (Future<Void> each : VIRTUAL.invokeAll(tasks, 50, TimeUnit.SECONDS)) each.get();
    }

    @Test
    void aStuckCarriedRequestGoesOnWhileItsLoopServesOthers() throws Exception {
        var release = new CountDownLatch(1);
        var limits = ConnectionLimits.DEFAULT;
        try (var server = new TcpServer(
                        1,
                        Http1Limits.DEFAULT,
                        limits,
                        exchange -> exchange.carrier().execute(() -> {
                            try {
                                if (exchange.request().rawPath().equals("/spin"))
                                    while (release.getCount() > 0) Thread.onSpinWait();
                                Http1Server.ECHO.handle(exchange);
                            } catch (IOException e) {
                                exchange.abort();
                                exchange.finish();
                            }
                        }));
                var stuck = RawHttp.connect(server.port());
                var other = RawHttp.connect(server.port())) {
            stuck.send("POST /spin HTTP/1.1\nHost: h\nContent-Length: 3\n\nab");
            for (int i = 0; i < 20; i++) {
                other.send("GET /fast HTTP/1.1\nHost: h\n\n").expectStatus(200);
            }
            stuck.send("cGET /next HTTP/1.1\nHost: h\n\n");
            other.send("GET /fast HTTP/1.1\nHost: h\n\n").expectStatus(200);
            release.countDown();
            stuck.expectStatus(200).expectBody("POST /spin [abc]");
            stuck.expectStatus(200).expectBody("GET /next []");
        }
    }

    @Test
    void aRefusalReachesAClientThatIsStillSending() throws IOException {
        try (var server = TcpServer.start(Http1Server.HELLO, null)) {
            for (int i = 0; i < 10; i++) {
                try (var peer = RawHttp.connect(server.port())) {
                    peer.send("POST / HTTP/1.1\nHost: h\nContent-Length: 999999999\n\n");
                    for (int sent = 0; sent < 8; sent++) peer.sendBytes(new byte[64 * 1024]);
                    peer.expectStatus(413).expectBodyContaining("http.max-body-bytes");
                    peer.finishSending().expectClosedInOrder();
                }
            }
        }
    }

    @Test
    void theHeadOfALongRequestMayExceedABuffer() throws IOException {
        var limits = Http1Server.limits("http.max-head-bytes", "100000");
        try (var server = new TcpServer(
                        1,
                        limits,
                        ConnectionLimits.DEFAULT,
                        exchange -> exchange.carrier().execute(() -> {
                            try {
                                Http1Server.answer(
                                        exchange,
                                        200,
                                        exchange.request()
                                                        .fields()
                                                        .first("X-Long")
                                                        .length() + "");
                            } catch (IOException e) {
                                exchange.abort();
                                exchange.finish();
                            }
                        }));
                var peer = RawHttp.connect(server.port())) {
            peer.send("GET / HTTP/1.1\nHost: h\nX-Long: " + "x".repeat(90_000) + "\n\n");
            peer.expectStatus(200).expectBody("90000");
            peer.send("GET / HTTP/1.1\nHost: h\nX-Long: " + "x".repeat(110_000) + "\n\n");
            peer.expectStatus(431).expectBodyContaining("limit 100000 (http.max-head-bytes)");
        }
    }

    @Test
    void connectionsBeyondTheLimitWaitUntilOneCloses() throws IOException {
        var limits =
                new ConnectionLimits(2, 2, 1000, java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(1), 240);
        try (var server = new TcpServer(
                1,
                Http1Limits.DEFAULT,
                limits,
                exchange -> exchange.carrier().execute(() -> {
                    try {
                        Http1Server.HELLO.handle(exchange);
                    } catch (IOException e) {
                        exchange.abort();
                        exchange.finish();
                    }
                }))) {
            var first = RawHttp.connect(server.port());
            var second = RawHttp.connect(server.port());
            first.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
            second.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
            try (var third = RawHttp.connect(server.port())) {
                third.send("GET / HTTP/1.1\nHost: h\n\n");
                assertThat(server.open.get()).isEqualTo(2);
                first.close();
                third.expectStatus(200).expectBody("Hello");
            }
            second.close();
        }
    }

    @Test
    void bothEndsAreToldAsAddresses() throws IOException {
        try (var server = TcpServer.start(
                        exchange -> {
                            var peer = exchange.peer();
                            Http1Server.answer(
                                    exchange,
                                    200,
                                    peer.remoteAddress() + " " + peer.localAddress() + ":" + peer.localPort() + " "
                                            + (peer.remotePort() > 0));
                        },
                        null);
                var peer = RawHttp.connect(server.port())) {
            peer.send("GET / HTTP/1.1\nHost: h\n\n")
                    .expectStatus(200)
                    .expectBody("127.0.0.1 127.0.0.1:" + server.port() + " true");
        }
    }
}
