package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class NotifySocketTest {
    @TempDir
    Path folder;

    @Test
    void eachMessageIsOneDatagram() throws IOException {
        Path path = folder.resolve("notify");
        try (var manager = new UnixDatagrams(path);
                var socket = NotifySocket.open(UnixAddress.of(path.toString()))) {
            assertThat(socket.send("READY=1")).isTrue();
            assertThat(socket.send("STOPPING=1")).isTrue();
            assertThat(manager.poll()).isEqualTo("READY=1");
            assertThat(manager.poll()).isEqualTo("STOPPING=1");
            assertThat(manager.poll()).isNull();
        }
    }

    @Test
    void aManagerThatDoesNotReadLosesMessagesButHoldsNobodyUp() throws IOException {
        Path path = folder.resolve("notify");
        try (var manager = new UnixDatagrams(path);
                var socket = NotifySocket.open(UnixAddress.of(path.toString()))) {
            int taken = 0;
            while (taken < 100_000 && socket.send("WATCHDOG=1")) taken++;
            assertThat(taken).isBetween(1, 99_999);
            assertThat(manager.poll()).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void afterItsCloseNothingIsSentToWhoHasItsNumberNow() throws IOException {
        Path path = folder.resolve("notify");
        try (var manager = new UnixDatagrams(path)) {
            var closed = NotifySocket.open(UnixAddress.of(path.toString()));
            closed.close();
            try (var stranger = NotifySocket.open(UnixAddress.of(path.toString()))) {
                assertThat(closed.send("late")).isFalse();
                closed.close();
                assertThat(stranger.send("mine")).isTrue();
            }
            assertThat(manager.poll()).isEqualTo("mine");
        }
    }

    @Test
    void whereNobodyListensTheReasonIsSaid() {
        String absent = folder.resolve("absent").toString();
        assertThatThrownBy(() -> NotifySocket.open(UnixAddress.of(absent)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(absent)
                .hasMessageContaining("ENOENT");
    }
}
