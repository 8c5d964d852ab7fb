package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every request has a name of its own in its path, its fields and its body, and the answer repeats it from all three. Clients leave, reset, break
 * the protocol and pipeline as they like; whatever a client receives has the names of its own requests, in their order, and no other.
 */
@Timeout(60)
class CanaryTest {
    private static final Pattern CANARY = Pattern.compile("c(\\d+)r(\\d+)!");
    private static final int CLIENTS = 8;
    private static final int CONNECTIONS = 60;

    private static final class Parrot extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String name = request.getParameter("n");
            response.setHeader("Canary", request.getHeader("Canary"));
            switch (request.getServletPath()) {
                case "/async" -> {
                    AsyncContext async = request.startAsync();
                    async.start(() -> {
                        try {
                            repeat(request, response, name);
                        } catch (IOException e) {
                            // it has broken the protocol, or left
                        }
                        try {
                            async.complete();
                        } catch (IllegalStateException e) {
                            // the container was told earlier that it has left
                        }
                    });
                }
                case "/fails" -> {
                    response.getOutputStream().print(name);
                    response.sendError(500, name);
                }
                case "/half" -> {
                    response.setContentLength(100_000);
                    response.getOutputStream().print(name);
                    response.flushBuffer();
                }
                case "/unread" -> response.getOutputStream().print(name);
                case "/field" -> {
                    for (int i = 0; i < 200; i++) response.addHeader("X-" + i, name + "x".repeat(100));
                    repeat(request, response, name);
                }
                default -> repeat(request, response, name);
            }
        }

        private static void repeat(HttpServletRequest request, HttpServletResponse response, String name)
                throws IOException {
            ServletInputStream body = request.getInputStream();
            OutputStream output = response.getOutputStream();
            byte[] piece = new byte[700];
            for (int count = body.read(piece); count > 0; count = body.read(piece)) output.write(piece, 0, count);
            for (int i = 0; i < 300; i++) output.write((name + " ").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static final List<String> PATHS =
            List.of("/plain", "/plain", "/async", "/fails", "/half", "/unread", "/field");

    private static final class Client implements Runnable {
        private final int number;
        private final int port;
        private final Queue<String> wrong;
        private final SplittableRandom random;
        private int requests;
        private int seen;

        Client(int number, int port, Queue<String> wrong) {
            this.number = number;
            this.port = port;
            this.wrong = wrong;
            this.random = new SplittableRandom(number);
        }

        @Override
        public void run() {
            for (int i = 0; i < CONNECTIONS && wrong.isEmpty(); i++) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(20_000);
                    converse(socket);
                } catch (SocketException e) {
                    // reset by the server, which we may have provoked
                } catch (IOException e) {
                    wrong.add("client " + number + ": " + e);
                }
            }
        }

        private void converse(Socket socket) throws IOException {
            int first = requests;
            int count = 1 + random.nextInt(5);
            var sent = new StringBuilder();
            for (int i = 0; i < count; i++) sent.append(request("c" + number + "r" + requests++ + "!"));
            int end = random.nextInt(4) == 0 ? random.nextInt(sent.length()) : sent.length();
            byte[] bytes = sent.toString().getBytes(StandardCharsets.US_ASCII);
            int split = random.nextInt(end + 1);
            socket.getOutputStream().write(bytes, 0, split);
            socket.getOutputStream().write(bytes, split, end - split);
            int leave = random.nextInt(4);
            if (leave == 0) {
                socket.setSoLinger(true, 0); // a reset while answers are on their way
                check(some(socket), first);
            } else {
                socket.shutdownOutput();
                check(
                        leave == 1
                                ? socket.getInputStream().readNBytes(20_000)
                                : socket.getInputStream().readAllBytes(),
                        first);
            }
        }

        /** What comes soon: the server may wait for the rest of a request, or for another. */
        private byte[] some(Socket socket) throws IOException {
            socket.setSoTimeout(20);
            byte[] some = new byte[random.nextInt(3000)];
            int length = 0;
            try {
                while (length < some.length) {
                    int count = socket.getInputStream().read(some, length, some.length - length);
                    if (count < 0) break;
                    length += count;
                }
            } catch (SocketTimeoutException e) {
                // that was it
            }
            return Arrays.copyOf(some, length);
        }

        private String request(String name) {
            String path = PATHS.get(random.nextInt(PATHS.size()));
            String body = (name + ",").repeat(random.nextInt(600));
            String head = "POST " + path + "?n=" + name + " HTTP/1.1\r\nHost: h\r\nCanary: " + name + "\r\n";
            return switch (random.nextInt(8)) {
                case 0 -> "POST " + path + "?n=" + name + " HTTP/1.1\r\nHost : " + name + "\r\n\r\n";
                case 1 -> head + "Transfer-Encoding: chunked\r\n\r\n" + name + "\r\n";
                case 2, 3, 4 ->
                    head + "Transfer-Encoding: chunked\r\n\r\n"
                            + (body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n")
                            + "0\r\n\r\n";
                default -> head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            };
        }

        private void check(byte[] received, int first) {
            Matcher canaries = CANARY.matcher(new String(received, StandardCharsets.ISO_8859_1));
            int last = first;
            while (canaries.find()) {
                seen++;
                int client = Integer.parseInt(canaries.group(1));
                int request = Integer.parseInt(canaries.group(2));
                if (client == number && request >= last && request < requests) last = request;
                else
                    wrong.add("client " + number + " at its requests " + last + " to " + requests + " got "
                            + canaries.group());
            }
        }
    }

    @Test
    void nobodyEverReceivesAByteOfAnothersRequest() throws Exception {
        var wrong = new ConcurrentLinkedQueue<String>();
        var clients = new ArrayList<Client>();
        try (Dormouse server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(2)
                .deploy(Mode.app("/")
                        .servletNamed(
                                "parrot",
                                new Parrot(),
                                PATHS.stream().distinct().toArray(String[]::new)))
                .start()) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                var client = new Client(i, server.port(), wrong);
                clients.add(client);
                threads.add(Thread.ofPlatform().start(client));
            }
            for (Thread thread : threads) thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(clients).allMatch(client -> client.seen > 1000);
    }
}
