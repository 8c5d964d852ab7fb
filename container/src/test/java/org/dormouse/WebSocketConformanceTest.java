package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.dormouse.websocket.ClientFrames;
import org.dormouse.websocket.RawWebSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Conversations with a whole server, frame by frame, from RFC 6455 and RFC 7692. Their numbers are those of the sections in which the Autobahn test
 * suite asks for the same: 1 framing, 2 pings, 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 the close handshake, 9 large
 * messages, 10 automatic fragmentation, 12 and 13 compression.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketConformanceTest {
    private static final int LARGEST = 1 << 20;

    @ServerEndpoint("/echo")
    public static class Echo {
        @OnOpen
        public void open(Session session) {
            session.setMaxTextMessageBufferSize(LARGEST);
            session.setMaxBinaryMessageBufferSize(LARGEST);
        }

        @OnMessage
        public String text(String text) {
            return text;
        }

        @OnMessage
        public byte[] binary(byte[] bytes) {
            return bytes;
        }
    }

    /**
     * What is sent and what has to come: the frames in order, pongs among themselves, and at last the Close frame, of which only the code is
     * compared where it answers a breach.
     *
     * @param chop bytes of each write; 0: all at once
     */
    private record Talk(String id, ClientFrames sent, int chop, List<String> expected) {
        static Talk of(String id, ClientFrames sent, String... expected) {
            return new Talk(id, sent, 0, List.of(expected));
        }

        Talk chopped(int bytes) {
            return new Talk(id + " in pieces of " + bytes, sent, bytes, expected);
        }
    }

    private final List<Dormouse> servers = new ArrayList<>();

    private Dormouse server(Execution execution, boolean context) {
        Dormouse server = Dormouse.builder()
                .port(0)
                .host("127.0.0.1")
                .loops(1)
                .execution(execution)
                .set("websocket.compression-context", Boolean.toString(context))
                .set("websocket.compression-min-bytes", "0")
                .deploy(Mode.app("/", execution).endpoint(Echo.class))
                .start();
        servers.add(server);
        return server;
    }

    @AfterAll
    void stop() {
        servers.forEach(Dormouse::close);
    }

    private static Stream<Execution> executions() {
        return Stream.of(Execution.LOOP, Execution.VIRTUAL, Execution.POOL, Execution.INLINE);
    }

    @TestFactory
    Stream<DynamicTest> everyConversationEndsAsItHasTo() {
        List<Talk> talks = Stream.of(framing(), pings(), reserved(), opcodes(), fragments(), utf8(), closes(), whole())
                .flatMap(List::stream)
                .toList();
        assertThat(talks).hasSizeGreaterThan(300);
        return executions().flatMap(execution -> {
            Dormouse server = server(execution, false);
            return talks.stream()
                    .map(talk -> DynamicTest.dynamicTest(execution + " " + talk.id, () -> hold(server, talk)));
        });
    }

    private static void hold(Dormouse server, Talk talk) throws IOException {
        try (var client = RawWebSocket.open(server.port(), "/echo")) {
            byte[] bytes = talk.sent.bytes();
            int step = talk.chop == 0 ? Math.max(1, bytes.length) : talk.chop;
            try {
                for (int at = 0; at < bytes.length; at += step)
                    client.write(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
            } catch (IOException e) {
                // the server has seen enough, and closed: what it said can still be read
            }
            List<String> received = new ArrayList<>();
            do {
                received.add(client.next());
            } while (!received.getLast().startsWith("close:"));
            client.expectEnd();
            assertThat(received.removeLast()).startsWith(talk.expected.getLast());
            List<String> expected = talk.expected.subList(0, talk.expected.size() - 1);
            assertThat(only(received, true)).isEqualTo(only(expected, true));
            assertThat(only(received, false)).isEqualTo(only(expected, false));
        }
    }

    private static List<String> only(List<String> frames, boolean pongs) {
        return frames.stream().filter(f -> f.startsWith("pong:") == pongs).toList();
    }

    private static ClientFrames bye(ClientFrames before) {
        return before.close(1000, "");
    }

    private static final String BYE = "close:1000";
    private static final String REFUSED = "close:1002";
    private static final String BAD_TEXT = "close:1007";

    private static List<Talk> framing() {
        List<Talk> talks = new ArrayList<>();
        int number = 1;
        for (int length : new int[] {0, 125, 126, 127, 128, 65535, 65536}) {
            String text = "*".repeat(length);
            talks.add(Talk.of("1.1." + number, bye(frames().text(text)), "text:" + text, BYE));
            talks.add(Talk.of("1.2." + number++, bye(frames().binary(ClientFrames.utf8(text))), "binary:" + text, BYE));
        }
        String text = "*".repeat(65536);
        talks.add(
                Talk.of("1.1.8", bye(frames().text(text)), "text:" + text, BYE).chopped(997));
        talks.add(Talk.of("1.2.8", bye(frames().binary(ClientFrames.utf8(text))), "binary:" + text, BYE)
                .chopped(997));
        return talks;
    }

    private static List<Talk> pings() {
        String longest = "\u00fe".repeat(62) + "x";
        ClientFrames ten = frames();
        String[] pongs = new String[11];
        for (int i = 0; i < 10; i++) {
            ten.ping("payload-" + i);
            pongs[i] = "pong:payload-" + i;
        }
        pongs[10] = BYE;
        return List.of(
                Talk.of("2.1", bye(frames().ping("")), "pong:", BYE),
                Talk.of("2.2", bye(frames().ping("Hello, world!")), "pong:Hello, world!", BYE),
                Talk.of("2.3", bye(frames().ping("\u0000\u0001")), "pong:\u0000\u0001", BYE),
                Talk.of("2.4", bye(frames().ping(longest)), "pong:" + longest, BYE),
                Talk.of("2.5", frames().frame(0x89, new byte[126]), REFUSED),
                Talk.of("2.6", bye(frames().ping(longest)), "pong:" + longest, BYE)
                        .chopped(1),
                Talk.of("2.7", bye(frames().pong("")), BYE),
                Talk.of("2.8", bye(frames().pong("unsolicited")), BYE),
                Talk.of("2.9", bye(frames().pong("unsolicited").ping("p")), "pong:p", BYE),
                Talk.of("2.11", bye(ten), pongs).chopped(1));
    }

    private static List<Talk> reserved() {
        return List.of(
                Talk.of("3.1", frames().frame(0xC1, (byte) 'x'), REFUSED),
                Talk.of("3.2", frames().text("a").frame(0xA1, (byte) 'x').ping(""), "text:a", REFUSED),
                Talk.of("3.3", frames().text("a").frame(0xB1, (byte) 'x').ping(""), "text:a", REFUSED),
                Talk.of("3.4", frames().text("a").frame(0xC1, (byte) 'x').ping(""), "text:a", REFUSED)
                        .chopped(1),
                Talk.of("3.5", frames().frame(0xD2, (byte) 'x'), REFUSED),
                Talk.of("3.6", frames().frame(0xE9, (byte) 'x'), REFUSED),
                Talk.of("3.7", frames().frame(0xF8), REFUSED));
    }

    private static List<Talk> opcodes() {
        List<Talk> talks = new ArrayList<>();
        for (int opcode : new int[] {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
            String id = (opcode < 8 ? "4.1, " : "4.2, ") + opcode;
            talks.add(Talk.of(id, frames().frame(0x80 | opcode), REFUSED));
            talks.add(Talk.of(id, frames().frame(0x80 | opcode, ClientFrames.utf8("reserved")), REFUSED));
            ClientFrames behind = frames().text("a").frame(0x80 | opcode).ping("");
            talks.add(Talk.of(id + " behind a message", behind, "text:a", REFUSED));
            talks.add(
                    Talk.of(id + " behind a message", behind, "text:a", REFUSED).chopped(1));
        }
        return talks;
    }

    private static List<Talk> fragments() {
        byte[] a = ClientFrames.utf8("fragment1");
        byte[] b = ClientFrames.utf8("fragment2");
        String both = "text:fragment1fragment2";
        List<Talk> talks = new ArrayList<>(List.of(
                Talk.of("5.1", frames().frame(0x09, a).frame(0x80, b), REFUSED),
                Talk.of("5.2", frames().frame(0x0A, a).frame(0x80, b), REFUSED),
                Talk.of("5.3", bye(frames().frame(0x01, a).frame(0x80, b)), both, BYE),
                Talk.of("5.6", bye(frames().frame(0x01, a).ping("p").frame(0x80, b)), "pong:p", both, BYE),
                Talk.of("5.9", frames().frame(0x80, a).text("x"), REFUSED),
                Talk.of("5.12", frames().frame(0x00, a).text("x"), REFUSED),
                Talk.of(
                        "5.15",
                        frames().frame(0x01, a).frame(0x80, b).frame(0x00, a).text("x"),
                        both,
                        REFUSED),
                Talk.of("5.16", frames().frame(0x00, a).frame(0x01, a).frame(0x80, b), REFUSED),
                Talk.of("5.17", frames().frame(0x80, a).frame(0x01, a).frame(0x80, b), REFUSED),
                Talk.of("5.18", frames().frame(0x01, a).frame(0x81, b), REFUSED),
                Talk.of(
                        "5.19",
                        bye(frames().frame(0x01, a)
                                .frame(0x00, b)
                                .ping("1")
                                .frame(0x00, a)
                                .frame(0x00, b)
                                .ping("2")
                                .frame(0x80, a)),
                        "pong:1",
                        "pong:2",
                        both + "fragment1fragment2fragment1",
                        BYE),
                Talk.of("a Close inside a message", frames().frame(0x01, a).close(1001, "x"), "close:1001 x"),
                Talk.of(
                        "empty fragments",
                        bye(frames().frame(0x02).frame(0x00).frame(0x00).frame(0x80)),
                        "binary:",
                        BYE)));
        for (Talk talk : List.copyOf(talks)) {
            talks.add(talk.chopped(1));
            talks.add(talk.chopped(7));
        }
        return talks;
    }

    /** Valid and not, after Markus Kuhn's well-known list: sequences at every border of RFC 3629. */
    private static List<Talk> utf8() {
        String valid =
                "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121 cebae1bdb9cf83cebcceb5 00 c280 e0a080 f0908080"
                        + " 7f dfbf efbfbf f48fbfbf ed9fbf ee8080 efbfbd efbfbe f09fbfbe f3bfbfbf efb790 efb7af f48fbfbe";
        String invalid =
                "cebae1bdb9cf83cebcceb5eda080656469746564 cebae1bdb9cf83cebcceb5f4908080656469746564 80 bf 80bf 80bf80bf80 c0 df c0af"
                        + " e080af f08080af f8808080af fc80808080af c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf c080 e08080 f0808080"
                        + " f888808080 fc8480808080 f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf f4908080 fe ff fefeffff eda080 edadbf edae80 edafbf"
                        + " edb080 edbe80 edbfbf eda080edb080 eda080edbfbf edadbfedb080 edafbfedbfbf f5808080 c2 e0a0 e080 f09080 e2 e282"
                        + " f0 f09f f09f98 e2c2 61c261 e28261 f09f9861 cebae1bd cebae1bdb9cf";
        List<Talk> talks = new ArrayList<>();
        talks.add(Talk.of("6.1.1", bye(frames().text("")), "text:", BYE));
        for (String each : valid.split(" ")) {
            byte[] bytes = HexFormat.of().parseHex(each);
            String text = "text:" + new String(bytes, StandardCharsets.UTF_8);
            ClientFrames single = frames();
            for (int i = 0; i < bytes.length; i++) single.frame(i == 0 ? 0x01 : 0x00, bytes[i]);
            talks.add(Talk.of("6 valid " + each, bye(frames().frame(0x81, bytes)), text, BYE));
            talks.add(Talk.of("6 valid " + each + ", a fragment a byte", bye(single.frame(0x80)), text, BYE));
            talks.add(Talk.of("6 valid " + each, bye(frames().frame(0x81, bytes)), text, BYE)
                    .chopped(1));
        }
        for (String each : invalid.split(" ")) {
            byte[] bytes = HexFormat.of().parseHex(each);
            ClientFrames single = frames();
            for (int i = 0; i < bytes.length; i++) single.frame(i == 0 ? 0x01 : 0x00, bytes[i]);
            talks.add(Talk.of("6 invalid " + each, frames().frame(0x81, bytes), BAD_TEXT));
            talks.add(Talk.of("6 invalid " + each + ", a fragment a byte", single.frame(0x80), BAD_TEXT));
            talks.add(Talk.of("6 invalid " + each, frames().frame(0x81, bytes), BAD_TEXT)
                    .chopped(1));
        }
        byte[] bad = HexFormat.of().parseHex("cebae1bdb9cf83cebcceb5f490");
        ClientFrames endless = frames().raw(0x01, 0xFE).number(60_000, 2).raw(0, 0, 0, 0);
        for (byte b : bad) endless.raw(b & 0xFF);
        talks.add(Talk.of("6.4.1 fails in a fragment that is not the last", frames().frame(0x01, bad), BAD_TEXT));
        talks.add(Talk.of("6.4.3 fails in a frame that is not complete", endless, BAD_TEXT));
        talks.add(Talk.of("6.4.4 fails at the byte", endless, BAD_TEXT).chopped(1));
        return talks;
    }

    private static List<Talk> closes() {
        String longest = "*".repeat(123);
        List<Talk> talks = new ArrayList<>(List.of(
                Talk.of("7.1.1", bye(frames().text("Hello")), "text:Hello", BYE),
                Talk.of("7.1.2", bye(bye(frames())), BYE),
                Talk.of("7.1.3", bye(frames()).ping("p"), BYE),
                Talk.of("7.1.4", bye(frames()).text("ghost"), BYE),
                Talk.of("7.1.5", bye(frames().frame(0x01, (byte) 'x')).frame(0x80, (byte) 'y'), BYE),
                Talk.of("7.3.1", frames().frame(0x88), "close:"),
                Talk.of("7.3.2", frames().frame(0x88, (byte) 'a'), REFUSED),
                Talk.of("7.3.3", frames().close(1000, ""), BYE),
                Talk.of("7.3.4", frames().close(1000, "Hello World!"), "close:1000 Hello World!"),
                Talk.of("7.3.5", frames().close(1000, longest), "close:1000 " + longest),
                Talk.of("7.3.6", frames().close(1000, longest + "*"), REFUSED),
                Talk.of("7.5.1", frames().frame(0x88, HexFormat.of().parseHex("03e8cebae1bdb9eda080")), BAD_TEXT)));
        for (int code : new int[] {
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999
        }) talks.add(Talk.of("7.7, " + code, frames().close(code, ""), "close:" + code));
        for (int code : new int[] {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
            talks.add(Talk.of("7.9, " + code, frames().close(code, ""), REFUSED));
        return talks;
    }

    private static List<Talk> whole() {
        String text = "*".repeat(65536);
        ClientFrames parts = frames();
        for (int at = 0; at < 65536; at += 1300)
            parts.frame(at == 0 ? 0x01 : 0x00, ClientFrames.utf8(text.substring(at, Math.min(65536, at + 1300))));
        return List.of(Talk.of("10.1.1", bye(parts.frame(0x80)), "text:" + text, BYE));
    }

    /** Section 9: large messages, in large and small frames, in large and small writes, and many small ones. */
    @TestFactory
    Stream<DynamicTest> largeAndManyMessagesComeBackWhole() {
        Dormouse server = server(Mode.EXECUTION, false);
        List<Talk> talks = new ArrayList<>();
        for (int size : new int[] {64 << 10, 256 << 10, LARGEST}) {
            String text = "BAsd7&jh23".repeat(size / 10 + 1).substring(0, size);
            byte[] bytes = ClientFrames.utf8(text);
            talks.add(Talk.of("9.1, " + size, bye(frames().text(text)), "text:" + text, BYE));
            talks.add(Talk.of("9.2, " + size, bye(frames().binary(bytes)), "binary:" + text, BYE));
            for (int part : new int[] {64, 1024, 65536}) {
                ClientFrames parts = frames();
                for (int at = 0; at < size; at += part)
                    parts.frame(at == 0 ? 0x01 : 0x00, Arrays.copyOfRange(bytes, at, Math.min(size, at + part)));
                talks.add(
                        Talk.of("9.3, " + size + " in frames of " + part, bye(parts.frame(0x80)), "text:" + text, BYE));
            }
            talks.add(Talk.of("9.5, " + size, bye(frames().text(text)), "text:" + text, BYE)
                    .chopped(512));
        }
        ClientFrames many = frames();
        String[] echoes = new String[1001];
        for (int i = 0; i < 1000; i++) {
            many.text(i + "x".repeat(60));
            echoes[i] = "text:" + i + "x".repeat(60);
        }
        echoes[1000] = BYE;
        talks.add(Talk.of("9.7", bye(many), echoes));
        return talks.stream().map(talk -> DynamicTest.dynamicTest(talk.id, () -> hold(server, talk)));
    }

    private static final List<String> OFFERS = List.of(
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=15",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=15",
            "permessage-deflate; server_max_window_bits=99, permessage-deflate; server_no_context_takeover;"
                    + " server_max_window_bits=9, permessage-deflate");

    /** Sections 12 and 13: every offer, messages from nothing to 128 KiB, whole and in fragments, with and without context. */
    @TestFactory
    Stream<DynamicTest> compressedMessagesComeBackWhateverWasAgreedOn() {
        return executions()
                .flatMap(execution -> Stream.of(true, false).flatMap(context -> {
                    Dormouse server = server(execution, context);
                    return OFFERS.stream()
                            .map(offer -> DynamicTest.dynamicTest(
                                    execution + (context ? " with context " : " without ") + offer,
                                    () -> compressed(server, offer)));
                }));
    }

    private static void compressed(Dormouse server, String offer) throws IOException {
        var random = new Random(12);
        var deflater = new Deflater(6, true);
        try (var client = RawWebSocket.open(server.port(), "/echo", "Sec-WebSocket-Extensions: " + offer)) {
            assertThat(client.head()).contains("Sec-WebSocket-Extensions: permessage-deflate");
            boolean resets = client.head().contains("client_no_context_takeover");
            for (int size : new int[] {0, 1, 16, 64, 256, 1024, 4096, 8192, 32768, 131072}) {
                for (int part : new int[] {Integer.MAX_VALUE, 1000, 100}) {
                    if (size / part > 200) continue;
                    String text = words(random, size);
                    if (resets) deflater.reset();
                    send(client, deflater, text, part);
                    client.send(frames().ping(""));
                    String echo = client.next();
                    if (echo.equals("pong:")) echo = client.next();
                    else assertThat(client.next()).isEqualTo("pong:");
                    assertThat(echo.replace("text*:", "text:")).isEqualTo("text:" + text);
                    assertThat(size < 64 || echo.startsWith("text*:")).isTrue();
                }
            }
            client.send(frames().close(1000, ""));
            assertThat(client.next()).isEqualTo(BYE);
            client.expectEnd();
        } finally {
            deflater.end();
        }
    }

    private static void send(RawWebSocket client, Deflater deflater, String text, int part) throws IOException {
        byte[] message = ClientFrames.utf8(text);
        deflater.setInput(message);
        byte[] made = new byte[message.length + message.length / 8 + 64];
        int length = deflater.deflate(made, 0, made.length, Deflater.SYNC_FLUSH) - 4;
        byte[] payload = length > 0 ? Arrays.copyOf(made, length) : new byte[1];
        ClientFrames given = frames();
        int at = 0;
        do {
            int end = (int) Math.min(payload.length, (long) at + part);
            int first = (at == 0 ? 0x41 : 0x00) | (end == payload.length ? 0x80 : 0);
            given.frame(first, Arrays.copyOfRange(payload, at, end));
            at = end;
        } while (at < payload.length);
        client.send(given);
    }

    private static String words(Random random, int size) {
        String[] words = {"{\"name\": ", "\"value\"", ", ", "1234", "[true, false]", "}", "gr\u00fcn", "\u20ac"};
        var text = new StringBuilder();
        while (text.length() < size)
            text.append(words[random.nextInt(words.length)]).append(random.nextInt(100));
        text.setLength(size);
        return text.toString();
    }
}
