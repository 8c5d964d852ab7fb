package org.dormouse.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.dormouse.content.ByteRanges.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # of 1000 bytes                                     | ignored, none, or first-last
            bytes=0-0                                           | 0-0
            bytes=0-                                            | 0-999
            bytes=999-                                          | 999-999
            bytes=1000-                                         | none
            bytes=-1                                            | 999-999
            bytes=-1000                                         | 0-999
            bytes=-5000                                         | 0-999
            bytes=-0                                            | none
            bytes=-99999999999999999999999                      | 0-999
            bytes=0-99999999999999999999999                     | 0-999
            bytes=99999999999999999999999-                      | none
            bytes=9223372036854775807-9223372036854775808       | none
            bytes=500-400                                       | ignored
            bytes=-                                             | ignored
            bytes=                                              | ignored
            bytes=,                                             | ignored
            bytes=a-b                                           | ignored
            bytes=1 -2                                          | ignored
            bytes=+1-2                                          | ignored
            bytes=0-1-2                                         | ignored
            bytes=0x1-2                                         | ignored
            BYTES=0-1                                           | 0-1
            items=0-1                                           | ignored
            bytes 0-1                                           | ignored
            bytes=0-9,500-509                                   | 0-9 500-509
            bytes=500-509,0-9                                   | 500-509 0-9
            bytes=0-9,,500-509,                                 | 0-9 500-509
            bytes=0-9, 5-20                                     | 0-20
            bytes=0-9,10-20                                     | 0-20
            bytes=0-9,50-60                                     | 0-60
            bytes=0-9,200-210,50-60                             | 0-60 200-210
            bytes=0-9,2000-3000                                 | 0-9
            bytes=2000-,-0                                      | none
            bytes=0-,0-,0-                                      | 0-999
            bytes=0-9,x                                         | ignored
            bytes=0-0,200-200,400-400,600-600,800-800           | ignored
            """)
    void fieldsAreReadAsTheSpecificationSays(String field, String expected) {
        assertThat(shown(ByteRanges.parse(field, 1000, 4))).isEqualTo(expected);
    }

    @Test
    void anEmptyFileHasNoBytesButAnEnd() {
        assertThat(ByteRanges.parse("bytes=0-", 0, 4)).isEmpty();
        assertThat(ByteRanges.parse("bytes=-5", 0, 4)).isNull();
    }

    private static String shown(List<Range> ranges) {
        if (ranges == null) return "ignored";
        if (ranges.isEmpty()) return "none";
        return ranges.stream().map(range -> range.first() + "-" + range.last()).collect(Collectors.joining(" "));
    }

    /** Each byte that was asked for is there, each once, and nothing else but what lies in small gaps. */
    @Test
    void randomRangesCoverWhatANaiveModelMarks() {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            int length = 1 + random.nextInt(2000);
            var wanted = new BitSet();
            var parts = new ArrayList<String>();
            int count = 1 + random.nextInt(6);
            for (int j = 0; j < count; j++) {
                int a = random.nextInt(2 * length);
                int b = a + random.nextInt(length);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        parts.add(a + "-" + b);
                        if (a < length) wanted.set(a, Math.min(b + 1, length));
                    }
                    case 1 -> {
                        parts.add(a + "-");
                        if (a < length) wanted.set(a, length);
                    }
                    default -> {
                        parts.add("-" + a);
                        wanted.set(Math.max(0, length - a), length);
                    }
                }
            }
            String field = "bytes=" + String.join(",", parts);
            List<Range> ranges = ByteRanges.parse(field, length, 6);
            assertThat(ranges).as(field).isNotNull();
            var got = new BitSet();
            for (Range range : ranges) {
                assertThat(range.first()).isNotNegative().isLessThanOrEqualTo(range.last());
                assertThat(range.last()).isLessThan(length);
                assertThat(got.get((int) range.first(), (int) range.last() + 1).isEmpty())
                        .as("no byte twice in %s", field)
                        .isTrue();
                got.set((int) range.first(), (int) range.last() + 1);
            }
            var missing = (BitSet) wanted.clone();
            missing.andNot(got);
            assertThat(missing.isEmpty()).as(field).isTrue();
            got.andNot(wanted);
            for (int gap = got.nextSetBit(0); gap >= 0; ) {
                int end = got.nextClearBit(gap);
                assertThat(end - gap).as("a gap in %s", field).isLessThan(ByteRanges.GAP);
                gap = got.nextSetBit(end);
            }
        }
    }
}
