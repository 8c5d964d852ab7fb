package org.dormouse.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that are made from here: begun without waiting, watched, and asked what became of them. */
@Timeout(20)
class ConnectTest {
    private static final int BOTH = Backend.IN | Backend.OUT;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void aConnectionIsReadyForOutputWhenItIsThereAndThenCarriesBytesBothWays(RealBackend kind) throws Exception {
        try (var backend = kind.open();
                var server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            StreamSocket socket = kind.connect(address(server.getLocalPort()));
            backend.add(socket.descriptor(), BOTH, 7);
            assertThat(outcome(backend, socket)).isZero();
            assertThat(socket.peerPort()).isEqualTo(server.getLocalPort());
            assertThat(socket.local().host()).isEqualTo("127.0.0.1");
            try (Socket peer = server.accept()) {
                assertThat(socket.send(new byte[] {'a'}, 0, 1)).isEqualTo(1);
                assertThat(peer.getInputStream().read()).isEqualTo('a');
                peer.getOutputStream().write('b');
                byte[] got = new byte[10];
                int count = socket.receive(got, 0, got.length);
                while (SocketError.wouldBlock(count)) {
                    backend.await(PATIENCE_NANOS);
                    count = socket.receive(got, 0, got.length);
                }
                assertThat(new String(got, 0, count)).isEqualTo("b");
            }
            socket.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSocketThatIsConnectedCanBeWatchedAnew(RealBackend kind) throws Exception {
        try (var backend = kind.open();
                var server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            StreamSocket socket = kind.connect(address(server.getLocalPort()));
            backend.add(socket.descriptor(), BOTH, 7);
            assertThat(outcome(backend, socket)).isZero();
            backend.remove(socket.descriptor());
            backend.add(socket.descriptor(), BOTH, 8);
            assertThat(backend.await(PATIENCE_NANOS)).isOne();
            assertThat(backend.token(0)).isEqualTo(8);
            assertThat(backend.readiness(0)).isEqualTo(Backend.OUT);
            socket.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedConnectionSaysSo(RealBackend kind) throws Exception {
        int port;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        try (var backend = kind.open()) {
            StreamSocket socket = kind.connect(address(port));
            backend.add(socket.descriptor(), BOTH, 7);
            assertThat(outcome(backend, socket)).isEqualTo(-Errno.ECONNREFUSED);
            socket.close();
        } catch (ConnectException e) {
            assertThat(e).hasMessageContaining("refused"); // some kernels know at once
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAddressThatCannotBeConnectedToIsRefusedAtOnce(RealBackend kind) throws Exception {
        try (var _ = kind.open()) { // skips where there is no such backend
            SocketAddress broadcast = SocketAddress.of(new InetSocketAddress("255.255.255.255", 9));
            assertThatThrownBy(() -> kind.connect(broadcast)).isInstanceOf(IOException.class);
        }
    }

    /** The kernel of Linux lets who has no place in the queue wait, and asks again for two minutes. */
    @ParameterizedTest
    @EnumSource
    void aConnectionThatNobodyAnswersIsUnderWayAndCanBeGivenUp(RealBackend kind) throws Exception {
        List<StreamSocket> sockets = new ArrayList<>();
        try (var backend = kind.open();
                var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StreamSocket last = null;
            int underWay = -Errno.EAGAIN;
            for (int i = 0; i < 8; i++) {
                last = kind.connect(address(server.getLocalPort()));
                sockets.add(last);
                backend.add(last.descriptor(), BOTH, i);
            }
            backend.await(0);
            assertThat(last.finishConnect()).isEqualTo(underWay);
            assertThat(backend.await(20_000_000)).isGreaterThanOrEqualTo(0);
            assertThat(last.finishConnect()).isEqualTo(underWay);
            backend.remove(last.descriptor());
            last.close();
            assertThat(last.finishConnect()).isEqualTo(-Errno.EBADF);
        } finally {
            sockets.forEach(StreamSocket::close);
        }
    }

    @Test
    void theKernelInMemoryConnectsWhenItsScriptSaysSo() throws Exception {
        var kernel = new ScriptedKernel();
        try (var poller = kernel.poller()) {
            StreamSocket good = kernel.dial(address(1234));
            StreamSocket bad = kernel.dial(address(1235));
            poller.add(good.descriptor(), BOTH, 1);
            poller.add(bad.descriptor(), BOTH, 2);
            assertThat(poller.await(0)).isZero();
            assertThat(good.finishConnect()).isEqualTo(-Errno.EAGAIN);

            kernel.takeDialled().accept();
            ScriptedPeer refusing = kernel.takeDialled().refuse(Errno.EHOSTUNREACH);
            assertThat(kernel.takeDialled()).isNull();
            assertThat(poller.await(0)).isEqualTo(2);
            assertThat(poller.readiness(0)).isEqualTo(Backend.OUT);
            assertThat(poller.readiness(1) & Backend.GONE).isNotZero();
            assertThat(good.finishConnect()).isZero();
            assertThat(good.peerPort()).isEqualTo(1234);
            assertThat(bad.finishConnect()).isEqualTo(-Errno.EHOSTUNREACH);
            assertThat(refusing.port()).isEqualTo(1235);
        }
    }

    private static SocketAddress address(int port) {
        return SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static int outcome(Backend backend, StreamSocket socket) throws IOException {
        int result = -Errno.EAGAIN;
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (SocketError.wouldBlock(result) && System.nanoTime() - giveUp < 0) {
            if (backend.await(PATIENCE_NANOS) > 0) result = socket.finishConnect();
        }
        return result;
    }
}
