package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.socket.UnixDatagrams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a service of systemd, and on a Unix domain socket. */
@Timeout(120)
class ActivationTest {
    @TempDir
    Path folder;

    @Test
    void aSocketThatSystemdOpenedIsServedAndSystemdHearsHowTheServiceIs() throws Exception {
        Path notify = folder.resolve("notify");
        var arguments = new ArrayList<>(
                List.of("NOTIFY_SOCKET=" + notify, "WATCHDOG_USEC=200000", "LISTEN_FDS=1", "LISTEN_FDNAMES=web", "--"));
        arguments.addAll(DormouseProcess.command(DormouseProcess.FLAGS, Main.class, "run", "--listen", "systemd:web"));
        try (var manager = new UnixDatagrams(notify);
                var dormouse = DormouseProcess.start(
                        DormouseProcess.FLAGS, Activator.class, arguments.toArray(String[]::new));
                var client = HttpClient.newHttpClient()) {
            // Before the service has begun: the kernel takes it in, nobody is refused.
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + dormouse.port() + "/"))
                    .build();
            var answer = client.sendAsync(request, BodyHandlers.ofString());
            assertThat(manager.take()).startsWith("READY=1\n");
            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(manager.take()).isEqualTo("WATCHDOG=1");
            dormouse.terminate();
            String message = manager.take();
            while (message.equals("WATCHDOG=1")) message = manager.take();
            assertThat(message).startsWith("STOPPING=1\n");
            assertThat(dormouse.exitStatus()).isEqualTo(143);
        }
    }

    @Test
    void aSocketThatWasNotPassedIsSaidInOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--listen", "systemd:web")) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors())
                    .contains("systemd:web cannot be listened on")
                    .contains("systemd passed no sockets");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @Test
    void addressesOfTheCommandLineAreAllServedAndAllSaid() throws Exception {
        Path path = folder.resolve("a.sock");
        try (var dormouse = DormouseProcess.start("run", "--listen", "unix:" + path, "--listen", "127.0.0.1:0")) {
            assertThat(dormouse.port()).isPositive();
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                channel.write(ByteBuffer.wrap(
                        "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
                assertThat(new String(Channels.newInputStream(channel).readNBytes(12), StandardCharsets.ISO_8859_1))
                        .isEqualTo("HTTP/1.1 200");
            }
            dormouse.terminate();
            assertThat(dormouse.exitStatus()).isEqualTo(143);
            assertThat(Files.exists(path)).isFalse();
        }
    }
}
