package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application does wrong stays with the request it does it to. Over real sockets, in the execution this JVM has by default. */
@Timeout(60)
class MisbehavingApplicationTest {
    private interface Service {
        void service(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private static HttpServlet servlet(Service service) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    service.service(request, response);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static Dormouse serve(Service service) {
        return Mode.builder()
                .port(0)
                .host("127.0.0.1")
                .drainTimeout(Duration.ofSeconds(5))
                .deploy(Mode.app("/").servletNamed("one", servlet(service), "/*"))
                .start();
    }

    /** A connection whose exchange never ends counts as at work. */
    private static void awaitNothingInFlight(Dormouse server) {
        for (int i = 0; i < 10_000 && server.requestsInFlight() > 0; i++) LockSupport.parkNanos(1_000_000);
        assertThat(server.requestsInFlight()).isZero();
    }

    @Test
    void aResponseCutInItsMidstGivesItsConnectionBack() throws Exception {
        try (var server = serve((request, response) -> {
            response.getWriter().write("half");
            response.flushBuffer();
            throw new IllegalStateException("in the midst");
        })) {
            for (int i = 0; i < 3; i++) {
                try (var peer = RawHttp.connect(server.port())) {
                    peer.send("""
                        GET / HTTP/1.1
                        Host: localhost

                        """);
                    while (peer.read() >= 0) {}
                }
            }
            awaitNothingInFlight(server);
        }
    }

    /** A connection given back while somebody still writes to it would carry his bytes into the next response. */
    @Test
    void aThreadThatGoesOnWritingNeverReachesTheNextResponse() throws Exception {
        var writers = new CopyOnWriteArrayList<Future<Throwable>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = serve((request, response) -> {
                    if (!request.getRequestURI().equals("/async")) {
                        response.getWriter().write("mine");
                        return;
                    }
                    AsyncContext async = request.startAsync();
                    var stream = response.getOutputStream();
                    var begun = new CountDownLatch(1);
                    writers.add(threads.submit(() -> {
                        try {
                            for (int i = 0; ; i++) {
                                stream.write(new byte[300]);
                                if (i % 16 == 0) stream.flush();
                                if (i == 8) begun.countDown();
                            }
                        } catch (IOException | RuntimeException e) {
                            return e;
                        }
                    }));
                    begun.await();
                    async.complete();
                })) {
            for (int round = 0; round < 100; round++) {
                try (var peer = RawHttp.connect(server.port())) {
                    peer.send("""
                        GET /async HTTP/1.1
                        Host: localhost

                        GET /next HTTP/1.1
                        Host: localhost

                        """);
                    boolean whole;
                    try {
                        peer.expectStatus(200);
                        whole = true;
                    } catch (IOException e) {
                        whole = false; // cut in the midst of a write
                    }
                    if (whole) {
                        for (byte b : peer.body()) assertThat(b).isZero();
                        try {
                            peer.expectStatus(200).expectBody("mine");
                        } catch (EOFException | SocketException e) {
                            // cut behind the last byte
                        }
                    }
                }
            }
            for (Future<Throwable> writer : writers) {
                assertThat(writer.get(10, TimeUnit.SECONDS))
                        .isInstanceOfAny(IllegalStateException.class, IOException.class);
            }
            awaitNothingInFlight(server);
        }
    }

    @Test
    void aTimeoutFreesAThreadThatWaitsForAClientThatDoesNotRead() throws Exception {
        var writer = new CompletableFuture<Throwable>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = serve((request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(300);
                    threads.execute(() -> {
                        try {
                            while (true) response.getOutputStream().write(new byte[64 * 1024]);
                        } catch (IOException | RuntimeException e) {
                            writer.complete(e);
                        }
                    });
                });
                var peer = RawHttp.connect(server.port())) {
            peer.send("""
                GET / HTTP/1.1
                Host: localhost

                """);
            assertThat(writer.get(10, TimeUnit.SECONDS))
                    .isInstanceOfAny(IOException.class, IllegalStateException.class);
            awaitNothingInFlight(server);
        }
    }

    @Test
    void aTimeoutFreesAThreadThatWaitsForABodyThatDoesNotCome() throws Exception {
        var reader = new CompletableFuture<Throwable>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = serve((request, response) -> {
                    AsyncContext async = request.startAsync();
                    async.setTimeout(300);
                    threads.execute(() -> {
                        try {
                            reader.complete(
                                    new AssertionError(request.getInputStream().readAllBytes().length));
                        } catch (IOException | RuntimeException e) {
                            reader.complete(e);
                        }
                    });
                });
                var peer = RawHttp.connect(server.port())) {
            peer.send("""
                POST / HTTP/1.1
                Host: localhost
                Content-Length: 10

                half\
                """);
            peer.expectStatus(500);
            assertThat(reader.get(10, TimeUnit.SECONDS))
                    .isInstanceOfAny(IOException.class, IllegalStateException.class);
            awaitNothingInFlight(server);
        }
    }

    @Test
    void requestAndResponseKeptByAThreadAreDeadWhenTheNextRequestOfTheConnectionRuns() throws Exception {
        var kept = new AtomicReference<Object[]>();
        try (var server = serve((request, response) -> {
                    Object[] before = kept.get();
                    if (before == null) {
                        kept.set(new Object[] {
                            request,
                            response,
                            response.getOutputStream(),
                            request.getInputStream(),
                            request.startAsync()
                        });
                        request.getAsyncContext().complete();
                        return;
                    }
                    var oldRequest = (HttpServletRequest) before[0];
                    var oldResponse = (HttpServletResponse) before[1];
                    var oldOutput = (ServletOutputStream) before[2];
                    var oldInput = (ServletInputStream) before[3];
                    var oldAsync = (AsyncContext) before[4];
                    List<ThrowingCallable> uses = List.of(
                            () -> oldOutput.write('x'),
                            () -> oldOutput.write(new byte[20_000]),
                            oldOutput::flush,
                            oldOutput::isReady,
                            oldInput::read,
                            oldInput::isFinished,
                            () -> oldResponse.getWriter(),
                            () -> oldResponse.setHeader("X-Old", "x"),
                            () -> oldResponse.sendError(500),
                            () -> oldResponse.sendRedirect("/old"),
                            oldResponse::reset,
                            oldResponse::flushBuffer,
                            () -> oldRequest.getParameter("a"),
                            () -> oldRequest.setAttribute("a", "b"),
                            oldRequest::getSession,
                            oldRequest::startAsync,
                            oldAsync::complete,
                            oldAsync::dispatch);
                    for (ThrowingCallable use : uses) {
                        assertThatThrownBy(use).isInstanceOf(IllegalStateException.class);
                    }
                    oldOutput.close();
                    response.getWriter()
                            .write("mine " + request.getInputStream().read());
                });
                var peer = RawHttp.connect(server.port())) {
            for (int i = 0; i < 2; i++) {
                peer.send("""
                    GET / HTTP/1.1
                    Host: localhost

                    """);
                peer.expectStatus(200);
            }
            peer.expectBody("mine -1").expectNoField("X-Old");
        }
    }

    /** The reader of a slow client's body hears of every byte, the writer to a client that waits sends every one. */
    @Test
    void listenersThatEchoToASlowClientLoseNoByteAndNoEvent() throws Exception {
        int bytes = 3_000_000;
        try (var server = serve((request, response) -> {
                    AsyncContext async = request.startAsync();
                    var in = request.getInputStream();
                    var out = response.getOutputStream();
                    var received = new ByteArrayOutputStream();
                    in.setReadListener(new ReadListener() {
                        @Override
                        public void onDataAvailable() throws IOException {
                            byte[] some = new byte[10_000];
                            while (in.isReady() && !in.isFinished()) {
                                int count = in.read(some);
                                if (count > 0) received.write(some, 0, count);
                            }
                        }

                        @Override
                        public void onAllDataRead() {
                            out.setWriteListener(new Sending(async, out, received.toByteArray()));
                        }

                        @Override
                        public void onError(Throwable failure) {
                            async.complete();
                        }
                    });
                });
                var peer = RawHttp.connect(server.port())) {
            byte[] sent = new byte[bytes];
            new Random(1).nextBytes(sent);
            peer.send("POST / HTTP/1.1\nHost: localhost\nContent-Length: " + bytes + "\n\n");
            for (int at = 0; at < bytes; at += 100_000) {
                peer.sendBytes(Arrays.copyOfRange(sent, at, at + 100_000));
                if (at % 500_000 == 0) LockSupport.parkNanos(3_000_000);
            }
            LockSupport.parkNanos(50_000_000); // until the response fills the socket
            peer.expectStatus(200);
            assertThat(Arrays.equals(peer.body(), sent)).isTrue();
            awaitNothingInFlight(server);
        }
    }

    private record Sending(AsyncContext async, ServletOutputStream out, byte[] content, AtomicInteger at)
            implements WriteListener {
        Sending(AsyncContext async, ServletOutputStream out, byte[] content) {
            this(async, out, content, new AtomicInteger());
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                int from = at.getAndAdd(7_000);
                if (from >= content.length) {
                    async.complete();
                    return;
                }
                out.write(content, from, Math.min(7_000, content.length - from));
            }
        }

        @Override
        public void onError(Throwable failure) {
            async.complete();
        }
    }
}
