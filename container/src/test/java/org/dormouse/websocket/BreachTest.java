package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dormouse.push.FlowControl;
import org.dormouse.push.SlowPeer;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.TestEndpoints.Parts;
import org.dormouse.websocket.frame.DeflateSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to break the protocol ends with its code, a reason, a counter, and the end of the connection. */
class BreachTest {
    private static final byte[] BOMB = ClientFrames.deflated(new byte[1_000_000]);

    @BeforeEach
    void clearLog() {
        TestEndpoints.LOG.clear();
    }

    private static Arguments with(Breach breach, String reason, ClientFrames sent) {
        return Arguments.of(breach, reason, sent);
    }

    static Stream<Arguments> breaches() {
        byte[] half = Arrays.copyOf(BOMB, 20);
        return Stream.of(
                with(Breach.RESERVED_BITS, "1002 frame with reserved bits 0x20, opcode 1", frames().raw(0xA1)),
                with(Breach.RESERVED_BITS, "1002 frame with reserved bits 0x70, opcode 1", frames().raw(0xF1)),
                with(Breach.RESERVED_BITS, "1002 frame with reserved bits 0x40, opcode 9", frames().raw(0xC9)),
                with(
                        Breach.RESERVED_BITS,
                        "1002 frame with reserved bits 0x40, opcode 0",
                        frames().frame(0x41, half).raw(0x40)),
                with(Breach.OPCODE, "1002 frame with opcode 3", frames().raw(0x83)),
                with(Breach.OPCODE, "1002 frame with opcode 11", frames().raw(0x8B)),
                with(Breach.MASK, "1002 frame of a client without a mask", frames().raw(0x81, 1)),
                with(
                        Breach.LENGTH,
                        "1002 frame length with its highest bit set",
                        frames().raw(0x82, 0xFF).number(-1, 8)),
                with(Breach.LENGTH, "1002 frame length 125 not in its shortest form", frames().raw(0x82, 0xFE, 0, 125)),
                with(
                        Breach.LENGTH,
                        "1002 frame length 65535 not in its shortest form",
                        frames().raw(0x82, 0xFF).number(65535, 8)),
                with(Breach.CONTROL_FRAME, "1002 fragmented control frame, opcode 9", frames().raw(0x09)),
                with(Breach.CONTROL_FRAME, "1002 control frame longer than 125 bytes", frames().raw(0x89, 0xFE)),
                with(Breach.CONTROL_FRAME, "1002 control frame longer than 125 bytes", frames().raw(0x88, 0xFF)),
                with(
                        Breach.FRAGMENTATION,
                        "1002 continuation frame without a message to continue",
                        frames().text("x").raw(0x80)),
                with(
                        Breach.FRAGMENTATION,
                        "1002 frame with opcode 2 inside a fragmented message",
                        frames().frame(0x01, (byte) 'x').raw(0x82)),
                with(Breach.CLOSE_CODE, "1002 Close frame with half a status code", frames().frame(0x88, (byte) 3)),
                with(Breach.CLOSE_CODE, "1002 Close frame with status code 1005", frames().close(1005, "")),
                with(Breach.CLOSE_CODE, "1002 Close frame with status code 999", frames().close(999, "x")),
                with(
                        Breach.TEXT,
                        "1007 reason of the Close frame is not UTF-8",
                        frames().frame(0x88, (byte) 3, (byte) 0xE8, (byte) 0xFF)),
                with(Breach.TEXT, "1007 text message is not UTF-8", frames().frame(0x81, (byte) 0xFF)),
                with(Breach.TEXT, "1007 text message is not UTF-8", frames().compressed(1, (byte) 'a', (byte) 0xC3)),
                with(Breach.COMPRESSED_DATA, "1007 compressed message is no DEFLATE stream", frames().frame(0xC2, (byte)
                        7)),
                with(
                        Breach.COMPRESSED_DATA,
                        "1007 compressed message is no DEFLATE stream",
                        frames().frame(
                                        0xC2,
                                        Arrays.copyOf(ClientFrames.deflated(ClientFrames.utf8("half a message")), 8))),
                with(
                        Breach.MESSAGE_TOO_BIG,
                        "1009 message of more than 999 bytes, limit 100 (websocket.max-binary-message)",
                        frames().raw(0x82, 0xFE, 1000 >> 8, 1000 & 0xFF)),
                with(
                        Breach.MESSAGE_TOO_BIG,
                        "1009 message of more than 100 bytes, limit 100 (websocket.max-binary-message)",
                        frames().frame(0xC2, Arrays.copyOf(BOMB, 300))),
                with(
                        Breach.MESSAGE_TOO_BIG,
                        "1009 message of more than 9223372036854775806 bytes, limit 100 (websocket.max-text-message)",
                        frames().raw(0xC1, 0xFF).number(Long.MAX_VALUE, 8)));
    }

    private static ScriptedSessions sessions() {
        var limits = new WebSocketLimits(100, 100, 1000, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ZERO);
        var compression = new DeflateSettings(true, 4, 0, false, 15, 1);
        return new ScriptedSessions(
                WebSocketServices.of(limits, ScriptedSessions.MANY, SlowPeer.FAIL, compression),
                null,
                Echo.class,
                Parts.class);
    }

    private static ScriptedSessions.Client connect(ScriptedSessions sessions, String path) {
        var request = new OpeningRequestOf("ws://localhost" + path)
                .with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
        return sessions.connect(path, request);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("breaches")
    void itEndsWithItsCodeAReasonAndACounter(Breach breach, String reason, ClientFrames sent) {
        try (var sessions = sessions()) {
            var client = connect(sessions, "/echo").send(sent);
            List<String> received = client.received();
            assertThat(received.getLast()).isEqualTo("close:" + reason);
            assertThat(reason).startsWith(breach.closeCode() + " ");
            assertThat(client.peer.seesEnd()).isTrue();
            assertThat(TestEndpoints.LOG).containsExactly("close " + reason);
            isCounted(sessions, breach);
            assertThat(sessions.connections.counts().closed(ConnectionEnd.REFUSED))
                    .isZero(); // when it has ended
            client.peer.finish();
            sessions.driver.settle();
            assertThat(sessions.connections.counts().closed(ConnectionEnd.REFUSED))
                    .isOne();
            assertThat(sessions.services.pools().held()).isZero();
        }
    }

    private static void isCounted(ScriptedSessions sessions, Breach breach) {
        for (Breach each : Breach.values()) {
            assertThat(sessions.services.counts().closedFor(each))
                    .as(each.name())
                    .isEqualTo(each == breach ? 1 : 0);
        }
        assertThat(sessions.services.counts().closedForBreaches()).isOne();
    }

    @Test
    void compressedMessagesInPartsThatAreTooManyAreTurnedAway() {
        try (var sessions = sessions()) {
            byte[] half = Arrays.copyOf(BOMB, 20);
            var first = connect(sessions, "/parts").send(frames().frame(0x42, half));
            var second = connect(sessions, "/parts").send(frames().frame(0x42, half));
            assertThat(first.received()).isEmpty();
            assertThat(second.received())
                    .containsExactly(
                            "close:1013 too many compressed messages are unfinished, limit 1 (websocket.compression-max-held)");
            isCounted(sessions, Breach.TOO_MANY_COMPRESSED);
            assertThat(sessions.services.pools().held()).isOne();
            first.peer.reset();
            sessions.driver.settle();
            assertThat(sessions.services.pools().held()).isZero();
        }
    }

    @Test
    void aSlowPeerIsClosedWhereThatIsThePolicy() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/echo");
            FlowControl.of(Echo.session).onSlowPeer(SlowPeer.CLOSE);
            client.peer.sendBuffer(8).stopReading();
            var remote = Echo.session.getAsyncRemote();
            for (int i = 0; i < 20; i++) remote.sendText("x".repeat(100));
            sessions.driver.settle();
            assertThat(Echo.session.isOpen()).isFalse();
            isCounted(sessions, Breach.SLOW_PEER);
            assertThat(TestEndpoints.LOG)
                    .hasSize(1)
                    .allMatch(line -> line.startsWith("close 1006 message of 100 bytes, while"));
            sessions.advance(Duration.ofSeconds(11));
            assertThat(client.peer.seesClose()).isTrue();
        }
    }

    @Test
    void thisTableHasEveryKind() {
        Set<Breach> met = EnumSet.of(Breach.TOO_MANY_COMPRESSED, Breach.SLOW_PEER);
        breaches().forEach(arguments -> met.add((Breach) arguments.get()[0]));
        assertThat(met).containsExactlyInAnyOrder(Breach.values());
    }
}
