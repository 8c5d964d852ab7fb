package org.dormouse.compat.rolling;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that send one request after the other and note every one that is not answered as it should be. They never try again. */
final class Load implements AutoCloseable {
    private static final int REQUESTS_PER_CONNECTION = 50;

    /** No status that a WebSocket is closed with. */
    private static final int STOPPED = -1;

    final Progress answered = new Progress();
    final AtomicLong goingAway = new AtomicLong();
    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private final int port;
    private final List<Thread> threads = new ArrayList<>();
    private final HttpClient webSockets = HttpClient.newHttpClient();
    private final CompletableFuture<Integer> stopped = new CompletableFuture<>();
    private volatile boolean stops;

    Load(int port, int clients, int sockets) {
        this.port = port;
        for (int i = 0; i < clients; i++) {
            String name = "client-" + i;
            String path = i % 4 == 1 ? "/slow" : i % 4 == 3 ? "/async" : "/now";
            threads.add(Thread.ofVirtual().start(() -> request(name, path)));
        }
        for (int i = 0; i < sockets; i++) threads.add(Thread.ofVirtual().start(this::talk));
    }

    private void request(String client, String path) {
        long number = 0;
        while (!stops) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                socket.setTcpNoDelay(true);
                InputStream input = new BufferedInputStream(socket.getInputStream());
                boolean goesOn = true;
                for (int i = 0; i < REQUESTS_PER_CONNECTION && goesOn && !stops; i++) {
                    goesOn = exchange(socket, input, path, client + "/" + number++);
                    Thread.sleep(2);
                }
            } catch (IOException | RuntimeException e) {
                fail(client + "/" + number + " " + path + ": " + e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Whether another request may follow on the connection. */
    private boolean exchange(Socket socket, InputStream input, String path, String name) throws IOException {
        String request =
                "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line(input);
        int length = -1;
        boolean closes = false;
        for (String field = line(input); !field.isEmpty(); field = line(input)) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
            closes |= lower.equals("connection: close");
        }
        String body = new String(input.readNBytes(Math.max(0, length)), StandardCharsets.US_ASCII);
        if (!status.startsWith("HTTP/1.1 200 "))
            throw new IOException(status + ": " + body.lines().limit(3).toList());
        if (!body.equals(name)) throw new IOException("the answer \"" + body + "\" is not that of " + name);
        answered.advance();
        return !closes;
    }

    private static String line(InputStream input) throws IOException {
        var line = new StringBuilder();
        for (int b = input.read(); b != '\n'; b = input.read()) {
            if (b < 0) throw new EOFException("closed after \"" + line + "\"");
            if (b != '\r') line.append((char) b);
        }
        return line.toString();
    }

    /** A session that waits to be told that the server goes away, and begins another. */
    private void talk() {
        while (!stops) {
            var ended = new CompletableFuture<Integer>();
            try {
                WebSocket socket = webSockets
                        .newWebSocketBuilder()
                        .buildAsync(URI.create("ws://127.0.0.1:" + port + "/echo"), new Listening(ended))
                        .get(20, TimeUnit.SECONDS);
                socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
                int status = ended.applyToEither(stopped, first -> first).get();
                if (status == STOPPED) {
                    socket.abort();
                    return;
                }
                if (status == 1001) goingAway.incrementAndGet();
                else fail("a WebSocket ended with " + status);
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                fail("a WebSocket: " + e);
            }
        }
    }

    /** Whoever waits for answers is not to wait for those that do not come any more. */
    private void fail(String what) {
        failures.add(what);
        answered.giveUp();
    }

    /** A count that can be waited for. Any thread. */
    static final class Progress {
        private long count;
        private boolean isOver;

        synchronized void advance() {
            count++;
            notifyAll();
        }

        synchronized void giveUp() {
            isOver = true;
            notifyAll();
        }

        /** Until so many more have come, or none is to be waited for. */
        synchronized void await(int more) throws InterruptedException {
            long until = count + more;
            while (count < until && !isOver) wait();
        }

        @Override
        public synchronized String toString() {
            return Long.toString(count);
        }
    }

    private record Listening(CompletableFuture<Integer> ended) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended.complete(status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended.completeExceptionally(error);
        }
    }

    @Override
    public void close() {
        stops = true;
        stopped.complete(STOPPED);
        try {
            for (Thread thread : threads) thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        webSockets.shutdownNow();
    }
}
