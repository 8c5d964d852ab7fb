package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Real connections that are reset at every moment of a request. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ResetOverTcpTest {
    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MANY = 10_000;

    @Test
    void tenThousandResetsLeaveNoConnectionNoDescriptorAndNoBuffer() throws IOException {
        try (var server = TcpServer.start(Http1Server.HELLO, null)) {
            var random = new SplittableRandom(4711);
            for (int i = 0; i < 200; i++) connectAndReset(server.port(), random); // classes
            server.awaitNoConnection();
            int before = descriptors();
            for (int i = 0; i < MANY; i++) connectAndReset(server.port(), random);
            server.awaitNoConnection();
            assertThat(descriptors()).isEqualTo(before);
            assertThat(server.pool.lent()).isZero();
        }
    }

    private static void connectAndReset(int port, SplittableRandom random) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoLinger(true, 0); // closing is a reset
            int bytes = random.nextInt(REQUEST.length + 1);
            socket.getOutputStream().write(REQUEST, 0, bytes);
            if (bytes == REQUEST.length && random.nextBoolean())
                assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
