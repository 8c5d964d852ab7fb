package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server in a JVM of its own that runs out of descriptors, for real. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class NoDescriptorsTest {
    private static final int LIMIT = 200;
    private static final int CLIENTS = 300;
    private static final int TURN_MILLIS = 20;
    private static final int TURNS = 1_000;

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void whoFindsNoDescriptorSeesACleanEndAndEverybodyElseIsServed(String backend) throws Exception {
        try (var child = new Child(backend)) {
            askOnce(child.port); // what serves a request is loaded by the first one, and that takes descriptors
            child.awaitNoConnection();
            int idle = child.descriptors();
            for (int round = 0; round < 3; round++) {
                List<SocketChannel> clients = connect(child.port);
                try {
                    List<SocketChannel> served = new ArrayList<>(clients);
                    awaitEnds(served, child);
                    assertThat(served).hasSizeBetween(20, LIMIT);
                    for (SocketChannel each : served) assertThat(ask(each)).startsWith("HTTP/1.1 200 ");
                } finally {
                    for (SocketChannel each : clients) each.close();
                }
                child.awaitNoConnection();
            }
            child.awaitDescriptors(idle);
            askOnce(child.port);
            assertThat(child.end())
                    .containsOnlyOnce("connections cannot be accepted")
                    .contains("EMFILE (24); ulimit -n " + LIMIT);
        }
    }

    private static void askOnce(int port) throws IOException {
        try (var channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
            assertThat(ask(channel)).startsWith("HTTP/1.1 200 ");
        }
    }

    private static List<SocketChannel> connect(int port) throws IOException {
        var clients = new ArrayList<SocketChannel>();
        for (int i = 0; i < CLIENTS; i++) clients.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", port)));
        return clients;
    }

    /** Waits until all but those that the server holds have seen their end, and takes these out. */
    private static void awaitEnds(List<SocketChannel> clients, Child child) throws IOException {
        try (var selector = Selector.open()) {
            for (SocketChannel each : clients) {
                each.configureBlocking(false);
                each.register(selector, SelectionKey.OP_READ);
            }
            int left = clients.size();
            int turns = TURNS;
            while (left > child.connections()) {
                if (selector.select(TURN_MILLIS) == 0) {
                    assertThat(--turns).as("%d clients still wait", left).isPositive();
                    continue;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    // An end, and no reset: that would be an exception.
                    assertThat(((SocketChannel) key.channel()).read(ByteBuffer.allocate(1)))
                            .isEqualTo(-1);
                    key.cancel();
                    clients.remove(key.channel());
                    left--;
                }
                selector.selectedKeys().clear();
            }
        }
        for (SocketChannel each : clients) each.configureBlocking(true);
    }

    private static String ask(SocketChannel channel) throws IOException {
        channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        var answer = ByteBuffer.allocate(1000);
        channel.read(answer);
        return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }

    /** The JVM with the server, which is asked over its standard input. */
    private static final class Child implements AutoCloseable {
        final int port;
        private final Process process;
        private final PrintStream questions;
        private final BufferedReader output;
        private final StringBuilder log = new StringBuilder();

        Child(String backend) throws IOException {
            process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "ulimit -n " + LIMIT + " && exec \"$@\"",
                            "sh",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--add-opens=java.base/java.lang=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            backend)
                    .redirectErrorStream(true)
                    .start();
            questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            port = answer();
        }

        private int answer() throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("answer ")) return Integer.parseInt(line.substring("answer ".length()));
                log.append(line).append('\n');
            }
            throw new AssertionError("it ended: " + log);
        }

        int connections() throws IOException {
            questions.println("connections");
            return answer();
        }

        int descriptors() throws IOException {
            questions.println("descriptors");
            return answer();
        }

        void awaitNoConnection() throws IOException {
            for (int i = 0; connections() > 0; i++) pause(i, "no connection is open");
        }

        /** A channel's descriptor is given back a little later than its connection. */
        void awaitDescriptors(int count) throws IOException {
            for (int i = 0; descriptors() != count; i++) pause(i, "there are " + count + " descriptors");
        }

        private static void pause(int turn, String awaited) {
            assertThat(turn).as("turns until " + awaited).isLessThan(TURNS);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TURN_MILLIS));
        }

        /** Ends it, and returns what it logged. */
        String end() throws IOException, InterruptedException {
            questions.close();
            for (String line = output.readLine(); line != null; line = output.readLine())
                log.append(line).append('\n');
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(log.toString()).isZero();
            return log.toString();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    static final class Main {
        private static final class Hello extends HttpServlet {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("Hello");
            }
        }

        public static void main(String[] arguments) throws IOException {
            var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            try (var server = Dormouse.builder()
                    .loops(2)
                    .listen("127.0.0.1:0")
                    .set("server.backend", arguments[0])
                    .set("server.drain-timeout", "1s")
                    .deploy(WebApp.at("/").servlet("/*", new Hello()))
                    .start()) {
                System.out.println("answer " + server.port());
                for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                    int answer = line.equals("connections")
                            ? server.openConnections(0) + server.openConnections(1)
                            : java.util.Objects.requireNonNull(new java.io.File("/proc/self/fd").list()).length;
                    System.out.println("answer " + answer);
                }
            }
        }
    }
}
