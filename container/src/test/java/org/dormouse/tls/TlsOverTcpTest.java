package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.http1.Http1;
import org.dormouse.http1.Http1Limits;
import org.dormouse.http1.TcpServer;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real loops, sockets and clients of the JDK. */
@Timeout(60)
class TlsOverTcpTest {
    private static TcpServer server(java.util.function.Function<EventLoop, ProtocolUpgrade> inside) throws IOException {
        return new TcpServer(
                2,
                ConnectionLimits.DEFAULT,
                loop -> new TlsProtocol(TlsSettings.DEFAULT, name -> TlsServer.HOST, inside.apply(loop)));
    }

    /** Sends back what the request has, from a thread of its own. */
    private static TcpServer echoOverHttp(ExecutorService threads) throws IOException {
        return server(
                loop -> new Http1(loop, exchange -> threads.execute(() -> echo(exchange)), Http1Limits.DEFAULT, null));
    }

    private static void echo(Exchange exchange) {
        try {
            assertThat(exchange.peer().isSecure()).isTrue();
            assertThat(exchange.peer().tlsSession()).isNotNull();
            byte[] body = readAll(exchange);
            exchange.commit(200, null, new Headers(), body.length);
            int sent = 0;
            while (sent < body.length) {
                int count = exchange.write(body, sent, body.length - sent);
                if (count == 0) await(exchange::whenWritable);
                sent += count;
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            exchange.abort();
        }
        exchange.finish();
    }

    private static byte[] readAll(Exchange exchange) throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int count = exchange.read(buffer, 0, buffer.length); count >= 0; ) {
            if (count == 0) await(exchange::whenReadable);
            all.write(buffer, 0, count);
            count = exchange.read(buffer, 0, buffer.length);
        }
        return all.toByteArray();
    }

    private static void await(java.util.function.Consumer<Runnable> register) {
        var latch = new CountDownLatch(1);
        register.accept(latch::countDown);
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("nothing happens");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpClient client(String version) {
        var parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(TestCertificates.clientContext(null))
                .sslParameters(parameters)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientOfTheJdkGetsBodiesOfEverySizeBackOverOneConnection(String version) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = echoOverHttp(threads);
                HttpClient client = client(version)) {
            var random = new Random(20261121);
            for (int size : new int[] {0, 1, 100, 16_383, 16_384, 16_385, 40_000, 1_000_000}) {
                byte[] body = new byte[size];
                random.nextBytes(body);
                assertThat(post(client, server, body).body())
                        .as("%d bytes", size)
                        .isEqualTo(body);
            }
        }
    }

    private static HttpResponse<byte[]> post(HttpClient client, TcpServer server, byte[] body) throws Exception {
        return client.send(request(server, body), BodyHandlers.ofByteArray());
    }

    private static HttpRequest request(TcpServer server, byte[] body) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/"))
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    @Test
    void manyClientsAtOnceGetTheirOwnBytes() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = echoOverHttp(threads);
                HttpClient client = client("TLSv1.3")) {
            var answers = new ArrayList<CompletableFuture<HttpResponse<byte[]>>>();
            var bodies = new ArrayList<byte[]>();
            for (int i = 0; i < 200; i++) {
                byte[] body = new byte[1 + i * 300];
                Arrays.fill(body, (byte) i);
                bodies.add(body);
                answers.add(client.sendAsync(request(server, body), BodyHandlers.ofByteArray()));
            }
            for (int i = 0; i < answers.size(); i++)
                assertThat(answers.get(i).get(40, TimeUnit.SECONDS).body()).isEqualTo(bodies.get(i));
        }
    }

    private static SSLSocket connect(TcpServer server, String version) throws IOException {
        var socket = (SSLSocket) TestCertificates.clientContext(null)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.setEnabledProtocols(new String[] {version});
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** In 1.3 a client may say goodbye behind its request and still get the answer. */
    @Test
    void aRequestBehindWhichTheClientSaysGoodbyeIsAnswered() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = echoOverHttp(threads);
                SSLSocket socket = connect(server, "TLSv1.3")) {
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("hello");
        }
    }

    @Test
    void whoSpeaksHttpToItIsAnsweredInHttp() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = echoOverHttp(threads);
                var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("requires TLS");
        }
    }

    /** Receives on the loop, and sends the same bytes on another thread at the same time. */
    private static final class Mirror implements Protocol, Runnable {
        private static final int MAX_UNSENT = 64 * 1024;

        private final Connection connection;
        private final ExecutorService sender;
        private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
        private volatile boolean isEnded;

        Mirror(Connection connection, ExecutorService sender) {
            this.connection = connection;
            this.sender = sender;
        }

        @Override
        public int received(byte[] bytes, int offset, int length) {
            queue.add(Arrays.copyOfRange(bytes, offset, offset + length));
            sender.execute(this);
            return length;
        }

        @Override
        public void run() {
            if (!connection.borrowOutput()) return;
            do {
                while (connection.unsentBytes() < MAX_UNSENT) {
                    byte[] next = queue.poll();
                    if (next == null) break;
                    connection.copyIn(next, 0, next.length);
                    connection.flush();
                }
            } while (!connection.giveBackOutput());
            if (isEnded && queue.isEmpty())
                connection.execute(() -> connection.closeWhenSent(ConnectionEnd.PEER_CLOSED));
        }

        @Override
        public void inputEnded() {
            isEnded = true;
            sender.execute(this);
        }

        @Override
        public void writable() {
            sender.execute(this);
        }

        @Override
        public void deadline() {}

        @Override
        public void drain() {}

        @Override
        public void closed(IOException cause) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void sendingAndReceivingAtOnceMixesNothingUp(String version) throws Exception {
        int connections = 6;
        int size = 1_500_000;
        try (ExecutorService senders = Executors.newFixedThreadPool(3);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                var server = server(loop -> connection -> new Mirror(connection, senders))) {
            var results = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < connections; i++) {
                int number = i;
                results.add(CompletableFuture.runAsync(() -> mirror(server, version, number, size, clients), clients));
            }
            for (var each : results) each.get(50, TimeUnit.SECONDS);
        }
    }

    private static void mirror(TcpServer server, String version, int number, int size, ExecutorService threads) {
        byte[] canary = new byte[size];
        new Random(number).nextBytes(canary);
        try (SSLSocket socket = connect(server, version)) {
            socket.startHandshake();
            var sending = CompletableFuture.runAsync(
                    () -> {
                        try {
                            var random = new Random(number);
                            for (int at = 0; at < size; ) {
                                int count = Math.min(size - at, 1 + random.nextInt(20_000));
                                socket.getOutputStream().write(canary, at, count);
                                at += count;
                            }
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            byte[] came = socket.getInputStream().readNBytes(size);
            sending.get(30, TimeUnit.SECONDS);
            assertThat(Arrays.mismatch(came, canary)).isEqualTo(-1);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sessionsAreResumedAcrossLoops() throws Exception {
        var context = TestCertificates.clientContext(null);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var server = echoOverHttp(threads)) {
            var made = new ArrayList<Long>();
            for (int i = 0; i < 8; i++) {
                try (var socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", server.port())) {
                    socket.setSoTimeout(30_000);
                    socket.getOutputStream()
                            .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                    made.add(socket.getSession().getCreationTime());
                }
            }
            assertThat(List.copyOf(new java.util.HashSet<>(made))).hasSize(1);
        }
    }
}
