package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.dormouse.poller.ChildJvm;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;

/** In a JVM that denies native access loops run over java.nio, and say so once. */
class LoopsWithoutNativeAccessTest {
    private static final String DENY = "--illegal-native-access=deny";

    @Test
    void autoFallsBackToNioWithOneLineThatSaysWhy() throws Exception {
        String output = ChildJvm.runWithoutNativeAccess(Echoing.class, DENY);
        assertThat(output.lines().filter(line -> line.startsWith("echo "))).containsExactly("echo nio hello");
        assertThat(output.lines().filter(line -> line.contains("--enable-native-access")))
                .containsExactly(
                        "INFO backend nio: epoll cannot be had: the JVM denies native access, which --enable-native-access=ALL-UNNAMED allows");
    }

    @Test
    void aBackendAskedForByNameIsRefusedInstead() throws Exception {
        assertThat(ChildJvm.runWithoutNativeAccess(AskingForEpoll.class, DENY))
                .contains("backend epoll cannot be had: the JVM denies native access");
    }

    /** Runs in a JVM of its own. */
    static final class Echoing {
        private Echoing() {}

        public static void main(String[] args) throws Exception {
            var faults = new Printed();
            var settings =
                    LoopSettings.defaults().withLoops(2).withCarryThreads(false).withFaults(faults);
            try (var loops = EventLoops.start(settings)) {
                var address = SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                var listeners = loops.listen(address, 16);
                for (int i = 0; i < loops.size(); i++) {
                    EventLoop loop = loops.loop(i);
                    ListenSocket listener = listeners.get(i);
                    loop.execute(() -> TestLoops.register(loop, listener, readiness -> acceptAll(loop, listener)));
                }
                byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
                try (var client = new Socket(
                        InetAddress.getLoopbackAddress(), listeners.getFirst().port())) {
                    client.setSoTimeout(10_000);
                    client.getOutputStream().write(hello);
                    byte[] answer = client.getInputStream().readNBytes(hello.length);
                    System.out.println("echo " + loops.backend() + " " + new String(answer, StandardCharsets.US_ASCII));
                }
            }
        }

        private static void acceptAll(EventLoop loop, ListenSocket listener) {
            for (StreamSocket socket = listener.accept(); socket != null; socket = listener.accept()) {
                StreamSocket accepted = socket;
                TestLoops.register(loop, accepted, readiness -> {
                    byte[] buffer = loop.readBuffer();
                    int count = accepted.receive(buffer, 0, buffer.length);
                    if (count > 0) accepted.send(buffer, 0, count);
                });
            }
        }
    }

    /** Runs in a JVM of its own. */
    static final class AskingForEpoll {
        private AskingForEpoll() {}

        public static void main(String[] args) throws IOException {
            try (var loops = EventLoops.start(LoopSettings.defaults().withBackend("epoll"))) {
                System.out.println("started on " + loops.backend());
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static final class Printed implements Faults {
        @Override
        public void fellBack(String what) {
            System.out.println("INFO " + what);
        }

        @Override
        public void failed(String where, Throwable cause) {
            System.out.println(where + ": " + cause);
        }

        @Override
        public void handedOver(int loop, StackTraceElement[] stack, int others) {
            // the machine may be busy with other things
        }

        @Override
        public void stalled(String what, StackTraceElement[] stack) {
            // as above
        }
    }
}
