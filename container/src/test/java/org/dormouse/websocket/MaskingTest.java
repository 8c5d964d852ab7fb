package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskingTest {
    @Test
    void everyLengthOffsetAndPositionIsMaskedLikeByteByByte() {
        Random random = new Random(3);
        for (int length = 0; length < 40; length++) {
            for (int offset = 0; offset < 9; offset++) {
                for (int position = 0; position < 9; position++) {
                    byte[] bytes = new byte[offset + length + 3];
                    random.nextBytes(bytes);
                    int key = random.nextInt();
                    byte[] expected = naively(bytes, offset, length, key, position);
                    Masking.apply(bytes, offset, offset + length, key, position);
                    assertThat(bytes).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void positionsBeyondTheIntsCount() {
        byte[] bytes = {1, 2, 3};
        byte[] expected = naively(bytes, 0, 3, 0x01020304, 3);
        Masking.apply(bytes, 0, 3, 0x01020304, (1L << 40) + 3);
        assertThat(bytes).isEqualTo(expected);
    }

    private static byte[] naively(byte[] bytes, int offset, int length, int key, int position) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < length; i++) masked[offset + i] ^= (byte) (key >>> 24 - 8 * ((position + i) % 4));
        return masked;
    }
}
