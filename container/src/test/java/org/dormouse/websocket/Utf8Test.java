package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void everySequenceOfUpToThreeBytesIsJudgedLikeTheDecoderOfTheJdk() {
        byte[] bytes = new byte[3];
        for (int a = 0; a < 256; a++) {
            bytes[0] = (byte) a;
            assertSameVerdict(bytes, 1);
            for (int b = 0; b < 256; b++) {
                bytes[1] = (byte) b;
                assertSameVerdict(bytes, 2);
                if (a < 0xE0 || a > 0xEF) continue; // only these begin three bytes
                for (int c = 0x70; c < 0xD0; c++) {
                    bytes[2] = (byte) c;
                    assertSameVerdict(bytes, 3);
                }
            }
        }
    }

    @Test
    void everyCodePointAboveTheBasicPlaneIsAccepted() {
        for (int point = 0x10000; point <= 0x10FFFF; point += 61) {
            byte[] bytes = new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8);
            assertThat(Utf8.check(Utf8.BOUNDARY, bytes, 0, bytes.length)).isEqualTo(Utf8.BOUNDARY);
        }
    }

    @Test
    void whatIsBeyondTheLastCodePointIsMalformedAtTheByteThatTellsIt() {
        byte[] beyond = {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80};
        assertThat(Utf8.check(Utf8.BOUNDARY, beyond, 0, 1)).isNotEqualTo(Utf8.MALFORMED);
        assertThat(Utf8.check(Utf8.BOUNDARY, beyond, 0, 2)).isEqualTo(Utf8.MALFORMED);
    }

    @Test
    void piecesGiveTheSameVerdictAsTheWhole() {
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = randomText(random);
            boolean whole = Utf8.check(Utf8.BOUNDARY, bytes, 0, bytes.length) == Utf8.BOUNDARY;
            int state = Utf8.BOUNDARY;
            for (int at = 0; at < bytes.length && state != Utf8.MALFORMED; ) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(5));
                state = Utf8.check(state, bytes, at, end);
                at = end;
            }
            assertThat(state == Utf8.BOUNDARY).isEqualTo(whole).isEqualTo(isValid(bytes, bytes.length));
        }
    }

    @Test
    void theUnfinishedEndIsTheBytesOfTheLastCharacterThatIsNotComplete() {
        byte[] bytes = "a\u00e9\u20ac\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        int[] expected = {0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0};
        for (int end = 0; end <= bytes.length; end++) {
            assertThat(Utf8.unfinished(bytes, 0, end)).as("of %d bytes", end).isEqualTo(expected[end]);
        }
    }

    private static byte[] randomText(Random random) {
        byte[] bytes = "plain ascii text \u00e9\u20ac\ud83d\ude00 and more of it".getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean()) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        return bytes;
    }

    private static void assertSameVerdict(byte[] bytes, int length) {
        boolean ours = Utf8.check(Utf8.BOUNDARY, bytes, 0, length) == Utf8.BOUNDARY;
        if (ours != isValid(bytes, length)) {
            assertThat(ours)
                    .as("%02x %02x %02x, %d bytes", bytes[0], bytes[1], bytes[2], length)
                    .isEqualTo(!ours);
        }
    }

    private static boolean isValid(byte[] bytes, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
