package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.Poller;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Fcntl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptors that somebody else opened. */
@Timeout(20)
class GivenSocketsTest {
    private static final SocketAddress LOOPBACK = SocketAddress.of(new InetSocketAddress("127.0.0.1", 0));

    /** A socket as another process would leave it: blocking, and not closed on exec. */
    private static int foreign(int family, int type) {
        return SysSocket.socket(family, type, 0);
    }

    private static int foreignListener() {
        int descriptor = foreign(SysSocket.AF_INET, SysSocket.SOCK_STREAM);
        byte[] address = SockAddr.write(LOOPBACK);
        assertThat(SysSocket.bind(descriptor, address, address.length)).isZero();
        assertThat(SysSocket.listen(descriptor, 4)).isZero();
        return descriptor;
    }

    private static int flags(int descriptor) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aListeningSocketIsTakenOverNonBlockingAndClosedOnExec() throws Exception {
        int descriptor = foreignListener();
        ListenSocket listener = GivenSockets.listening(descriptor, 1).getFirst();
        assertThat(flags(descriptor) & 0x80800).isEqualTo(0x80800);
        assertThat(listener.accept()).isNull();
        assertThat(listener.error()).isEqualTo(-Errno.EAGAIN);
        try (var client = new Socket("127.0.0.1", listener.port())) {
            StreamSocket socket = listener.accept();
            while (socket == null) socket = listener.accept();
            assertThat(socket.peerPort()).isEqualTo(client.getLocalPort());
            socket.close();
        }
        listener.close();
    }

    @Test
    void oneListeningSocketIsTakenOverByOneOwnerAtATime() throws Exception {
        int descriptor = foreignListener();
        List<ListenSocket> loops = GivenSockets.listening(descriptor, 2);
        for (ListenSocket each : loops) {
            assertThatThrownBy(() -> GivenSockets.listening(descriptor, 1))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("descriptor " + descriptor)
                    .hasMessageContaining("in use by another server");
            each.close();
        }
        int again = foreignListener();
        assertThat(again).as("the number that was given back").isEqualTo(descriptor);
        GivenSockets.listening(again, 1).getFirst().close();
    }

    @Test
    void whatCouldNotBeTakenOverCanBeWhenItListens() throws Exception {
        int descriptor = foreign(SysSocket.AF_INET, SysSocket.SOCK_STREAM);
        byte[] address = SockAddr.write(LOOPBACK);
        assertThat(SysSocket.bind(descriptor, address, address.length)).isZero();
        assertThatThrownBy(() -> GivenSockets.listening(descriptor, 1)).hasMessageContaining("does not listen");
        assertThat(SysSocket.listen(descriptor, 4)).isZero();
        GivenSockets.listening(descriptor, 1).getFirst().close();
    }

    @Test
    void whatIsNoListeningStreamSocketIsRefusedAndStaysOpen() throws Exception {
        int bound = foreign(SysSocket.AF_INET, SysSocket.SOCK_STREAM);
        int datagrams = foreign(SysSocket.AF_INET, 2);
        assertThatThrownBy(() -> GivenSockets.listening(bound, 1))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("descriptor " + bound)
                .hasMessageContaining("does not listen");
        assertThatThrownBy(() -> GivenSockets.listening(datagrams, 1)).hasMessageContaining("no stream socket");
        assertThatThrownBy(() -> GivenSockets.listening(0, 1)).hasMessageContaining("ENOTSOCK");
        assertThatThrownBy(() -> GivenSockets.listening(999_999, 1)).hasMessageContaining("EBADF");
        assertThat(flags(bound)).isNotNegative();
        KernelSockets.close(bound);
        KernelSockets.close(datagrams);
    }

    @Test
    void aBackendThatHasNoDescriptorsSaysSo() throws Exception {
        try (var poller = Poller.open("nio")) {
            assertThatThrownBy(() -> poller.adoptListening(3, 1))
                    .isInstanceOf(BindException.class)
                    .hasMessage("backend nio has no descriptors opened elsewhere");
            assertThatThrownBy(() -> poller.adopt(3)).hasMessageContaining("backend nio");
            assertThatThrownBy(() -> poller.listen(UnixAddress.of("@a"), Set.of(), 1, 1))
                    .hasMessage("backend nio has no Unix domain sockets");
            ListenSocket socket =
                    poller.listenShared(LOOPBACK, SocketOptions.DEFAULT, 1).getFirst();
            assertThat(poller.shortfalls(SocketOptions.DEFAULT, socket)).isEmpty();
            socket.close();
        }
    }

    @Test
    void aConnectionIsTakenOverOnceItDoesNotBlock() throws Exception {
        int listening = foreignListener();
        ListenSocket listener = GivenSockets.listening(listening, 1).getFirst();
        int blocking = foreign(SysSocket.AF_INET, SysSocket.SOCK_STREAM);
        byte[] address = SockAddr.write(new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), listener.port()));
        assertThatThrownBy(() -> GivenSockets.connected(blocking)).hasMessageContaining("not connected");
        assertThat(SysSocket.connect(blocking, address, address.length)).isZero();
        assertThatThrownBy(() -> GivenSockets.connected(blocking)).hasMessageContaining("O_NONBLOCK");
        assertThatThrownBy(() -> GivenSockets.connected(listening)).hasMessageContaining("not connected");

        assertThat(Fcntl.fcntl(blocking, Fcntl.F_SETFL, Fcntl.O_NONBLOCK)).isZero();
        StreamSocket adopted = GivenSockets.connected(blocking);
        assertThat(adopted.peerPort()).isEqualTo(listener.port());
        assertThat(adopted.receive(new byte[1], 0, 1)).isEqualTo(-Errno.EAGAIN);
        StreamSocket accepted = listener.accept();
        accepted.send(new byte[] {7}, 0, 1);
        byte[] one = new byte[1];
        while (adopted.receive(one, 0, 1) != 1) Thread.onSpinWait();
        assertThat(one[0]).isEqualTo((byte) 7);
        accepted.close();
        adopted.close();
        listener.close();
    }
}
