package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Decoder;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.frame.DeflateSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are read while they arrive, over the kernel in memory. */
class InboundStreamTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>();
    private static volatile boolean mayRead;
    private static volatile Thread reader;

    @BeforeEach
    void clearLog() {
        LOG.clear();
        mayRead = false;
    }

    @ServerEndpoint("/lines")
    public static class Lines {
        @OnMessage
        public void text(Reader text) throws IOException {
            LOG.add("begin");
            StringBuilder line = new StringBuilder();
            for (int c = text.read(); c >= 0; c = text.read()) {
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                LOG.add(line.toString());
                line.setLength(0);
            }
            LOG.add("end " + line);
        }

        @OnMessage
        public String bytes(InputStream bytes) throws IOException {
            return bytes.readAllBytes().length + " bytes";
        }

        @OnError
        public void error(Throwable error) {
            LOG.add("error " + error.getMessage());
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode());
        }
    }

    /** Reads when it is let. */
    @ServerEndpoint("/slow")
    public static class Slow {
        @OnMessage
        public String bytes(InputStream bytes) throws IOException {
            reader = Thread.currentThread();
            while (!mayRead) LockSupport.park();
            return bytes.readAllBytes().length + " bytes";
        }
    }

    /** Leaves everything behind the first byte. */
    @ServerEndpoint("/first")
    public static class First {
        static volatile InputStream left;

        @OnMessage
        public String bytes(InputStream bytes) throws IOException {
            left = bytes;
            return "first " + bytes.read();
        }
    }

    public static class Length implements Decoder.TextStream<Integer> {
        @Override
        public Integer decode(Reader reader) throws IOException {
            int length = 0;
            while (reader.read() >= 0) length++;
            return length;
        }
    }

    @ServerEndpoint(value = "/length", decoders = Length.class)
    public static class Limited {
        @OnMessage(maxMessageSize = 10)
        public String length(Integer length) {
            return length + " characters";
        }
    }

    private static ScriptedSessions sessions() {
        return new ScriptedSessions(Lines.class, Slow.class, First.class, Limited.class);
    }

    @Test
    void whatHasArrivedIsReadBeforeTheMessageHasEnded() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/lines");
            client.send(frames().frame(0x01, ClientFrames.utf8("one\ntw")));
            assertThat(LOG).containsExactly("begin", "one");
            client.send(frames().ping("p").frame(0x00, ClientFrames.utf8("o\n\u00e4")));
            assertThat(LOG).containsExactly("begin", "one", "two");
            assertThat(client.received()).containsExactly("pong:p");
            client.send(frames().frame(0x80, ClientFrames.utf8("x")));
            assertThat(LOG).containsExactly("begin", "one", "two", "end \u00e4x");
        }
    }

    @Test
    void oneFrameIsReadWhileItArrives() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/lines");
            byte[] frame = frames().text("one\ntwo\nthree").bytes();
            client.peer.send(Arrays.copyOf(frame, 11));
            sessions.driver.settle();
            assertThat(LOG).containsExactly("begin", "one");
            client.peer.send(Arrays.copyOfRange(frame, 11, frame.length));
            sessions.driver.settle();
            assertThat(LOG).containsExactly("begin", "one", "two", "end three");
        }
    }

    @Test
    void messagesBehindAStreamWaitForItsReaderAndKeepTheirOrder() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/slow");
            client.send(frames().frame(0x02, new byte[3]));
            client.send(frames().frame(0x80, new byte[4]).binary(new byte[5]).binary(new byte[6]));
            client.send(frames().frame(0x02, new byte[7]).frame(0x80, new byte[1]));
            assertThat(client.received()).isEmpty();
            read(sessions);
            assertThat(client.received())
                    .containsExactly("text:7 bytes", "text:5 bytes", "text:6 bytes", "text:8 bytes");
        }
    }

    @Test
    void closeBehindAStreamIsHeardWhenItHasBeenRead() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/slow");
            client.send(frames().frame(0x02, new byte[3]));
            client.send(frames().frame(0x80, new byte[4]).binary(new byte[5]).close(1000, ""));
            read(sessions);
            assertThat(client.received()).containsExactly("text:7 bytes", "text:5 bytes", "close:1000");
        }
    }

    @Test
    void peerIsReadNoFasterThanTheMessageIs() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/slow");
            byte[] message = new byte[1 << 20];
            client.send(frames().binary(message));
            assertThat(client.peer.untaken()).isGreaterThan(message.length - 8 * InboundStream.ROOM);
            read(sessions);
            assertThat(client.peer.untaken()).isZero();
            assertThat(client.received()).containsExactly("text:" + message.length + " bytes");
        }
    }

    @Test
    void whatIsLeftUnreadIsDroppedAndTheNextMessageIsDelivered() throws Exception {
        try (var sessions = sessions()) {
            var client = sessions.connect("/first");
            client.send(frames().frame(0x02, (byte) 1, (byte) 2));
            assertThat(client.received()).containsExactly("text:first 1");
            InputStream left = First.left;
            client.send(frames().frame(0x00, new byte[200_000])
                    .frame(0x80, (byte) 3)
                    .binary((byte) 4, (byte) 5));
            assertThat(client.received()).containsExactly("text:first 4");
            assertThatThrownBy(left::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void readerOfAMessageThatWillNeverEndIsTold() {
        try (var sessions = sessions()) {
            sessions.connect("/lines")
                    .send(frames().frame(0x01, (byte) 'a'))
                    .peer
                    .reset();
            sessions.driver.settle();
            assertThat(LOG).hasSize(3).startsWith("begin").endsWith("close 1006");
            assertThat(LOG.get(1)).startsWith("error the session ended before the message did");

            LOG.clear();
            var client = sessions.connect("/lines");
            client.send(frames().frame(0x01, (byte) 'a'));
            client.send(frames().frame(0x80, (byte) 0xFF));
            assertThat(LOG).hasSize(3).endsWith("close 1007");
            assertThat(client.received()).singleElement().asString().startsWith("close:1007");
        }
    }

    @Test
    void streamsHaveNoLimitButTheirMethodsForWhatADecoderMakesOfThem() {
        try (var sessions = sessions()) {
            var client = sessions.connect("/lines").send(frames().binary(new byte[100_000]));
            assertThat(client.received()).containsExactly("text:100000 bytes");
            var limited = sessions.connect("/length");
            limited.send(frames().text("1234567890"));
            limited.send(frames().frame(0x01, ClientFrames.utf8("12345")).frame(0x80, ClientFrames.utf8("123456")));
            assertThat(limited.received())
                    .containsExactly(
                            "text:10 characters",
                            "close:1009 message of more than 10 bytes, limit 10 (maxMessageSize)");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void compressedMessagesAreReadWhileTheyArriveToo(boolean keepsContext) {
        byte[] message = new byte[300_000];
        new Random(1).nextBytes(message);
        for (int i = 0; i < message.length; i++) message[i] &= 0x0F;
        try (var sessions = compressing(keepsContext)) {
            var client = compressed(sessions, "/slow");
            for (int i = 0; i < 2; i++) {
                mayRead = false;
                client.send(inTwo(2, message));
                assertThat(client.peer.untaken()).isPositive();
                read(sessions);
                assertThat(client.received()).allMatch(text -> text.endsWith(":300000 bytes"));
            }
            var first = compressed(sessions, "/first");
            first.send(inTwo(2, message)).send(frames().compressed(2, (byte) 7));
            assertThat(first.received()).hasSize(2).last().asString().endsWith(":first 7");
            var lines = compressed(sessions, "/lines");
            lines.send(inTwo(1, "one\ntwo\n\u00e4".getBytes(StandardCharsets.UTF_8)));
            assertThat(LOG).containsExactly("begin", "one", "two", "end \u00e4");
        }
    }

    @Test
    void compressedMessageThatIsNoneEndsTheSessionWith1007WhateverItsReaderDoes() {
        try (var sessions = compressing(false)) {
            var client = compressed(sessions, "/lines").send(frames().frame(0xC1, (byte) 0xFF, (byte) 0xFF));
            assertThat(client.received()).singleElement().asString().startsWith("close:1007");
            assertThat(LOG).hasSize(3).last().isEqualTo("close 1007");
        }
    }

    private static ScriptedSessions compressing(boolean keepsContext) {
        var settings = new DeflateSettings(true, 6, 0, keepsContext, 15, 10);
        return new ScriptedSessions(
                WebSocketServices.of(WebSocketLimits.DEFAULT, ScriptedSessions.MANY, SlowPeer.FAIL, settings),
                null,
                Lines.class,
                Slow.class,
                First.class);
    }

    private static ScriptedSessions.Client compressed(ScriptedSessions sessions, String path) {
        return sessions.connect(
                path,
                new OpeningRequestOf("ws://localhost" + path)
                        .with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
    }

    private static ClientFrames inTwo(int opcode, byte[] message) {
        byte[] payload = ClientFrames.deflated(message);
        int half = payload.length / 2;
        return frames().frame(0x40 | opcode, Arrays.copyOf(payload, half))
                .frame(0x80, Arrays.copyOfRange(payload, half, payload.length));
    }

    private static void read(ScriptedSessions sessions) {
        mayRead = true;
        LockSupport.unpark(reader);
        sessions.driver.settle();
    }
}
