package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.dormouse.websocket.ClientFrames.frames;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each case is parsed whole, byte by byte, and split at every position. */
class FrameParserTest {
    private static final int LONG = 70_000;

    static Stream<Arguments> goodFrames() {
        byte[] mid = new byte[300];
        Arrays.fill(mid, (byte) 'm');
        return Stream.of(
                Arguments.of("an empty text", frames().text(""), List.of("1 last []")),
                Arguments.of("a text", frames().text("Hello"), List.of("1 last [Hello]")),
                Arguments.of(
                        "two frames at once",
                        frames().text("a").binary((byte) 'b'),
                        List.of("1 last [a]", "2 last [b]")),
                Arguments.of(
                        "a fragmented text with a ping inside",
                        frames().frame(0x01, (byte) 'a').ping("p").frame(0x00).frame(0x80, (byte) 'c'),
                        List.of("1 part [a]", "9 last [p]", "1 part []", "1 last [c]")),
                Arguments.of("125 bytes", frames().text("x".repeat(125)), List.of("1 last [" + "x".repeat(125) + "]")),
                Arguments.of("126 bytes", frames().text("x".repeat(126)), List.of("1 last [" + "x".repeat(126) + "]")),
                Arguments.of("300 bytes", frames().binary(mid), List.of("2 last [" + "m".repeat(300) + "]")),
                Arguments.of(
                        "a ping of 125 bytes",
                        frames().ping("p".repeat(125)),
                        List.of("9 last [" + "p".repeat(125) + "]")),
                Arguments.of("an unasked pong", frames().pong(""), List.of("10 last []")),
                Arguments.of("a Close frame", frames().frame(0x88), List.of("8 last []")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodFrames")
    void framesAreUnderstoodHoweverTheyArrive(String name, ClientFrames given, List<String> expected) {
        for (List<byte[]> pieces : splits(given.bytes()))
            assertThat(parse(pieces).seen).isEqualTo(expected);
    }

    @Test
    void frameOf64BitLengthIsUnderstoodInPieces() {
        byte[] payload = new byte[LONG];
        Arrays.fill(payload, (byte) 'z');
        byte[] bytes = frames().binary(payload).bytes();
        for (int split : new int[] {1, 2, 9, 10, 13, 14, 15, 4000, bytes.length - 1}) {
            assertThat(parse(List.of(Arrays.copyOf(bytes, split), Arrays.copyOfRange(bytes, split, bytes.length))).seen)
                    .isEqualTo(List.of("2 last [" + "z".repeat(LONG) + "]"));
        }
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                Arguments.of("reserved bit 1", frames().raw(0xC1, 0x80, 0, 0, 0, 0), "reserved bits 0x40"),
                Arguments.of("reserved bit 2", frames().raw(0xA1, 0x80), "reserved bits 0x20"),
                Arguments.of("reserved bit 3", frames().raw(0x91, 0x80), "reserved bits 0x10"),
                Arguments.of("opcode 3", frames().raw(0x83, 0x80), "opcode 3"),
                Arguments.of("opcode 7", frames().raw(0x87, 0x80), "opcode 7"),
                Arguments.of("opcode 11", frames().raw(0x8B, 0x80), "opcode 11"),
                Arguments.of("opcode 15", frames().raw(0x8F, 0x80), "opcode 15"),
                Arguments.of("no mask", frames().raw(0x81, 0x01, 'a'), "without a mask"),
                Arguments.of("a fragmented ping", frames().raw(0x09, 0x80), "fragmented control frame, opcode 9"),
                Arguments.of("a fragmented Close", frames().raw(0x08, 0x80), "fragmented control frame, opcode 8"),
                Arguments.of("a ping of 126 bytes", frames().frame(0x89, new byte[126]), "longer than 125"),
                Arguments.of("a Close with 64-bit length", frames().raw(0x88, 0xFF), "longer than 125"),
                Arguments.of("a continuation of nothing", frames().frame(0x80, (byte) 'a'), "without a message"),
                Arguments.of("a continuation after the last", frames().text("a").frame(0x00), "without a message"),
                Arguments.of("a text inside a text", frames().frame(0x01).frame(0x81), "opcode 1 inside"),
                Arguments.of("a binary inside a text", frames().frame(0x01).frame(0x02), "opcode 2 inside"),
                Arguments.of(
                        "16-bit length of 125",
                        frames().raw(0x82, 0xFE).number(125, 2),
                        "length 125 not in its shortest"),
                Arguments.of(
                        "16-bit length of 0", frames().raw(0x82, 0xFE).number(0, 2), "length 0 not in its shortest"),
                Arguments.of(
                        "64-bit length of 65535",
                        frames().raw(0x82, 0xFF).number(65535, 8),
                        "65535 not in its shortest"),
                Arguments.of("64-bit length below 0", frames().raw(0x82, 0xFF).number(-1, 8), "highest bit set"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void violationIsFoundHoweverItArrives(String name, ClientFrames given, String detail) {
        for (List<byte[]> pieces : splits(given.bytes())) {
            ProtocolViolation violation = parse(pieces).violation;
            assertThat(violation).as("of %s", pieces.size()).isNotNull().hasMessageContaining(detail);
            assertThat(violation.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void hugeAnnouncedLengthReachesTheReceiverBeforeAnyPayload() {
        Seen seen =
                parse(List.of(frames().raw(0x82, 0xFF).number(Long.MAX_VALUE, 8).bytes()));
        assertThat(seen.violation).isNull();
        assertThat(seen.announced).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void payloadOfTheLongestFrameIsTakenAsItComesAndNoFurther() {
        byte[] head = frames().raw(0x82, 0xFF)
                .number(Long.MAX_VALUE, 8)
                .raw(0, 0, 0, 0)
                .bytes();
        byte[] some = {'a', 'b', 'c'};
        Seen seen = parse(List.of(head, some, some));
        assertThat(seen.violation).isNull();
        assertThat(seen.payload.toString(java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo("abcabc");
    }

    @Test
    void nothingIsParsedAfterTheReceiverHadEnough() {
        Seen seen = new Seen();
        seen.stopAfter = 1;
        byte[] bytes = frames().text("a").raw(0xFF, 0xFF).bytes();
        try {
            assertThat(new FrameParser(Role.SERVER, false).parse(bytes, 0, bytes.length, seen))
                    .isFalse();
        } catch (ProtocolViolation e) {
            fail("parsed on: " + e.getMessage());
        }
        assertThat(seen.seen).containsExactly("1 last [a]");
    }

    @Test
    void framesOfAServerHaveNoKeyHoweverTheyArrive() {
        byte[] given = frames().raw(0x81, 2, 'h', 'i', 0x82, 0, 0x82, 126, 0, 126)
                .raw(new int[126])
                .raw(0x89, 1, 'p')
                .bytes();
        List<String> expected = List.of("1 last [hi]", "2 last []", "2 last [" + "\0".repeat(126) + "]", "9 last [p]");
        for (List<byte[]> pieces : splits(given))
            assertThat(parse(Role.CLIENT, pieces).seen).isEqualTo(expected);
    }

    @Test
    void maskedFrameOfAServerIsRefused() {
        ProtocolViolation violation =
                parse(Role.CLIENT, List.of(frames().text("a").bytes())).violation;
        assertThat(violation).hasMessageContaining("frame of a server with a mask");
        assertThat(violation.closeCode()).isEqualTo(1002);
    }

    @Test
    void theFirstReservedBitOfAMessageSaysThatAllOfItIsCompressed() {
        ClientFrames given = frames().frame(0x41, (byte) 'a')
                .ping("p")
                .frame(0x00, (byte) 'b')
                .frame(0x80, (byte) 'c')
                .frame(0xC2)
                .text("d");
        for (List<byte[]> pieces : splits(given.bytes())) {
            assertThat(parse(Role.SERVER, true, pieces).seen)
                    .containsExactly(
                            "1 compressed part [a]",
                            "9 last [p]",
                            "1 compressed part [b]",
                            "1 compressed last [c]",
                            "2 compressed last []",
                            "1 last [d]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC9, 0xCA, 0xC8, 0xA1, 0x91, 0xE1, 0xD1, 0xF1, 0x31})
    void otherReservedBitsAreRefusedWhereMessagesMayBeCompressed(int first) {
        Seen seen = parse(Role.SERVER, true, List.of(frames().raw(first).bytes()));
        assertThat(seen.violation.breach()).isEqualTo(Breach.RESERVED_BITS);
    }

    @Test
    void aContinuationHasNoReservedBit() {
        Seen seen = parse(
                Role.SERVER,
                true,
                List.of(frames().frame(0x41, (byte) 'a').raw(0xC0).bytes()));
        assertThat(seen.violation.breach()).isEqualTo(Breach.RESERVED_BITS);
    }

    private static Seen parse(List<byte[]> pieces) {
        return parse(Role.SERVER, pieces);
    }

    private static Seen parse(Role role, List<byte[]> pieces) {
        return parse(role, false, pieces);
    }

    private static Seen parse(Role role, boolean compresses, List<byte[]> pieces) {
        Seen seen = new Seen();
        FrameParser parser = new FrameParser(role, compresses);
        try {
            for (byte[] piece : pieces) {
                byte[] framed = new byte[piece.length + 5]; // not at the start, and not up to the end, of its array
                System.arraycopy(piece, 0, framed, 3, piece.length);
                parser.parse(framed, 3, 3 + piece.length, seen);
            }
        } catch (ProtocolViolation e) {
            seen.violation = e;
        }
        return seen;
    }

    static List<List<byte[]>> splits(byte[] bytes) {
        List<List<byte[]>> all = new ArrayList<>();
        all.add(List.of(bytes));
        List<byte[]> single = new ArrayList<>();
        for (byte b : bytes) single.add(new byte[] {b});
        all.add(single);
        for (int at = 1; at < bytes.length; at++) {
            all.add(List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length)));
        }
        return all;
    }

    private static final class Seen implements FrameParser.Frames {
        final List<String> seen = new ArrayList<>();
        final List<Long> announced = new ArrayList<>();
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        ProtocolViolation violation;
        int stopAfter = Integer.MAX_VALUE;
        private String head;

        @Override
        public void frame(int opcode, boolean compressed, boolean last, long length) {
            head = opcode + (compressed ? " compressed" : "") + (last ? " last" : " part");
            announced.add(length);
        }

        @Override
        public boolean payload(byte[] bytes, int from, int to, boolean complete) {
            payload.write(bytes, from, to - from);
            if (complete) {
                seen.add(head + " [" + payload.toString(java.nio.charset.StandardCharsets.ISO_8859_1) + "]");
                payload.reset();
            }
            return seen.size() < stopAfter;
        }
    }
}
