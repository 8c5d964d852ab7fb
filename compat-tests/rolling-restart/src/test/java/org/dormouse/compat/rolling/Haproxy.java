package org.dormouse.compat.rolling;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** haproxy in front of two servers, without retries: what a server loses, a client misses. */
final class Haproxy implements AutoCloseable {
    private final Path admin;
    private final Process process;

    Haproxy(Path folder, int port, int portOfA, int portOfB) throws IOException {
        admin = folder.resolve("admin.sock");
        Path configuration =
                Files.writeString(folder.resolve("haproxy.cfg"), """
                global
                    stats socket %s level admin
                    maxconn 1000
                defaults
                    mode http
                    retries 0
                    timeout connect 2s
                    timeout client 20s
                    timeout server 20s
                    timeout tunnel 60s
                frontend clients
                    bind 127.0.0.1:%d
                    default_backend app
                backend app
                    balance roundrobin
                    server a 127.0.0.1:%d
                    server b 127.0.0.1:%d
                """.formatted(admin, port, portOfA, portOfB));
        String command = Files.isExecutable(Path.of("/usr/sbin/haproxy")) ? "/usr/sbin/haproxy" : "haproxy";
        process = new ProcessBuilder(List.of(command, "-db", "-f", configuration.toString()))
                .inheritIO()
                .start();
    }

    /** Whether it answers. */
    boolean isUp() {
        try {
            return tell("show info").contains("Version");
        } catch (IOException e) {
            return false;
        }
    }

    /** No new requests for {@code server}, from now on. */
    void drain(String server) throws IOException {
        tell("set server app/" + server + " state drain");
    }

    void ready(String server) throws IOException {
        tell("set server app/" + server + " state ready");
    }

    private String tell(String command) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(admin));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
