package org.dormouse.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class SameAnswerTest {
    private static final String ANSWER = answer("""
            HTTP/1.1 200 OK
            Content-Type: text/plain;charset=utf-8
            Content-Length: 13
            Date: Sat, 21 Nov 2026 10:20:16 GMT

            Hello, World!""");

    @Test
    void orderOfFieldsCaseAndReasonDoNotMatter() {
        String same = answer("""
                HTTP/1.1 200\s
                date: Sat, 21 Nov 2026 10:20:59 GMT
                content-length: 13
                content-type: text/plain;charset=UTF-8

                Hello, World!""");

        assertThat(SameAnswer.normalised(same)).isEqualTo(SameAnswer.normalised(ANSWER));
    }

    @Test
    void oneMoreFieldIsAnotherAnswer() {
        String more = ANSWER.replace("Date:", "Connection: keep-alive\r\nDate:");

        assertThat(SameAnswer.normalised(more)).isNotEqualTo(SameAnswer.normalised(ANSWER));
    }

    @Test
    void codedAnswersAreComparedDecoded() throws IOException {
        byte[] json = "[1,2,3]".getBytes(StandardCharsets.US_ASCII);
        var coded = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(coded)) {
            gzip.write(json);
        }

        assertThat(SameAnswer.decoded("it", 200, List.of("gzip"), coded.toByteArray()))
                .isEqualTo(json);
        assertThatThrownBy(() -> SameAnswer.decoded("it", 200, List.of(), json))
                .hasMessage("it answers 200 with the codings [], not 200 in gzip");
        assertThatThrownBy(() -> SameAnswer.decoded("it", 406, List.of("gzip"), coded.toByteArray()))
                .hasMessageContaining("406");
    }

    private static String answer(String text) {
        return text.replace("\n", "\r\n");
    }
}
