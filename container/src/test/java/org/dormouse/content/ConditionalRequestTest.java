package org.dormouse.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionalRequestTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', textBlock = """
            # etag | modified | If-Match     | unmodified since | If-None-Match      | modified since | answer
            "a"    | 5500     | -            | -1               | -                  | -1             | PROCEED
            "a"    | 5500     | "a"          | -1               | -                  | -1             | PROCEED
            "a"    | 5500     | "b", "a"     | -1               | -                  | -1             | PROCEED
            "a"    | 5500     | *            | -1               | -                  | -1             | PROCEED
            "a"    | 5500     | "b"          | -1               | -                  | -1             | PRECONDITION_FAILED
            "a"    | 5500     | W/"a"        | -1               | -                  | -1             | PRECONDITION_FAILED
            W/"a"  | 5500     | W/"a"        | -1               | -                  | -1             | PRECONDITION_FAILED
            W/"a"  | 5500     | *            | -1               | -                  | -1             | PROCEED
            "a"    | 5500     | "a"          | 1000             | -                  | -1             | PROCEED
            "a"    | 5500     | -            | 4000             | -                  | -1             | PRECONDITION_FAILED
            "a"    | 5500     | -            | 5000             | -                  | -1             | PROCEED
            W/"a"  | 5500     | -            | -1               | W/"a"              | -1             | NOT_MODIFIED
            W/"a"  | 5500     | -            | -1               | "a"                | -1             | NOT_MODIFIED
            W/"a"  | 5500     | -            | -1               | "b,", W/"c", W/"a" | -1             | NOT_MODIFIED
            W/"a"  | 5500     | -            | -1               | *                  | -1             | NOT_MODIFIED
            W/"a"  | 5500     | -            | -1               | "b"                | 9000           | PROCEED
            W/"a"  | 5500     | -            | -1               | "a                 | -1             | PROCEED
            W/"a"  | 5500     | -            | -1               | a                  | -1             | PROCEED
            W/"a"  | 5500     | -            | -1               | -                  | 5000           | NOT_MODIFIED
            W/"a"  | 5500     | -            | -1               | -                  | 4000           | PROCEED
            W/"a"  | 0        | -            | -1               | -                  | 4000           | PROCEED
            """)
    void preconditionsAreEvaluatedInTheOrderOfTheSpecification(
            String etag,
            long modified,
            String ifMatch,
            long unmodifiedSince,
            String ifNoneMatch,
            long modifiedSince,
            ConditionalRequest.Answer expected) {
        assertThat(ConditionalRequest.evaluate(etag, modified, ifMatch, unmodifiedSince, ifNoneMatch, modifiedSince))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', textBlock = """
            # If-Range | as a date | etag  | modified | now    | the same
            -          | -1        | "a"   | 5500     | 99000  | true
            "a"        | -1        | "a"   | 5500     | 99000  | true
            "b"        | -1        | "a"   | 5500     | 99000  | false
            W/"a"      | -1        | "a"   | 5500     | 99000  | false
            W/"a"      | -1        | W/"a" | 5500     | 99000  | false
            "a"        | -1        | W/"a" | 5500     | 99000  | false
            *          | -1        | "a"   | 5500     | 99000  | false
            a          | -1        | "a"   | 5500     | 99000  | false
            date       | 5000      | W/"a" | 5500     | 99000  | true
            date       | 5000      | W/"a" | 5500     | 6000   | false
            date       | 6000      | W/"a" | 5500     | 99000  | false
            date       | 4000      | W/"a" | 5500     | 99000  | false
            date       | 0         | W/"a" | 0        | 99000  | false
            """)
    void partsAreSentOnlyOfWhatTheClientHasAPartOf(
            String ifRange, long date, String etag, long modified, long now, boolean expected) {
        assertThat(ConditionalRequest.isOfTheSame(ifRange, date, etag, modified, now))
                .isEqualTo(expected);
    }

    /** RFC 9110 §13.2.2, step by step, with lists of tags instead of text. */
    private static ConditionalRequest.Answer naively(
            String etag,
            long modified,
            List<String> ifMatch,
            long unmodifiedSince,
            List<String> ifNoneMatch,
            long since) {
        if (ifMatch != null) {
            boolean matches = ifMatch.contains("*") || (!etag.startsWith("W/") && ifMatch.contains(etag));
            if (!matches) return ConditionalRequest.Answer.PRECONDITION_FAILED;
        } else if (unmodifiedSince >= 0 && modified / 1000 > unmodifiedSince / 1000) {
            return ConditionalRequest.Answer.PRECONDITION_FAILED;
        }
        if (ifNoneMatch != null) {
            boolean matches = ifNoneMatch.contains("*")
                    || ifNoneMatch.stream()
                            .anyMatch(tag -> tag.replace("W/", "").equals(etag.replace("W/", "")));
            return matches ? ConditionalRequest.Answer.NOT_MODIFIED : ConditionalRequest.Answer.PROCEED;
        }
        return since >= 0 && modified / 1000 <= since / 1000
                ? ConditionalRequest.Answer.NOT_MODIFIED
                : ConditionalRequest.Answer.PROCEED;
    }

    @Test
    void randomPreconditionsAreAnsweredAsANaiveModelAnswersThem() {
        var random = new Random(3);
        String[] tags = {"\"a\"", "\"b\"", "W/\"a\"", "W/\"b\"", "\"a,b\"", "\"\""};
        for (int i = 0; i < 50_000; i++) {
            List<String> match = list(random, tags);
            List<String> noneMatch = list(random, tags);
            String etag = tags[random.nextInt(tags.length)];
            long modified = random.nextInt(4000);
            long unmodifiedSince = random.nextBoolean() ? -1 : random.nextInt(4) * 1000;
            long since = random.nextBoolean() ? -1 : random.nextInt(4) * 1000;
            assertThat(ConditionalRequest.evaluate(
                            etag, modified, text(match, random), unmodifiedSince, text(noneMatch, random), since))
                    .as("%s %s %s %s %s %s", etag, modified, match, unmodifiedSince, noneMatch, since)
                    .isEqualTo(naively(etag, modified, match, unmodifiedSince, noneMatch, since));
        }
    }

    private static List<String> list(Random random, String[] tags) {
        if (random.nextInt(3) == 0) return null;
        if (random.nextInt(5) == 0) return List.of("*");
        return random.ints(1 + random.nextInt(3), 0, tags.length)
                .mapToObj(index -> tags[index])
                .toList();
    }

    private static String text(List<String> tags, Random random) {
        return tags == null ? null : String.join(random.nextBoolean() ? "," : ", ", tags);
    }
}
