package org.dormouse.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.TestEndpoints.LOG;

import jakarta.websocket.ClientEndpoint;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.Connection;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session on the client's side: what it sends is masked, what it gets is not, and it is the server that ends the connection. */
class ClientRoleTest {
    private static final int OVER_ROOM = 96 * 1024;

    private final ScriptedSessions sessions = new ScriptedSessions();

    @BeforeEach
    void clearLog() {
        LOG.clear();
        Echo.session = null;
    }

    @Test
    void everythingThatIsSentIsMaskedWithAKeyOfItsOwn() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            byte[] large = new byte[20_000];
            Arrays.fill(large, (byte) 'L');
            var remote = Echo.session.getBasicRemote();
            remote.sendText("ascii");
            remote.sendText("gr\u00fc\u00dfe");
            remote.sendText("x".repeat(600));
            remote.sendBinary(ByteBuffer.wrap(large));
            remote.sendPing(ByteBuffer.wrap(new byte[] {'p'}));
            assertThat(large).containsOnly('L');

            List<Frame> frames = Frame.readAll(server.takeReceived());
            assertThat(frames)
                    .extracting(Frame::payload)
                    .containsExactly("ascii", "gr\u00fc\u00dfe", "x".repeat(600), "L".repeat(20_000), "p");
            Set<Integer> keys = new HashSet<>();
            frames.forEach(frame -> keys.add(frame.key()));
            assertThat(keys).hasSize(5).doesNotContain(0);
        }
    }

    @Test
    void whatHadToWaitForTheServerIsMaskedToo() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            server.sendBuffer(1024).stopReading();
            List<String> expected = new ArrayList<>();
            for (int size : new int[] {OVER_ROOM, 10, 9_000, 200}) {
                expected.add(Character.toString('a' + expected.size()).repeat(size));
                Echo.session.getAsyncRemote().sendText(expected.getLast());
            }
            server.sendBuffer(1024 * 1024).resumeReading();
            sessions.driver.settle();
            assertThat(Frame.readAll(server.takeReceived()))
                    .extracting(Frame::payload)
                    .isEqualTo(expected);
        }
    }

    @Test
    void framesOfTheServerAreTakenWithoutAMask() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            server.send(bytes(0x81, 2, 'h', 'i'));
            sessions.driver.settle();
            assertThat(Frame.readAll(server.takeReceived()))
                    .extracting(Frame::payload)
                    .containsExactly("hi");
        }
    }

    @Test
    void maskedFrameOfAServerEndsTheSession() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            server.send(ClientFrames.frames().text("hi").bytes());
            sessions.driver.settle();
            assertThat(LOG).containsExactly("close 1002 frame of a server with a mask");
            assertThat(server.seesEnd()).isTrue();
        }
    }

    @Test
    void clientThatWasAnsweredLeavesTheEndOfTheConnectionToTheServer() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            Echo.session.close();
            sessions.driver.settle();
            server.send(bytes(0x88, 2, 3, 0xE8));
            sessions.driver.settle();
            assertThat(server.seesEnd()).isFalse();
            server.finish();
            sessions.driver.settle();
            assertThat(server.seesClose()).isTrue();
        }
    }

    @Test
    void clientThatAnswersACloseLeavesTheEndOfTheConnectionToTheServer() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            server.send(bytes(0x88, 2, 3, 0xE9));
            sessions.driver.settle();
            assertThat(LOG).containsExactly("close 1001");
            assertThat(Frame.readAll(server.takeReceived()))
                    .extracting(Frame::payload)
                    .containsExactly("\3\u00e9");
            assertThat(server.seesEnd()).isFalse();
            server.finish();
            sessions.driver.settle();
            assertThat(server.seesClose()).isTrue();
        }
    }

    @Test
    void serverThatClosesAndEndsAtOnceIsAnsweredAndLeft() throws Exception {
        try (sessions) {
            ScriptedPeer server = connect();
            server.send(bytes(0x88, 2, 3, 0xE8)).finish();
            sessions.driver.settle();
            assertThat(LOG).containsExactly("close 1000");
            assertThat(server.takeReceived()).hasSize(8);
            assertThat(server.seesClose()).isTrue();
        }
    }

    @Test
    void serverThatNeverEndsTheConnectionIsLeftAfterTheCloseTimeout() throws Exception {
        try (sessions) {
            ScriptedPeer asked = connect();
            Echo.session.close();
            sessions.driver.settle();
            ScriptedPeer asking = connect();
            for (ScriptedPeer server : List.of(asked, asking)) server.send(bytes(0x88, 2, 3, 0xE8));
            sessions.driver.settle();
            sessions.advance(WebSocketLimits.DEFAULT.closeTimeout().minusMillis(1));
            assertThat(List.of(asked.seesEnd(), asking.seesEnd())).containsOnly(false);
            sessions.advance(java.time.Duration.ofMillis(2));
            assertThat(List.of(asked.seesClose(), asking.seesClose())).containsOnly(true);
        }
    }

    @Test
    void keysDoNotRepeatWhereABlockOfThemEnds() {
        Set<Integer> keys = new HashSet<>();
        for (int i = 0; i < 5000; i++) keys.add(MaskingKeys.next());
        assertThat(keys).hasSizeGreaterThan(4990); // of 2^32, two in 5,000 are the same once in 350 runs
    }

    @ClientEndpoint
    public static class EchoClient extends Echo {}

    private ScriptedPeer connect() throws DeploymentException, IOException {
        ClientUpgrade upgrade = ClientConnection.annotated(EchoClient.class, sessions.container, new OpenSessions())
                .accepted("ws://localhost/echo", "", null, sessions.executor);
        ScriptedPeer server = sessions.kernel.connect();
        Connection.open(sessions.connections, server.socket(), upgrade);
        upgrade.open();
        sessions.driver.settle();
        return server;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    /** A masked frame, read as plainly as RFC 6455 §5.2 draws it. */
    private record Frame(int first, int key, String payload) {
        static List<Frame> readAll(byte[] received) {
            ByteBuffer in = ByteBuffer.wrap(received);
            List<Frame> frames = new ArrayList<>();
            while (in.hasRemaining()) {
                int first = in.get() & 0xFF;
                int second = in.get() & 0xFF;
                assertThat(second & 0x80).as("mask bit").isNotZero();
                int length = second & 0x7F;
                if (length == 126) length = in.getShort() & 0xFFFF;
                if (length == 127) length = (int) in.getLong();
                byte[] key = new byte[4];
                in.get(key);
                byte[] payload = new byte[length];
                in.get(payload);
                for (int i = 0; i < length; i++) payload[i] ^= key[i % 4];
                boolean text = (first & 0x0F) == Opcode.TEXT;
                frames.add(new Frame(
                        first, ByteBuffer.wrap(key).getInt(), new String(payload, text ? UTF_8 : ISO_8859_1)));
            }
            return frames;
        }
    }
}
