package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.poller.libc.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unix domain sockets, against those of the JDK. */
@Timeout(20)
class UnixSocketsTest {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("a.sock");
    }

    private static UnixSockets.Opened listen(Path path, int count) throws IOException {
        return UnixSockets.listen(UnixAddress.of(path.toString()), MODE, 16, count);
    }

    private static StreamSocket accept(ListenSocket listener) {
        StreamSocket socket = listener.accept();
        while (socket == null) {
            assertThat(listener.error()).isEqualTo(-Errno.EAGAIN);
            Thread.onSpinWait();
            socket = listener.accept();
        }
        return socket;
    }

    @Test
    void bytesTravelBothWaysAndThePeerHasAnAddressOfTheLoopback() throws Exception {
        var opened = listen(path(), 1);
        try (ListenSocket listener = opened.sockets().getFirst();
                var client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            StreamSocket socket = accept(listener);
            assertThat(socket.isUnix()).isTrue();
            assertThat(SocketAddress.host(socket.peerHigh(), socket.peerLow())).isEqualTo("127.0.0.1");
            assertThat(socket.peerPort()).isZero();
            assertThat(socket.local()).hasToString("127.0.0.1:0");
            client.write(ByteBuffer.wrap("hello".getBytes()));
            byte[] target = new byte[10];
            int count = socket.receive(target, 0, 10);
            while (SocketError.wouldBlock(count)) count = socket.receive(target, 0, 10);
            assertThat(new String(target, 0, count)).isEqualTo("hello");
            assertThat(socket.send("world".getBytes(), 0, 5)).isEqualTo(5);
            var answer = ByteBuffer.allocate(5);
            while (answer.hasRemaining()) client.read(answer);
            assertThat(new String(answer.array())).isEqualTo("world");
            socket.close();
        }
    }

    @Test
    void theFileHasThePermissionsAskedForAndGoesWhenItIsRemoved() throws Exception {
        var opened = listen(path(), 1);
        assertThat(Files.getPosixFilePermissions(path())).isEqualTo(MODE);
        opened.file().remove();
        assertThat(path()).doesNotExist();
        opened.file().remove();
        opened.sockets().getFirst().close();
    }

    @Test
    void aFileThatTookThePlaceOfOursStays() throws Exception {
        var opened = listen(path(), 1);
        Files.delete(path());
        Files.writeString(path(), "another's");
        opened.file().remove();
        assertThat(path()).hasContent("another's");
        opened.sockets().getFirst().close();
    }

    @Test
    void aFileThatADeadServerLeftBehindIsReplaced() throws Exception {
        leaveStale();
        assertThat(path()).exists();
        var opened = listen(path(), 1);
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            accept(opened.sockets().getFirst()).close();
            assertThat(client.isConnected()).isTrue();
        }
        opened.sockets().getFirst().close();
    }

    /** Who finds a file behind which nobody listens takes it for stale, and deletes it. */
    @Test
    void thereIsNoMomentAtWhichItsFileLooksStale() throws Exception {
        var opened = new ArrayList<ListenSocket>();
        var isOver = new AtomicBoolean();
        var answers = new ConcurrentSkipListSet<Integer>();
        byte[] address = SockAddrUn.write(UnixAddress.of(path().toString()));
        Thread knocking = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) answers.add(knock(address));
        });
        for (int i = 0; i < 300; i++) {
            var each = listen(path(), 1);
            opened.addAll(each.sockets());
            each.file().remove();
        }
        isOver.set(true);
        knocking.join();
        opened.forEach(ListenSocket::close);
        assertThat(answers).contains(-Errno.ENOENT).doesNotContain(-Errno.ECONNREFUSED);
        assertThat(folder).isEmptyDirectory();
    }

    private static int knock(byte[] address) {
        int client = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | NewSocket.FLAGS, 0);
        int result = SysSocket.connect(client, address, address.length);
        KernelSockets.close(client);
        return result;
    }

    @Test
    void ofThoseThatComeTogetherForTheSameStaleFileOneListensAndIsFound() throws Exception {
        for (int round = 0; round < 20; round++) {
            leaveStale();
            var start = new CyclicBarrier(4);
            var winners = new ConcurrentLinkedQueue<UnixSockets.Opened>();
            var refusals = new ConcurrentLinkedQueue<IOException>();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++)
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                        winners.add(listen(path(), 1));
                    } catch (IOException e) {
                        refusals.add(e);
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new AssertionError(e);
                    }
                }));
            for (Thread thread : threads) thread.join();
            assertThat(refusals).hasSize(3).allMatch(e -> e instanceof BindException);
            ListenSocket winner = winners.element().sockets().getFirst();
            try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
                accept(winner).close();
                assertThat(client.isConnected()).isTrue();
            }
            winners.element().file().remove();
            winner.close();
            assertThat(folder).isEmptyDirectory();
        }
    }

    private void leaveStale() throws IOException {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
    }

    @Test
    void aPathAsLongAsTheKernelTakesCanBeHad() throws Exception {
        int left = UnixAddress.MAX_BYTES - folder.toString().length() - "/".length() - "/s".length();
        Path path = Files.createDirectory(folder.resolve("x".repeat(left))).resolve("s");
        assertThat(path.toString()).hasSize(UnixAddress.MAX_BYTES);
        var opened = listen(path, 1);
        // The JDK takes one byte less.
        assertThat(knock(SockAddrUn.write(UnixAddress.of(path.toString())))).isZero();
        opened.sockets().getFirst().close();
        assertThat(path.getParent()).isDirectoryContaining(path::equals);
        try (var files = Files.list(path.getParent())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void whatSomebodyListensOnAndWhatIsNoSocketStaysAndIsNamed() throws Exception {
        try (var living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            living.bind(UnixDomainSocketAddress.of(path()));
            assertThatThrownBy(() -> listen(path(), 1))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(path().toString())
                    .hasMessageContaining("somebody listens");
            assertThat(path()).exists();
        }
        Path file = Files.writeString(folder.resolve("notes.txt"), "precious");
        assertThatThrownBy(() -> listen(file, 1))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("no socket");
        assertThat(file).hasContent("precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThatThrownBy(() -> listen(link, 1)).isInstanceOf(BindException.class);
        assertThat(file).exists();
    }

    @Test
    void anAbstractNameNeedsNoFileAndIsFreeAfterTheLastClose() throws Exception {
        var address = UnixAddress.of("@dormouse-test-" + ProcessHandle.current().pid());
        ListenSocket first = UnixSockets.listen(address, MODE, 16, 1).sockets().getFirst();
        assertThatThrownBy(() -> UnixSockets.listen(address, MODE, 16, 1)).hasMessageContaining("EADDRINUSE");
        byte[] bytes = SockAddrUn.write(address);
        int client = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | NewSocket.FLAGS, 0);
        assertThat(SysSocket.connect(client, bytes, bytes.length)).isZero();
        accept(first).close();
        KernelSockets.close(client);
        first.close();
        UnixSockets.listen(address, MODE, 16, 1).sockets().getFirst().close();
    }

    @Test
    void aSharedSocketListensUntilItsLastUserClosesIt() throws Exception {
        var opened = listen(path(), 2);
        ListenSocket first = opened.sockets().getFirst();
        ListenSocket second = opened.sockets().getLast();
        assertThat(first.isShared() && second.isShared()).isTrue();
        first.close();
        first.close();
        assertThat(first.accept()).isNull();
        assertThat(first.outcome()).isEqualTo(ListenSocket.Outcome.CLOSED);
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            accept(second).close();
            assertThat(client.isConnected()).isTrue();
        }
        second.close();
        assertThatThrownBy(() ->
                        SocketChannel.open(UnixDomainSocketAddress.of(path())).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void aPathLongerThanTheKernelTakesIsRefusedWithItsLimit() {
        assertThatThrownBy(() -> UnixAddress.of("/" + "x".repeat(107)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("108 bytes")
                .hasMessageContaining("1 to 107");
        assertThat(UnixAddress.of("@" + "x".repeat(107)).isAbstract()).isTrue();
        assertThatThrownBy(() -> UnixAddress.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UnixAddress.of("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }
}
