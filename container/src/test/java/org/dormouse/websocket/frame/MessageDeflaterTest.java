package org.dormouse.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDeflaterTest {
    private final DeflatePools pools = new DeflatePools(new DeflateSettings(true, 6, 0, true, 15, 10));

    @AfterEach
    void close() {
        pools.close();
    }

    private static DeflateTerms terms(boolean context, int bits) {
        return new DeflateTerms(context, context, bits, 15);
    }

    /** Words that come again after some hundred bytes, and after some thousand. */
    private static byte[] text(int length) {
        var random = new Random(5);
        var words = new String[400];
        for (int i = 0; i < words.length; i++) words[i] = Long.toString(random.nextLong() >>> 20, 36) + " ";
        var text = new StringBuilder();
        while (text.length() < length) text.append(words[random.nextInt(words.length)]);
        return text.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void theExampleOfTheRfcIsUnderstoodAndMade() {
        byte[] hello = "Hello".getBytes(StandardCharsets.US_ASCII);
        byte[] expected = {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00};
        try (var deflater = new MessageDeflater(pools, terms(true, 15))) {
            assertThat(deflater.part(hello, 0, 5, true)).isEqualTo(expected);
            // the second refers to the first (RFC 7692 §7.2.3.2)
            assertThat(deflater.part(hello, 0, 5, true)).isEqualTo(new byte[] {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00});
        }
    }

    @Test
    void anEmptyMessageIsOneByteWhateverCameBefore() {
        try (var deflater = new MessageDeflater(pools, terms(true, 15))) {
            for (int i = 0; i < 3; i++)
                assertThat(deflater.part(new byte[0], 0, 0, true)).isEqualTo(new byte[1]);
            deflater.part(new byte[100], 0, 100, true);
            assertThat(deflater.part(new byte[0], 0, 0, true)).isEqualTo(new byte[1]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
    void whatIsSentRefersNoFurtherBackThanTheWindowOverAllMessages(int bits) {
        var peer = new NaiveInflate(bits);
        byte[] text = text(60_000);
        var random = new Random(bits);
        try (var deflater = new MessageDeflater(pools, terms(true, bits))) {
            int at = 0;
            long sent = 0;
            while (at < text.length) {
                int length = Math.min(text.length - at, random.nextInt(3000));
                byte[] payload = deflater.part(text, at, length, true);
                assertThat(peer.message(payload)).isEqualTo(Arrays.copyOfRange(text, at, at + length));
                at += length;
                sent += payload.length;
            }
            assertThat(sent).isLessThan(text.length);
        }
        assertThat(peer.furthest).isGreaterThan(1 << bits - 1);
    }

    @Test
    void withoutContextAMessageRefersToNoneBefore() {
        byte[] text = text(2000);
        for (int i = 0; i < 2; i++) {
            byte[] payload = MessageDeflater.whole(pools, terms(false, 15), text, 0, text.length);
            assertThat(new NaiveInflate(15).message(payload)).isEqualTo(text);
        }
        assertThat(pools.deflaters().kept()).isOne();
    }

    @Test
    void whatDoesNotGetShorterIsNotCompressed() {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        assertThat(MessageDeflater.whole(pools, terms(false, 15), noise, 0, noise.length))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"true, 15", "false, 15", "true, 9", "false, 8"})
    void aMessageInPartsIsOneStream(boolean context, int bits) {
        byte[] text = text(5000);
        try (var deflater = new MessageDeflater(pools, terms(context, bits))) {
            var all = new java.io.ByteArrayOutputStream();
            for (int at = 0; at < 5000; at += 1000) all.writeBytes(deflater.part(text, at, 1000, false));
            all.writeBytes(deflater.part(text, 0, 0, true));
            assertThat(new NaiveInflate(bits).message(all.toByteArray())).isEqualTo(text);
            assertThat(pools.held()).isEqualTo(context ? 1 : 0);
        }
        assertThat(pools.held()).isZero();
        assertThat(pools.deflaters().kept()).isOne();
    }

    @Test
    void whereNoMoreMayBeHeldThereIsNoContext() {
        for (int i = 0; i < 10; i++) assertThat(pools.tryHold()).isTrue();
        assertThat(pools.settings().keepsContext()).isFalse();
        try (var deflater = new MessageDeflater(pools, terms(true, 15))) {
            byte[] first = deflater.part(text(1000), 0, 1000, true);
            assertThat(deflater.part(text(1000), 0, 1000, true)).isEqualTo(first);
            assertThat(pools.deflaters().kept()).isOne();
        }
        assertThat(pools.held()).isEqualTo(10);
    }

    @Test
    void whatIsForgottenIsNotReferredTo() {
        byte[] text = text(1000);
        try (var deflater = new MessageDeflater(pools, terms(true, 15))) {
            byte[] first = deflater.part(text, 0, text.length, true);
            deflater.forget();
            assertThat(deflater.part(text, 0, text.length, true)).isEqualTo(first);
        }
    }
}
