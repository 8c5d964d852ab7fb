package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a server listens, and how connections find their loop. */
@Timeout(60)
class ListeningTest {
    @TempDir
    Path folder;

    /** Says who asks, on which connection. */
    private static final class WhoAmI extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print(request.getRemoteAddr() + " " + request.getRemotePort() + " " + request.getRemoteHost() + " "
                            + request.getLocalAddr() + " " + request.getLocalPort());
        }
    }

    private static Dormouse.Builder builder() {
        return Mode.builder()
                .loops(2)
                .drainTimeout(Duration.ofSeconds(5))
                .deploy(Mode.app("/").servlet("/*", new WhoAmI()));
    }

    private static String ask(SocketChannel channel) throws IOException {
        channel.write(
                ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
        var in = Channels.newInputStream(channel);
        var answer = new ByteArrayOutputStream();
        while (true) {
            int read = in.read();
            if (read < 0) throw new IOException("ended after: " + answer);
            answer.write(read);
            String text = answer.toString(StandardCharsets.ISO_8859_1);
            int body = text.indexOf("\r\n\r\n");
            if (body < 0) continue;
            int length = Integer.parseInt(
                    text.replaceAll("(?is).*content-length: (\\d+).*", "$1").strip());
            if (text.length() == body + 4 + length) {
                assertThat(text).startsWith("HTTP/1.1 200 ");
                return text.substring(body + 4);
            }
        }
    }

    private static String askOnce(SocketAddress address) throws IOException {
        try (var channel = SocketChannel.open(address)) {
            return ask(channel);
        }
    }

    private static InetSocketAddress address(String listened) {
        int colon = listened.lastIndexOf(':');
        return new InetSocketAddress(listened.substring(0, colon), Integer.parseInt(listened.substring(colon + 1)));
    }

    @Test
    void oneServerAnswersOnSeveralAddressesOfEveryKind() throws Exception {
        Path path = folder.resolve("a.sock");
        String name = "@dormouse-listening-" + ProcessHandle.current().pid();
        try (var server = builder()
                .listen("127.0.0.1:0", "[::1]:0")
                .listen("unix:" + path, "unix:" + name)
                .start()) {
            List<String> addresses = server.addresses();
            assertThat(addresses).hasSize(4);
            assertThat(addresses.get(2)).isEqualTo("unix:" + path);
            assertThat(addresses.get(3)).isEqualTo("unix:" + name);
            assertThat(server.port()).isEqualTo(address(addresses.getFirst()).getPort());
            assertThat(server.host()).isEqualTo("127.0.0.1");
            assertThat(askOnce(address(addresses.get(0)))).startsWith("127.0.0.1 ");
            assertThat(askOnce(address(addresses.get(1)))).startsWith("0:0:0:0:0:0:0:1 ");
            assertThat(askOnce(UnixDomainSocketAddress.of(path))).isEqualTo("127.0.0.1 0 127.0.0.1 127.0.0.1 0");
        }
    }

    @Test
    void theFileOfAUnixSocketHasItsPermissionsAndIsGoneAfterAStop() throws Exception {
        Path path = folder.resolve("a.sock");
        try (var server = builder()
                .listen("unix:" + path)
                .set("server.unix-permissions", "600")
                .start()) {
            assertThat(server.port()).isEqualTo(-1);
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            server.stopListening();
            assertThat(path).doesNotExist();
            assertThat(server.addresses()).isEmpty();
            server.listen();
            assertThat(askOnce(UnixDomainSocketAddress.of(path))).startsWith("127.0.0.1 0");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void ifOneAddressCannotBeHadNoneIsListenedOnAndNoFileStays() throws Exception {
        Path path = folder.resolve("a.sock");
        try (var taken = new ServerSocket(0)) {
            String second = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> builder().listen("unix:" + path, second).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(second + " cannot be listened on");
        }
        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> builder().listen("systemd:web").start())
                .hasMessageContaining("systemd:web cannot be listened on")
                .hasMessageContaining("systemd passed no sockets");
    }

    @Test
    void aDescriptorThatListensAlreadyIsTakenOver() throws Exception {
        var any = new org.dormouse.poller.socket.SocketAddress(0, 0xffff_7f00_0001L, 0);
        ListenSocket given = KernelSockets.listen(any, 16, 1).getFirst();
        try (var server = builder().listen("fd:" + given.descriptor()).start()) {
            assertThat(server.port()).isEqualTo(given.port());
            for (int i = 0; i < 8; i++)
                assertThat(askOnce(new InetSocketAddress("127.0.0.1", given.port())))
                        .startsWith("127.0.0.1 ");
        }
    }

    @Test
    void aDescriptorThatWasTakenOverAndClosedByAStopIsNotTakenOverAgainThoughAStrangerHasItsNumber() throws Exception {
        var any = new org.dormouse.poller.socket.SocketAddress(0, 0xffff_7f00_0001L, 0);
        ListenSocket given = KernelSockets.listen(any, 16, 1).getFirst();
        int number = given.descriptor();
        var strangers = new ArrayList<ListenSocket>();
        try (var server = builder().listen("fd:" + number).start()) {
            server.stopListening();
            while (strangers.isEmpty() || strangers.getLast().descriptor() != number && strangers.size() < 100)
                strangers.addAll(KernelSockets.listen(any, 16, 1));
            assertThat(strangers.getLast().descriptor()).isEqualTo(number);
            assertThatThrownBy(server::listen)
                    .hasMessageContaining("fd:" + number + " cannot be listened on")
                    .hasMessageContaining("taken over before");
        }
        try (var client = SocketChannel.open(
                new InetSocketAddress("127.0.0.1", strangers.getLast().port()))) {
            assertThat(client.isConnected()).isTrue();
        } finally {
            strangers.forEach(ListenSocket::close);
        }
    }

    private static long loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("dormouse-"))
                .count();
    }

    @Test
    void aPathThatThisSystemCannotSpellIsRefusedAndLeavesNoLoopBehind() {
        long before = loopThreads();
        assertThatThrownBy(() ->
                        builder().listen("unix:" + folder + "/\ud800.sock").start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(".sock cannot be listened on: ");
        assertThat(loopThreads()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reuse-port", "shared", "round-robin", "least-connections", "source-address"})
    void everyBalanceAnswersOnTcpAndUnixAndLosesNobodyWhoWaitsAtAStop(String balance) throws Exception {
        Path path = folder.resolve("a.sock");
        var open = new ArrayList<SocketChannel>();
        try (var server = builder()
                .listen("127.0.0.1:0", "unix:" + path)
                .set("server.balance", balance)
                .start()) {
            var tcp = new InetSocketAddress("127.0.0.1", server.port());
            for (int i = 0; i < 20; i++) {
                open.add(SocketChannel.open(i % 2 == 0 ? tcp : UnixDomainSocketAddress.of(path)));
                assertThat(ask(open.getLast())).startsWith("127.0.0.1 ");
            }
            int first = server.openConnections(0);
            int second = server.openConnections(1);
            assertThat(first + second).isEqualTo(20);
            if (balance.equals("round-robin") || balance.equals("least-connections"))
                assertThat(first).isEqualTo(10);
            for (int i = 0; i < 10; i++) {
                open.add(SocketChannel.open(tcp));
                open.getLast().write(ByteBuffer.wrap("GET".getBytes(StandardCharsets.ISO_8859_1)));
            }
            server.stopListening();
            for (SocketChannel late : open.subList(20, 30)) {
                late.write(ByteBuffer.wrap(" / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
                assertThat(new String(Channels.newInputStream(late).readAllBytes(), StandardCharsets.ISO_8859_1))
                        .startsWith("HTTP/1.1 200 ");
            }
        } finally {
            for (SocketChannel channel : open) channel.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereLoopsShareASocketAQuietServerSpreadsConnectionsOverThem(boolean isUnix) throws Exception {
        Path path = folder.resolve("a.sock");
        var open = new ArrayList<SocketChannel>();
        try (var server = builder()
                .loops(4)
                .listen(isUnix ? "unix:" + path : "127.0.0.1:0")
                .set("server.balance", isUnix ? "reuse-port" : "shared")
                .start()) {
            for (int i = 0; i < 40; i++) {
                open.add(SocketChannel.open(
                        isUnix ? UnixDomainSocketAddress.of(path) : new InetSocketAddress("127.0.0.1", server.port())));
                ask(open.getLast());
            }
            for (int i = 0; i < 4; i++)
                assertThat(server.openConnections(i)).as("loop %d", i).isBetween(4, 20);
        } finally {
            for (SocketChannel channel : open) channel.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reuse-port", "shared", "round-robin", "least-connections"})
    void aLoopThatDrainsGetsNobodyAndItsIdleConnectionsEnd(String balance) throws Exception {
        var open = new ArrayList<SocketChannel>();
        try (var server =
                builder().listen("127.0.0.1:0").set("server.balance", balance).start()) {
            var tcp = new InetSocketAddress("127.0.0.1", server.port());
            for (int i = 0; i < 16; i++) {
                open.add(SocketChannel.open(tcp));
                ask(open.getLast());
            }
            server.drainLoop(0);
            for (int i = 0; i < 16; i++) {
                open.add(SocketChannel.open(tcp));
                assertThat(ask(open.getLast())).startsWith("127.0.0.1 ");
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (server.openConnections(0) > 0 && System.nanoTime() < end) LockSupport.parkNanos(1_000_000);
            assertThat(server.openConnections(0)).isZero();
            assertThat(server.openConnections(1)).isGreaterThanOrEqualTo(16);
            server.drainLoop(0);
            assertThatThrownBy(() -> server.drainLoop(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("last one");
            server.stopListening();
            server.listen();
            for (int i = 0; i < 40; i++) {
                open.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port())));
                ask(open.getLast());
            }
            assertThat(server.openConnections(0)).isPositive();
        } finally {
            for (SocketChannel channel : open) channel.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reuse-port", "shared"})
    void aLoopThatDrainsLeavesThoseWhoseHandshakeIsUnderWayToAnother(String balance) throws Exception {
        var open = new ArrayList<SocketChannel>();
        try (var server = builder()
                .listen("127.0.0.1:0")
                .set("server.balance", balance)
                .set("socket.defer-accept", "15s") // the kernel keeps them until they say something
                .start()) {
            var tcp = new InetSocketAddress("127.0.0.1", server.port());
            for (int i = 0; i < 20; i++) open.add(SocketChannel.open(tcp));
            server.drainLoop(0);
            for (SocketChannel channel : open) assertThat(ask(channel)).startsWith("127.0.0.1 ");
            assertThat(server.openConnections(1)).isEqualTo(20);
        } finally {
            for (SocketChannel channel : open) channel.close();
        }
    }

    @Test
    void anUnknownBalanceIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> builder().set("server.balance", "fair").start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server.balance is \"fair\", expected is one of reuse-port, shared, round-robin, "
                        + "least-connections, source-address");
    }
}
