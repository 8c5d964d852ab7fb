package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is asked of a listening socket is what the kernel says it has. */
@Timeout(20)
class SocketOptionTest {
    private static final SocketAddress LOOPBACK = SocketAddress.of(new InetSocketAddress("127.0.0.1", 0));
    private static final SocketAddress LOOPBACK6 = SocketAddress.of(new InetSocketAddress(loopback6(), 0));

    /** A value for each that no socket has by itself. */
    private static final Map<SocketOption, List<Object>> VALUES = new EnumMap<>(SocketOption.class);

    static {
        VALUES.put(SocketOption.REUSE_ADDRESS, List.of(1));
        VALUES.put(SocketOption.REUSE_PORT, List.of(1));
        VALUES.put(SocketOption.IPV6_ONLY, List.of(1));
        VALUES.put(SocketOption.BIND_TO_DEVICE, List.of("lo"));
        VALUES.put(SocketOption.RECEIVE_BUFFER, List.of(4096, 50_000, 1 << 30));
        VALUES.put(SocketOption.SEND_BUFFER, List.of(4096, 50_000, 1 << 30));
        VALUES.put(SocketOption.NO_DELAY, List.of(1));
        VALUES.put(SocketOption.KEEP_ALIVE, List.of(1));
        VALUES.put(SocketOption.KEEP_ALIVE_IDLE, List.of(77, 32767));
        VALUES.put(SocketOption.KEEP_ALIVE_INTERVAL, List.of(17));
        VALUES.put(SocketOption.KEEP_ALIVE_COUNT, List.of(3, 127));
        VALUES.put(SocketOption.USER_TIMEOUT, List.of(12_345));
        VALUES.put(SocketOption.LINGER, List.of(0));
        VALUES.put(SocketOption.FAST_OPEN, List.of(33, 1 << 20));
        VALUES.put(SocketOption.DEFER_ACCEPT, List.of(1, 2, 3, 4, 5, 7, 8, 60, 127));
        VALUES.put(SocketOption.BUSY_POLL, List.of(50));
        VALUES.put(SocketOption.TYPE_OF_SERVICE, List.of(0x10, 0xbb));
        VALUES.put(SocketOption.TRAFFIC_CLASS, List.of(0x10, 0xbb));
        VALUES.put(SocketOption.BACKLOG, List.of(7, 1 << 20));
    }

    /** They concern the listening socket alone. */
    private static final Set<SocketOption> NOT_HANDED_DOWN =
            EnumSet.of(SocketOption.FAST_OPEN, SocketOption.DEFER_ACCEPT, SocketOption.BACKLOG);

    private static InetAddress loopback6() {
        try {
            return InetAddress.getByName("::1");
        } catch (IOException e) {
            throw new AssertionError("a literal address", e);
        }
    }

    static Stream<Arguments> everyOptionWithItsValues() {
        return Stream.of(SocketOption.values())
                .flatMap(option -> VALUES.get(option).stream().map(value -> arguments(option, value)));
    }

    private static SocketOptions with(SocketOption option, Object value) {
        return value instanceof String text
                ? SocketOptions.DEFAULT.with(option, text)
                : SocketOptions.DEFAULT.with(option, (Integer) value);
    }

    /** Null where this kernel, or the rights of this process, do not allow it: then the refusal has been looked at. */
    private static ListenSocket listen(SocketOption option, Object value) throws IOException {
        SocketAddress address = option.concerns(false) ? LOOPBACK : LOOPBACK6;
        try {
            return KernelSockets.listen(address, with(option, value), 1).getFirst();
        } catch (IOException e) {
            if (option != SocketOption.BUSY_POLL) throw e;
            assertThat(e).hasMessageContaining("busy-poll 50").hasMessageMatching(".*(EPERM|ENOPROTOOPT).*");
            return null;
        }
    }

    @Test
    void everyOptionHasAValueToTryHere() {
        assertThat(VALUES.keySet()).containsExactly(SocketOption.values());
    }

    @ParameterizedTest
    @MethodSource("everyOptionWithItsValues")
    void theListeningSocketHasWhatItsRuleSays(SocketOption option, Object value) throws IOException {
        ListenSocket socket = listen(option, value);
        if (socket == null) return;
        try (socket) {
            assertThat(option.read(socket.descriptor())).isEqualTo(option.kept(value));
        }
    }

    @ParameterizedTest
    @MethodSource("everyOptionWithItsValues")
    void aConnectionHasItFromItsListener(SocketOption option, Object value) throws IOException {
        if (NOT_HANDED_DOWN.contains(option)) return;
        ListenSocket socket = listen(option, value);
        if (socket == null) return;
        InetAddress host = option.concerns(false) ? InetAddress.getByName("127.0.0.1") : loopback6();
        try (socket;
                var client = new Socket(host, socket.port())) {
            assertThat(client.isConnected()).isTrue();
            StreamSocket accepted = socket.accept();
            while (accepted == null) accepted = socket.accept();
            Object found = option.read(accepted.descriptor());
            accepted.close();
            assertThat(found).isEqualTo(option.kept(value));
        }
    }

    @Test
    void whatIsNotAskedForIsNotSet() throws IOException {
        var plain = new ArrayList<SocketOption>(List.of(SocketOption.values()));
        plain.removeIf(option -> SocketOptions.DEFAULT.value(option) != null || !option.concerns(false));
        plain.remove(SocketOption.BUSY_POLL); // the system may have one for all sockets
        try (ListenSocket socket =
                KernelSockets.listen(LOOPBACK, SocketOptions.DEFAULT, 1).getFirst()) {
            for (SocketOption option : plain) {
                Object value = VALUES.get(option).getFirst();
                assertThat(option.read(socket.descriptor())).as(option.word()).isNotEqualTo(option.kept(value));
            }
            assertThat(SocketOptions.DEFAULT.shortfalls(socket)).isEmpty();
        }
    }

    @Test
    void whatTheKernelCutsIsSaidWithItsLimit() throws IOException {
        SocketOptions greedy =
                SocketOptions.DEFAULT.with(SocketOption.RECEIVE_BUFFER, 1 << 30).with(SocketOption.BACKLOG, 1 << 20);
        try (ListenSocket socket = KernelSockets.listen(LOOPBACK, greedy, 1).getFirst()) {
            List<String> shortfalls = greedy.shortfalls(socket);
            assertThat(shortfalls).hasSize(2);
            assertThat(shortfalls.getFirst())
                    .contains("receive-buffer 1073741824")
                    .contains("net.core.rmem_max");
            assertThat(shortfalls.getLast()).contains("backlog 1048576").contains("net.core.somaxconn");
        }
    }

    @Test
    void sharingThePortIsOnlyForThoseWhoAskForIt() throws IOException {
        SocketOptions sharing = SocketOptions.DEFAULT.with(SocketOption.REUSE_PORT, 1);
        try (ListenSocket first = KernelSockets.listen(LOOPBACK, sharing, 1).getFirst()) {
            var same = new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), first.port());
            KernelSockets.listen(same, sharing, 2).forEach(ListenSocket::close);
            assertThatThrownBy(() -> KernelSockets.listen(same, SocketOptions.DEFAULT, 1))
                    .hasMessageContaining("EADDRINUSE");
        }
    }

    @Test
    void whatTheKernelRefusesIsNamedAndNothingStaysOpen() {
        assertThatThrownBy(() -> KernelSockets.listen(
                        LOOPBACK, SocketOptions.DEFAULT.with(SocketOption.BIND_TO_DEVICE, "nosuch0"), 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bind-to-device nosuch0")
                .hasMessageContaining("ENODEV");
    }

    @Test
    void whatWasTakenButIsNotToldIsASentenceAndNoReasonNotToStart() throws IOException {
        var name = UnixAddress.of("@dormouse-options-" + ProcessHandle.current().pid());
        try (ListenSocket withoutTcp =
                UnixSockets.listen(name, Set.of(), 16, 1).sockets().getFirst()) {
            assertThat(SocketOptions.DEFAULT.shortfalls(withoutTcp))
                    .anySatisfy(each -> assertThat(each).startsWith("no-delay cannot be read back: "));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NO_DELAY,2,no-delay 2 is not in 0 to 1",
        "KEEP_ALIVE_IDLE,0,keep-alive-idle 0 is not in 1 to 32767",
        "KEEP_ALIVE_COUNT,128,keep-alive-count 128 is not in 1 to 127",
        "DEFER_ACCEPT,128,defer-accept 128 is not in 0 to 127",
        "BACKLOG,0,backlog 0 is not in 1 to 1048576",
        "LINGER,1,a loop cannot wait in a close",
        "BIND_TO_DEVICE,1,is a name"
    })
    void aNumberOutsideOfItsRangeIsRefused(SocketOption option, int value, String message) {
        assertThatThrownBy(() -> SocketOptions.DEFAULT.with(option, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"BIND_TO_DEVICE,''", "BIND_TO_DEVICE,a-device-of-16cc", "BIND_TO_DEVICE,a/b", "NO_DELAY,lo"})
    void aNameThatCannotBeOneIsRefused(SocketOption option, String value) {
        assertThatThrownBy(() -> SocketOptions.DEFAULT.with(option, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option.word());
    }
}
