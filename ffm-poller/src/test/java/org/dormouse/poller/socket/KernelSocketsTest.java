package org.dormouse.poller.socket;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.List;
import org.dormouse.poller.libc.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets of the kernel on the loopback. */
@Timeout(20)
class KernelSocketsTest {
    private static final SocketAddress LOOPBACK = SocketAddress.of(new InetSocketAddress("127.0.0.1", 0));

    private final ListenSocket listener;

    KernelSocketsTest() throws IOException {
        listener = KernelSockets.listen(LOOPBACK, 16, 1).getFirst();
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private Socket connect() throws IOException {
        return new Socket("127.0.0.1", listener.port());
    }

    private static StreamSocket accept(ListenSocket listener) {
        StreamSocket socket = listener.accept();
        while (socket == null) {
            assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.NONE_WAITING);
            assertThat(listener.error()).isEqualTo(-Errno.EAGAIN);
            Thread.onSpinWait();
            socket = listener.accept();
        }
        return socket;
    }

    private static int receive(StreamSocket socket, byte[] target) {
        int count = socket.receive(target, 0, target.length);
        while (SocketError.wouldBlock(count)) {
            Thread.onSpinWait();
            count = socket.receive(target, 0, target.length);
        }
        return count;
    }

    @Test
    void layoutsHaveTheSizesOfTheHeaders() {
        assertThat(SockAddr.IN.byteSize()).isEqualTo(16);
        assertThat(SockAddr.IN6.byteSize()).isEqualTo(28);
        assertThat(SockAddr.IN.byteOffset(groupElement("sin_addr"))).isEqualTo(4);
        assertThat(SockAddr.IN6.byteOffset(groupElement("sin6_addr"))).isEqualTo(8);
        assertThat(SockAddr.IN6.byteOffset(groupElement("sin6_port"))).isEqualTo(2);
    }

    @Test
    void anAddressBeginsWithItsFamilyOnLinuxAndWithItsLengthOnBsd() {
        assertThat(SockAddr.Head.OF_LINUX.of(10, 28)).isEqualTo((short) 10);
        assertThat(SockAddr.Head.OF_BSD.of(30, 28)).isEqualTo((short) 0x1e1c);
        for (var head : List.of(SockAddr.Head.OF_LINUX, SockAddr.Head.OF_BSD))
            assertThat(head.family(head.of(30, 28))).isEqualTo(30);
    }

    @Test
    void aSocketMadeWithoutFlagsIsToldToBeNonBlocking() throws Exception {
        int descriptor = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        assertThat(NewSocket.tell(descriptor)).isEqualTo(descriptor);
        String flags =
                java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/fdinfo/" + descriptor)).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .findFirst()
                        .orElseThrow();
        int bits = Integer.parseInt(flags.substring(6).strip(), 8);
        assertThat(bits & 0x800).as("O_NONBLOCK").isNotZero();
        assertThat(bits & 0x80000).as("closed on exec").isNotZero();
        KernelSockets.close(descriptor);
        assertThat(NewSocket.tell(999_999)).as("who cannot be told is lost").isEqualTo(-Errno.ECONNABORTED);
        assertThat(NewSocket.complete(-Errno.EAGAIN)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void addressesOfThePeerAndOfThisSideAreThoseTheClientSees() throws Exception {
        try (var client = connect()) {
            StreamSocket socket = accept(listener);
            assertThat(SocketAddress.host(socket.peerHigh(), socket.peerLow())).isEqualTo("127.0.0.1");
            assertThat(socket.peerPort()).isEqualTo(client.getLocalPort());
            assertThat(socket.local()).hasToString("127.0.0.1:" + listener.port());

            byte[] bytes = new byte[SockAddr.MAX_BYTES];
            assertThat(SysSocket.getpeername(socket.descriptor(), bytes, new int[] {bytes.length}))
                    .isZero();
            assertThat(SockAddr.port(bytes)).isEqualTo(client.getLocalPort());
            assertThat(SockAddr.low(bytes)).isEqualTo(socket.peerLow());
            socket.close();
            assertThat(socket.local()).isNull();
        }
    }

    @Test
    void anyAddressOfIpv6TakesBothFamilies() throws Exception {
        SocketAddress any = SocketAddress.of(new InetSocketAddress(InetAddress.getByName("::"), 0));
        try (var both = KernelSockets.listen(any, 16, 1).getFirst();
                var four = new Socket("127.0.0.1", both.port());
                var six = new Socket(Inet6Address.getByName("::1"), both.port())) {
            StreamSocket first = accept(both);
            StreamSocket second = accept(both);
            assertThat(List.of(
                            SocketAddress.host(first.peerHigh(), first.peerLow()),
                            SocketAddress.host(second.peerHigh(), second.peerLow())))
                    .containsExactlyInAnyOrder("127.0.0.1", "0:0:0:0:0:0:0:1");
            assertThat(four.isConnected() && six.isConnected()).isTrue();
            first.close();
            second.close();
        }
    }

    @Test
    void acceptedSocketsDoNotBlockAndSendAtOnce() throws Exception {
        try (var client = connect()) {
            StreamSocket socket = accept(listener);
            int[] value = new int[1];
            assertThat(SysSocket.getsockopt(socket.descriptor(), SysOptions.IPPROTO_TCP, SysOptions.TCP_NODELAY, value))
                    .isZero();
            assertThat(value[0]).isEqualTo(1);
            assertThat(socket.receive(new byte[1], 0, 1)).isEqualTo(-Errno.EAGAIN);
            assertThat(client.isConnected()).isTrue();
            socket.close();
        }
    }

    @Test
    void bytesTravelBothWaysWithinTheBoundsOfTheArray() throws Exception {
        try (var client = connect()) {
            StreamSocket socket = accept(listener);
            client.getOutputStream().write("hello".getBytes());
            byte[] target = new byte[10];
            Arrays.fill(target, (byte) '.');
            while (SocketError.wouldBlock(socket.receive(target, 2, 3))) Thread.onSpinWait();
            assertThat(new String(target)).isEqualTo("..hel.....");
            assertThat(socket.send("xworldx".getBytes(), 1, 5)).isEqualTo(5);
            assertThat(new String(client.getInputStream().readNBytes(5))).isEqualTo("world");
            client.shutdownOutput();
            assertThat(receive(socket, target)).isEqualTo(2);
            assertThat(receive(socket, target)).isZero();
            assertThatThrownBy(() -> socket.receive(target, 8, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> socket.send(target, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> socket.receive(target, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length 0");
            socket.close();
        }
    }

    @Test
    void oneCallMovesAtMost16KiBAndAFullBufferSaysWouldBlock() throws Exception {
        try (var client = connect()) {
            StreamSocket socket = accept(listener);
            byte[] large = new byte[100_000];
            assertThat(socket.send(large, 0, large.length)).isEqualTo(StreamSocket.MAX_TRANSFER);
            int result = 1;
            for (int i = 0; i < 10_000 && result > 0; i++) result = socket.send(large, 0, large.length);
            assertThat(SocketError.wouldBlock(result)).isTrue();
            assertThat(client.isConnected()).isTrue();
            socket.close();
        }
    }

    @Test
    void aResetAndABrokenPipeAreResultsNotSignals() throws Exception {
        var client = connect();
        StreamSocket socket = accept(listener);
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        int result = receive(socket, new byte[1]);
        assertThat(result).isEqualTo(-Errno.ECONNRESET);
        assertThat(SocketError.isPeerGone(result)).isTrue();
        result = socket.send(new byte[1], 0, 1);
        assertThat(result).isEqualTo(-Errno.EPIPE);
        assertThat(SocketError.describe(result)).contains("EPIPE").contains("32");
        socket.close();
    }

    @Test
    void anAbortKeepsTheNumberSoThatALateSendReachesNobody() throws Exception {
        try (var client = connect()) {
            StreamSocket aborted = accept(listener);
            aborted.shutdown();
            try (var second = connect()) {
                StreamSocket stranger = accept(listener);
                assertThat(stranger.descriptor()).isNotEqualTo(aborted.descriptor());
                assertThat(aborted.send("late".getBytes(), 0, 4)).isEqualTo(-Errno.EPIPE);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                aborted.close();
                stranger.send("mine".getBytes(), 0, 4);
                assertThat(new String(second.getInputStream().readNBytes(4))).isEqualTo("mine");
                stranger.close();
            }
        }
    }

    @Test
    void aSecondCloseDoesNotCloseTheStrangerWhoHasTheNumberNow() throws Exception {
        try (var client = connect();
                var other = connect()) {
            StreamSocket first = accept(listener);
            first.close();
            StreamSocket second = accept(listener);
            assertThat(second.descriptor()).isEqualTo(first.descriptor());
            first.close();
            assertThat(second.send("ok".getBytes(), 0, 2)).isEqualTo(2);
            assertThat(client.getPort()).isEqualTo(other.getPort());
            second.close();
        }
    }

    @Test
    void aPortInUseAndAnAddressOfAnotherMachineAreRefusedWithTheirNames() {
        assertThatThrownBy(() -> KernelSockets.listen(
                        new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), listener.port()), 16, 2))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + listener.port())
                .hasMessageContaining("EADDRINUSE");
        assertThatThrownBy(() -> KernelSockets.listen(SocketAddress.of(new InetSocketAddress("192.0.2.1", 0)), 16, 1))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("192.0.2.1")
                .hasMessageContaining("EADDRNOTAVAIL");
    }

    @Test
    void aServerMayComeBackOnItsPortWhileConnectionsOfTheLastOneLinger() throws Exception {
        int port = listener.port();
        try (var client = connect()) {
            StreamSocket socket = accept(listener);
            socket.close(); // this side closes first, so it keeps TIME_WAIT
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        listener.close();
        KernelSockets.listen(new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), port), 16, 2)
                .forEach(ListenSocket::close);
    }

    @Test
    void aClosedListenerSaysSo() {
        listener.close();
        assertThat(listener.accept()).isNull();
        assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.CLOSED);
    }

    @Test
    void answersOfAcceptAreSortedByWhatToDoAboutThem() {
        assertThat(ListenSocket.Outcome.of(7)).isEqualTo(ListenSocket.Outcome.ACCEPTED);
        assertThat(ListenSocket.Outcome.of(-Errno.EAGAIN)).isEqualTo(ListenSocket.Outcome.NONE_WAITING);
        for (int errno : new int[] {Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM})
            assertThat(ListenSocket.Outcome.of(-errno)).isEqualTo(ListenSocket.Outcome.EXHAUSTED);
        for (int errno : new int[] {
            Errno.ECONNABORTED, Errno.EPROTO, Errno.ENETDOWN, Errno.EHOSTUNREACH, Errno.ENONET, Errno.EHOSTDOWN
        }) assertThat(ListenSocket.Outcome.of(-errno)).isEqualTo(ListenSocket.Outcome.ONE_LOST);
        assertThat(ListenSocket.Outcome.of(-Errno.EBADF)).isEqualTo(ListenSocket.Outcome.CLOSED);
    }
}
