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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.poller.ChildJvm;
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

    @Test
    void whoFindsAStaleFileWaitsForAnotherProcessThatTakesOneAway() throws Exception {
        leaveStale();
        var opened = new ConcurrentLinkedQueue<UnixSockets.Opened>();
        Thread second;
        try (var lock = FolderLock.take(folder, Duration.ofSeconds(5))) {
            assertThat(lock).isNotNull();
            second = Thread.ofPlatform().start(() -> {
                try {
                    opened.add(listen(path(), 1));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            while (second.getState() != Thread.State.TIMED_WAITING && second.isAlive()) Thread.onSpinWait();
            assertThat(opened).isEmpty();
            assertThat(knock(SockAddrUn.write(UnixAddress.of(path().toString()))))
                    .isEqualTo(-Errno.ECONNREFUSED);
        }
        second.join();
        opened.element().file().remove();
        opened.element().sockets().getFirst().close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderThatAnotherKeepsLockedIsNamedAfterAWhile() throws Exception {
        try (var lock = FolderLock.take(folder, Duration.ofSeconds(5))) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> FolderLock.take(folder, Duration.ofMillis(1)))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("longer than 1 ms");
        }
        FolderLock.take(folder, Duration.ofMillis(1)).close();
    }

    /** Listens on what it finds in a folder, as soon as it is told to; says what it got, and keeps it. */
    static final class Rival {
        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(System.getProperty("folder"));
            var got = new StringBuilder();
            while (!Files.exists(folder.resolve("go"))) Thread.onSpinWait();
            for (int i = 0; i < RIVALRY; i++) {
                try {
                    listen(folder.resolve(i + ".sock"), 1);
                    got.append(i).append(' ');
                } catch (BindException e) {
                    // another has it
                }
            }
            System.out.println("got " + got);
            Files.createFile(folder.resolve("done" + ProcessHandle.current().pid()));
            while (!Files.exists(folder.resolve("over"))) Thread.sleep(10);
        }
    }

    private static final int RIVALRY = 150;

    @Test
    @Timeout(120)
    void ofProcessesThatFindTheSameStaleFilesEachFileGetsOneListenerWhoIsFound() throws Exception {
        for (int i = 0; i < RIVALRY; i++) {
            try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(folder.resolve(i + ".sock")));
            }
        }
        var outputs = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 3; i++) {
            var output = new CompletableFuture<String>();
            outputs.add(output);
            Thread.ofPlatform().start(() -> {
                try {
                    output.complete(ChildJvm.run(Rival.class, "-Dfolder=" + folder));
                } catch (Exception | AssertionError e) {
                    output.completeExceptionally(e);
                }
            });
        }
        Files.createFile(folder.resolve("go"));
        while (finished() < 3) {
            for (var each : outputs) if (each.isCompletedExceptionally()) each.get();
            Thread.sleep(10);
        }
        for (int i = 0; i < RIVALRY; i++) {
            byte[] address =
                    SockAddrUn.write(UnixAddress.of(folder.resolve(i + ".sock").toString()));
            assertThat(knock(address)).as("somebody is found at %d", i).isZero();
        }
        Files.createFile(folder.resolve("over"));
        var got = new ArrayList<Integer>();
        for (var each : outputs)
            for (String number : each.get()
                    .lines()
                    .filter(line -> line.startsWith("got "))
                    .findFirst()
                    .orElseThrow()
                    .substring(4)
                    .strip()
                    .split(" ")) if (!number.isEmpty()) got.add(Integer.valueOf(number));
        assertThat(got).hasSize(RIVALRY).doesNotHaveDuplicates();
    }

    private long finished() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("done"))
                    .count();
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
