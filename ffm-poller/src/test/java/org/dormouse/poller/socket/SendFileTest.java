package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.dormouse.poller.file.OpenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SendFileTest {
    private static final SocketAddress LOOPBACK = SocketAddress.of(new InetSocketAddress("127.0.0.1", 0));
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    @TempDir
    Path folder;

    private interface Conversation {
        void with(StreamSocket socket, Socket client) throws IOException;
    }

    private static void talk(Conversation conversation) throws IOException {
        ListenSocket listen = KernelSockets.listen(LOOPBACK, 16, 1).getFirst();
        try (var client = new Socket("127.0.0.1", listen.port())) {
            StreamSocket accepted = listen.accept();
            long began = System.nanoTime();
            while (accepted == null && System.nanoTime() - began < PATIENCE_NANOS) accepted = listen.accept();
            client.setSoTimeout(10_000);
            try {
                conversation.with(accepted, client);
            } finally {
                accepted.close();
            }
        } finally {
            listen.close();
        }
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private static byte[] noise(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void theKernelSendsPartsOfAFileBehindWhatWasSent() throws IOException {
        byte[] content = noise(100_000);
        Path path = file(content);
        talk((socket, client) -> {
            assertThat(socket.sendsFiles()).isTrue();
            try (OpenFile file = OpenFile.find(path)) {
                assertThat(file.length()).isEqualTo(100_000);
                assertThat(socket.sendAhead(new byte[] {1, 2, 3}, 0, 3)).isEqualTo(3);
                assertThat(socket.sendFile(file.descriptor(), 500, 1000)).isEqualTo(1000);
                assertThat(socket.sendFile(file.descriptor(), 0, 10)).isEqualTo(10);
                assertThat(socket.sendFile(file.descriptor(), 99_990, 1000)).isEqualTo(10);
                assertThat(socket.sendFile(file.descriptor(), 100_000, 1000))
                        .as("the end")
                        .isZero();
            }
            var expected = new ByteArrayOutputStream();
            expected.write(new byte[] {1, 2, 3});
            expected.write(content, 500, 1000);
            expected.write(content, 0, 10);
            expected.write(content, 99_990, 10);
            assertThat(client.getInputStream().readNBytes(expected.size())).isEqualTo(expected.toByteArray());
        });
    }

    @Test
    void oneCallSendsNoMoreThanItsBoundAndAFullSocketWouldBlock() throws IOException {
        Path path = file(noise(16 << 20));
        talk((socket, client) -> {
            try (OpenFile file = OpenFile.find(path)) {
                long sent = 0;
                int count = 1;
                while (count > 0) {
                    count = socket.sendFile(file.descriptor(), sent % (8 << 20), 8 << 20);
                    assertThat(count).isLessThanOrEqualTo(StreamSocket.MAX_FILE_TRANSFER);
                    if (count > 0) sent += count;
                }
                assertThat(SocketError.wouldBlock(count)).isTrue();
            }
        });
    }

    @Test
    void aPeerThatHasLeftIsAResultAndNoSignal() throws IOException {
        Path path = file(noise(1 << 20));
        talk((socket, client) -> {
            client.setSoLinger(true, 0);
            client.close();
            try (OpenFile file = OpenFile.find(path)) {
                int result = 1;
                long began = System.nanoTime();
                while ((result > 0 || SocketError.wouldBlock(result)) && System.nanoTime() - began < PATIENCE_NANOS)
                    result = socket.sendFile(file.descriptor(), 0, 1 << 20);
                assertThat(SocketError.isPeerGone(result))
                        .as(SocketError.describe(result))
                        .isTrue();
            }
        });
    }

    @Test
    void onlyRegularFilesThatAreNoLinksAreOpened() throws IOException {
        Path path = file(noise(10));
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);
        assertThat(OpenFile.find(link)).isNull();
        assertThat(OpenFile.find(folder.resolve("missing"))).isNull();
        Process made = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
        made.onExit().join();
        assertThat(OpenFile.find(folder.resolve("pipe"))).isNull();
    }

    @Test
    void aClosedFileHasNoDescriptorAndIsClosedOnce() throws IOException {
        OpenFile file = OpenFile.find(file(noise(10)));
        int descriptor = file.descriptor();
        assertThat(Files.exists(Path.of("/proc/self/fd/" + descriptor))).isTrue();
        file.close();
        assertThatThrownBy(file::descriptor).isInstanceOf(IllegalStateException.class);
        try (OpenFile other = OpenFile.find(folder.resolve("file"))) {
            assertThat(other.descriptor())
                    .as("the number is somebody else's now")
                    .isEqualTo(descriptor);
            file.close();
            assertThat(Files.exists(Path.of("/proc/self/fd/" + descriptor))).isTrue();
        }
    }
}
