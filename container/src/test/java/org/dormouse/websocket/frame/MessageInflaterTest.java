package org.dormouse.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageInflaterTest {
    private final DeflatePools pools = new DeflatePools(new DeflateSettings(true, 6, 0, true, 15, 2));
    private final DeflateTerms withContext = new DeflateTerms(true, true, 15, 15);
    private final DeflateTerms withoutContext = new DeflateTerms(false, false, 15, 15);

    @AfterEach
    void close() {
        pools.close();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] out(MessageInflater inflater, int step) throws DataFormatException {
        var made = new ByteArrayOutputStream();
        byte[] some = new byte[step];
        for (int n = inflater.next(some, 0, step); n > 0; n = inflater.next(some, 0, step)) made.write(some, 0, n);
        assertThat(inflater.hasMore()).isFalse();
        return made.toByteArray();
    }

    /** The examples of RFC 7692 §7.2.3, and what else a sender may make of it. */
    @ParameterizedTest
    @CsvSource({
        "f2 48 cd c9 c9 07 00, Hello",
        "00 05 00 fa ff 48 65 6c 6c 6f 00, Hello",
        "f3 48 cd c9 c9 07 00 00, Hello",
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00, Hello",
        "f3 48 cd c9 c9 07 00, Hello", // ends with a last block and nothing else
        "01 05 00 fa ff 48 65 6c 6c 6f, Hello",
        "f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00, HelloHello",
        "00, ''",
        "'', ''",
        "01, ''",
        "02 00, ''",
        "00 00 00 ff ff 00 00 00 ff ff 00, ''"
    })
    void whatASenderMayMakeIsUnderstoodWholeByteByByteAndSplitAnywhere(String payload, String text) throws Exception {
        byte[] bytes = hex(payload);
        byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
        for (DeflateTerms terms : new DeflateTerms[] {withContext, withoutContext}) {
            for (int step : new int[] {1, 3, 1000}) {
                try (var inflater = new MessageInflater(pools, terms)) {
                    assertThat(inflater.feed(bytes, 0, bytes.length, true)).isTrue();
                    assertThat(out(inflater, step)).isEqualTo(expected);
                    for (int split = 0; split <= bytes.length; split++) {
                        inflater.feed(bytes, 0, split, false);
                        byte[] first = out(inflater, step);
                        inflater.feed(bytes, split, bytes.length, true);
                        byte[] rest = out(inflater, step);
                        byte[] all = Arrays.copyOf(first, first.length + rest.length);
                        System.arraycopy(rest, 0, all, first.length, rest.length);
                        assertThat(all).as("split at %d", split).isEqualTo(expected);
                    }
                    for (int i = 0; i < bytes.length; i++) {
                        inflater.feed(bytes, i, i + 1, false);
                        out(inflater, step);
                    }
                    inflater.feed(bytes, 0, 0, true);
                    out(inflater, step);
                    assertThat(pools.held()).isEqualTo(terms.keepsPeersContext() ? 1 : 0);
                }
            }
        }
        assertThat(pools.held()).isZero();
    }

    @Test
    void aMessageMayReferToTheOneBeforeOnlyWhereTheContextIsKept() throws Exception {
        byte[] first = hex("f2 48 cd c9 c9 07 00");
        byte[] second = hex("f2 00 11 00 00");
        try (var inflater = new MessageInflater(pools, withContext)) {
            for (byte[] each : new byte[][] {first, second}) {
                inflater.feed(each, 0, each.length, true);
                assertThat(new String(out(inflater, 100), StandardCharsets.US_ASCII))
                        .isEqualTo("Hello");
            }
        }
        try (var inflater = new MessageInflater(pools, withoutContext)) {
            inflater.feed(first, 0, first.length, true);
            out(inflater, 100);
            inflater.feed(second, 0, second.length, true);
            assertThatThrownBy(() -> out(inflater, 100)).isInstanceOf(DataFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "07", // block type 3
                "06 00",
                "00 05 00 00 00 48", // lengths that disagree
                "ff ff ff ff",
                "f2 48 cd c9 c9", // ends inside a block
                "00 05 00 fa ff 48 65 6c",
                "f2 00 11 00 00" // refers to nothing
            })
    void whatIsNoDeflateStreamIsRefused(String payload) {
        byte[] bytes = hex(payload);
        try (var inflater = new MessageInflater(pools, withoutContext)) {
            inflater.feed(bytes, 0, bytes.length, true);
            assertThatThrownBy(() -> out(inflater, 100)).isInstanceOf(DataFormatException.class);
        }
        assertThat(pools.inflaters().kept()).isOne();
    }

    @Test
    void nothingIsMadeThatNobodyTakes() throws Exception {
        byte[] bomb = MessageDeflater.whole(pools, withoutContext, new byte[20_000_000], 0, 20_000_000);
        assertThat(bomb.length).isLessThan(25_000);
        try (var inflater = new MessageInflater(pools, withoutContext)) {
            inflater.feed(bomb, 0, bomb.length, true);
            byte[] some = new byte[1000];
            assertThat(inflater.next(some, 0, 1000)).isEqualTo(1000);
            assertThat(inflater.hasMore()).isTrue();
        }
        assertThat(pools.inflaters().kept()).isOne();
    }

    @Test
    void anInflaterIsHeldOnlyInsideAMessageAndOnlyAsManyAsMayBe() throws Exception {
        byte[] bytes = hex("f2 48 cd c9 c9 07 00");
        var one = new MessageInflater(pools, withoutContext);
        var two = new MessageInflater(pools, withoutContext);
        var three = new MessageInflater(pools, withoutContext);
        assertThat(one.feed(bytes, 0, 3, false)).isTrue();
        assertThat(two.feed(bytes, 0, 3, false)).isTrue();
        assertThat(three.feed(bytes, 0, 3, false)).isFalse();
        assertThat(three.feed(bytes, 0, bytes.length, true)).isTrue(); // is not held
        out(three, 10);
        out(one, 10);
        one.feed(bytes, 3, bytes.length, true);
        out(one, 10);
        assertThat(pools.held()).isOne();
        two.close();
        assertThat(pools.held()).isZero();
        assertThat(pools.inflaters().kept()).isEqualTo(3);
    }
}
