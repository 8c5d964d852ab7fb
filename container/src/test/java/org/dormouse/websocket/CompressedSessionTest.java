package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;
import static org.dormouse.websocket.TestEndpoints.LOG;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.dormouse.push.FlowControl;
import org.dormouse.push.Message;
import org.dormouse.push.Recipient;
import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.TestEndpoints.Parts;
import org.dormouse.websocket.frame.DeflateSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate over the kernel in memory. */
class CompressedSessionTest {
    private static final DeflateSettings ALL = new DeflateSettings(true, 6, 0, false, 15, 10);
    private static final DeflateSettings CONTEXT = new DeflateSettings(true, 6, 0, true, 15, 10);
    private static final String TEXT = "gr\u00fcezi mitenand, ".repeat(40);

    @ServerEndpoint("/bombed")
    public static class Bombed {
        static int parts;
        static long bytes;
        static int largest;
        static int holdAfter;

        @OnMessage
        public void part(Session session, byte[] part, boolean last) {
            parts++;
            bytes += part.length;
            largest = Math.max(largest, part.length);
            if (parts == holdAfter) FlowControl.of(session).suspendReading();
        }

        @OnOpen
        public void open(Session session) {
            Echo.session = session;
            parts = 0;
            bytes = 0;
            largest = 0;
            holdAfter = -1;
        }
    }

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    private static ScriptedSessions sessions(DeflateSettings settings) {
        return new ScriptedSessions(
                WebSocketServices.of(WebSocketLimits.DEFAULT, ScriptedSessions.MANY, SlowPeer.FAIL, settings),
                null,
                Echo.class,
                Parts.class,
                Bombed.class);
    }

    private static ScriptedSessions.Client connect(ScriptedSessions sessions, String path, String offer) {
        return sessions.connect(
                path, new OpeningRequestOf("ws://localhost" + path).with("Sec-WebSocket-Extensions", offer));
    }

    private static ScriptedSessions.Client connect(ScriptedSessions sessions, String path) {
        return connect(sessions, path, "permessage-deflate; client_max_window_bits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; client_no_context_takeover",
                "permessage-deflate; server_no_context_takeover",
                "permessage-deflate; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9; server_no_context_takeover"
            })
    void messagesAreEchoedWithAndWithoutContext(String offer) {
        for (DeflateSettings settings : List.of(ALL, CONTEXT)) {
            try (var sessions = sessions(settings)) {
                var client = connect(sessions, "/echo", offer);
                for (int i = 0; i < 5; i++) {
                    client.send(frames().compressed(1, ClientFrames.utf8(TEXT))
                            .compressed(2, new byte[5000])
                            .text("plain " + TEXT)
                            .compressed(1));
                    List<String> received = client.received();
                    assertThat(received.removeLast()).matches("text\\*?:"); // an empty one does not get shorter
                    assertThat(received)
                            .containsExactly("text*:" + TEXT, "binary*:" + "\0".repeat(5000), "text*:plain " + TEXT);
                }
                assertThat(Echo.session.getNegotiatedExtensions()).hasSize(1);
                assertThat(Echo.session.getNegotiatedExtensions().getFirst().getName())
                        .isEqualTo("permessage-deflate");
            }
        }
    }

    @Test
    void theContextOfThePeerIsKeptWhereThatWasAgreedOn() {
        try (var sessions = sessions(CONTEXT)) {
            var client = connect(sessions, "/echo");
            var deflater = new Deflater(6, true);
            byte[] before = {};
            for (int i = 0; i < 4; i++) {
                deflater.setInput(ClientFrames.utf8(TEXT));
                byte[] made = new byte[2000];
                int length = deflater.deflate(made, 0, made.length, Deflater.SYNC_FLUSH) - 4;
                if (i == 1) assertThat(length).isLessThan(before.length / 2);
                before = Arrays.copyOf(made, length);
                client.send(frames().frame(0xC1, before));
                assertThat(client.received()).containsExactly("text*:" + TEXT);
            }
            deflater.end();
            assertThat(sessions.services.pools().held()).isEqualTo(2);
            client.peer.reset();
            sessions.driver.settle();
            assertThat(sessions.services.pools().held()).isZero();
        }
    }

    @Test
    void anIdleSessionHoldsNothingWithoutContext() {
        try (var sessions = sessions(ALL)) {
            var clients = List.of(connect(sessions, "/echo"), connect(sessions, "/parts"));
            for (var client : clients) {
                client.send(frames().compressed(1, ClientFrames.utf8(TEXT)));
                client.send(frames().frame(0x42, Arrays.copyOf(ClientFrames.deflated(new byte[3000]), 5)));
            }
            assertThat(sessions.services.pools().held())
                    .isOne(); // the one that is delivered in parts, inside a message
        }
    }

    @Test
    void compressedMessagesAreUnderstoodHoweverTheyAreSplitAndFragmented() {
        byte[] payload = ClientFrames.deflated(ClientFrames.utf8("h\u00e9llo h\u00e9llo h\u00e9llo"));
        for (String path : new String[] {"/echo", "/parts"}) {
            try (var sessions = sessions(ALL)) {
                for (int cut = 0; cut <= payload.length; cut++) {
                    byte[] bytes = frames().frame(0x41, Arrays.copyOf(payload, cut))
                            .ping("p")
                            .frame(0x80, Arrays.copyOfRange(payload, cut, payload.length))
                            .bytes();
                    for (var pieces : cut == 3 ? FrameParserTest.splits(bytes) : List.of(List.of(bytes))) {
                        LOG.clear();
                        var client = connect(sessions, path);
                        for (byte[] piece : pieces) {
                            client.peer.send(piece);
                            sessions.driver.settle();
                        }
                        List<String> received = client.received();
                        assertThat(received.remove("pong:p")).isTrue();
                        if (path.equals("/echo")) {
                            assertThat(received).hasSize(1);
                            assertThat(received.getFirst()).endsWith(":h\u00e9llo h\u00e9llo h\u00e9llo");
                        } else {
                            var all = new StringBuilder();
                            for (String line : LOG) all.append(line.substring(5));
                            assertThat(all).hasToString("h\u00e9llo h\u00e9llo h\u00e9llo");
                            assertThat(LOG.getLast()).startsWith("last ");
                        }
                    }
                }
                assertThat(sessions.services.pools().held()).isZero();
            }
        }
    }

    @Test
    void aBombReachesAReceiverOfPartsInBoundedPartsAndStopsWhenItWantsNoMore() {
        byte[] bomb = ClientFrames.deflated(new byte[50_000_000]);
        try (var sessions = sessions(ALL)) {
            var client = connect(sessions, "/bombed");
            Bombed.holdAfter = 3;
            client.send(frames().frame(0xC2, bomb));
            assertThat(Bombed.parts).isEqualTo(3);
            client.send(frames().ping("waits"));
            assertThat(client.received()).isEmpty();
            FlowControl.of(Echo.session).resumeReading();
            sessions.driver.settle();
            assertThat(Bombed.bytes).isEqualTo(50_000_000);
            assertThat(Bombed.largest).isLessThanOrEqualTo(2 * MessageReader.PART_BYTES);
            assertThat(client.received()).containsExactly("pong:waits");
            assertThat(sessions.services.pools().held()).isZero();

            var leaving = connect(sessions, "/bombed");
            Bombed.holdAfter = 2;
            leaving.send(frames().frame(0xC2, bomb));
            assertThat(Bombed.parts).isEqualTo(2);
            leaving.peer.reset(); // suspended or not: the end is told, and nothing is held
            sessions.driver.settle();
            assertThat(Bombed.parts).isEqualTo(2);
            assertThat(sessions.container.openSessions()).isOne();
            assertThat(sessions.services.pools().held()).isZero();
        }
    }

    @Test
    void shortMessagesAndThoseThatDoNotGetShorterAreSentAsTheyAre() throws Exception {
        try (var sessions = sessions(new DeflateSettings(true, 6, 100, false, 15, 10))) {
            var client = connect(sessions, "/echo");
            byte[] noise = new byte[200];
            new java.util.Random(3).nextBytes(noise);
            var remote = Echo.session.getBasicRemote();
            remote.sendText("a".repeat(99));
            remote.sendText("a".repeat(100));
            remote.sendBinary(ByteBuffer.wrap(noise));
            sessions.driver.settle();
            assertThat(client.received())
                    .satisfiesExactly(
                            f -> assertThat(f).isEqualTo("text:" + "a".repeat(99)),
                            f -> assertThat(f).isEqualTo("text*:" + "a".repeat(100)),
                            f -> assertThat(f).startsWith("binary:"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageThatIsSentInPartsIsCompressedAsOneStream(boolean context) throws Exception {
        try (var sessions = sessions(context ? CONTEXT : ALL)) {
            var client = connect(sessions, "/echo");
            var remote = Echo.session.getBasicRemote();
            try (OutputStream out = remote.getSendStream()) {
                for (int i = 0; i < 5; i++) {
                    out.write(ClientFrames.utf8(TEXT));
                    out.flush();
                }
                assertThat(sessions.services.pools().held()).isOne();
            }
            remote.sendText(TEXT);
            sessions.driver.settle();
            List<String> received = client.received();
            assertThat(received.getFirst()).isEqualTo("binary*+:" + TEXT);
            assertThat(received.subList(1, 5)).containsOnly("more*+:" + TEXT);
            assertThat(received.subList(5, 7)).containsExactly("more*:", "text*:" + TEXT);
            assertThat(sessions.services.pools().held()).isEqualTo(context ? 1 : 0);
        }
    }

    @Test
    void whereTooManyHoldADeflaterPartsAreSentAsTheyAre() throws Exception {
        try (var sessions = sessions(new DeflateSettings(true, 6, 0, false, 15, 0))) {
            var client = connect(sessions, "/echo");
            var remote = Echo.session.getBasicRemote();
            remote.sendText("one ", false);
            remote.sendText("two", true);
            remote.sendText(TEXT);
            sessions.driver.settle();
            assertThat(client.received()).containsExactly("text+:one ", "more:two", "text*:" + TEXT);
        }
    }

    @Test
    void framesThatWaitAreCompressedInTheirTurn() {
        try (var sessions = sessions(CONTEXT)) {
            var client = connect(sessions, "/echo");
            client.peer.sendBuffer(50).stopReading();
            var remote = Echo.session.getAsyncRemote();
            for (int i = 0; i < 300; i++) remote.sendText(i + TEXT);
            client.peer.resumeReading();
            sessions.driver.settle();
            List<String> received = client.received();
            assertThat(received).hasSize(300);
            for (int i = 0; i < 300; i++) assertThat(received.get(i)).isEqualTo("text*:" + i + TEXT);
        }
    }

    @Test
    void aPreparedMessageIsCompressedOnceAndFitsInBetweenWhateverWasAgreedOn() {
        for (DeflateSettings settings : List.of(ALL, CONTEXT)) {
            try (var sessions = sessions(settings)) {
                var message = Message.text(TEXT);
                for (String offer :
                        List.of("permessage-deflate", "permessage-deflate; server_max_window_bits=9", "x-none")) {
                    var client = connect(sessions, "/echo", offer);
                    var session = (WebSocketSession) Echo.session;
                    client.send(frames().text(TEXT));
                    assertThat(session.deliver(message, () -> {})).isEqualTo(Recipient.Delivery.SENT);
                    client.send(frames().text(TEXT));
                    String mark = offer.equals("x-none") ? "" : "*";
                    assertThat(client.received())
                            .containsExactly(
                                    "text" + mark + ":" + TEXT,
                                    (offer.equals("permessage-deflate") ? "text*:" : "text:") + TEXT,
                                    "text" + mark + ":" + TEXT);
                }
                PreparedMessage prepared = message.form(GroupRemote.PREPARED, _ -> {
                    throw new AssertionError("made anew");
                });
                assertThat(prepared.compressedFrame(sessions.services.pools()))
                        .isSameAs(prepared.compressedFrame(sessions.services.pools()));
            }
        }
    }

    @Test
    void manyCompressedMessagesAtOnceAreDeliveredOneByOneWithoutBeingHeldAllTogether() {
        try (var sessions = sessions(ALL)) {
            var client = connect(sessions, "/echo");
            var given = frames();
            byte[] payload = ClientFrames.deflated(new byte[60_000]);
            for (int i = 0; i < 100; i++) given.frame(0xC2, payload);
            client.send(given);
            sessions.advance(Duration.ofMillis(100));
            assertThat(client.received()).hasSize(100).allMatch(f -> f.length() == "binary*:".length() + 60_000);
        }
    }
}
