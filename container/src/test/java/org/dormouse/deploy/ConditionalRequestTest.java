package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;

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
}
