package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chunked bodies, and whatever a wrong byte makes of them, against the ABNF of RFC 9112 §7.1 as regular expressions over the whole body: whole,
 * byte by byte, and cut at every position.
 */
class ChunkModelTest {
    private static final int WANTS_MORE = -1;
    private static final String BEHIND = "GET /behind";

    private static final String BWS = "[ \\t]*";
    private static final String QUOTED =
            "\"(?:[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]|\\\\[\\t \\x21-\\x7E\\x80-\\xFF])*\"";
    private static final String EXTENSION = "(?:" + BWS + ";" + BWS + HeadModel.TOKEN + "(?:" + BWS + "=" + BWS + "(?:"
            + HeadModel.TOKEN + "|" + QUOTED + "))?)*";
    /** A size has at most 15 digits here; one byte more is malformed, whatever follows. */
    private static final Pattern SIZE_LINE = Pattern.compile("([0-9A-Fa-f]{1,15})" + EXTENSION + "\r\n");

    private static final Pattern TRAILERS = Pattern.compile("((?:" + HeadModel.FIELD_LINE + ")*)\r\n");

    /** What became of a body: {@code status} 0 if it is whole, then the other two count. */
    private record Outcome(int status, String content, int consumed) {
        static Outcome of(int status) {
            return new Outcome(status, "", 0);
        }
    }

    private static Outcome model(String body) {
        var content = new StringBuilder();
        for (int at = 0; ; ) {
            if (isTooLarge(body, at, content)) return Outcome.of(413);
            Matcher line = SIZE_LINE.matcher(body).region(at, body.length());
            if (!line.lookingAt()) return Outcome.of(line.hitEnd() ? WANTS_MORE : 400);
            long size = Long.parseLong(line.group(1), 16);
            at = line.end();
            if (size == 0) return trailers(body, at, content);
            int end = (int) Math.min(body.length(), at + size);
            content.append(body, at, end);
            if (end < at + size) return Outcome.of(WANTS_MORE);
            at = end;
            String rest = body.substring(at, Math.min(body.length(), at + 2));
            if (!"\r\n".startsWith(rest)) return Outcome.of(400);
            if (rest.length() < 2) return Outcome.of(WANTS_MORE);
            at += 2;
        }
    }

    /** A size is compared with the limit as soon as its last digit is known. */
    private static boolean isTooLarge(String body, int at, CharSequence content) {
        Matcher size =
                Pattern.compile("([0-9A-Fa-f]{1,15})[^0-9A-Fa-f]").matcher(body).region(at, body.length());
        long most = Http1Limits.DEFAULT.maxBodyBytes() - content.length();
        return size.lookingAt() && Long.parseLong(size.group(1), 16) > most;
    }

    private static Outcome trailers(String body, int at, CharSequence content) {
        Matcher fields = TRAILERS.matcher(body).region(at, body.length());
        if (!fields.lookingAt()) return Outcome.of(fields.hitEnd() ? WANTS_MORE : 400);
        return new Outcome(0, content.toString(), fields.end());
    }

    /** The outcome of a body that comes in pieces with these ends. */
    private static Outcome decoded(byte[] body, int... ends) {
        var decoder = new ChunkedBody(Http1Limits.DEFAULT);
        var content = new StringBuilder();
        byte[] target = new byte[3];
        int at = 0;
        try {
            for (int end : ends) {
                while (at < end && !decoder.isDone()) {
                    int count = decoder.decode(body, at, end, target, 0, target.length);
                    if (count > 0) content.append(new String(target, 0, count, StandardCharsets.ISO_8859_1));
                    at += decoder.consumed();
                }
            }
        } catch (BadRequest e) {
            return Outcome.of(e.status());
        }
        return decoder.isDone() ? new Outcome(0, content.toString(), at) : Outcome.of(WANTS_MORE);
    }

    private static void agrees(String body) {
        Outcome expected = model(body);
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        agrees(expected, bytes, IntStream.rangeClosed(1, bytes.length).toArray());
        for (int cut = 0; cut < bytes.length; cut++) agrees(expected, bytes, cut, bytes.length);
    }

    private static void agrees(Outcome expected, byte[] body, int... ends) {
        Outcome found = decoded(body, ends);
        if (!found.equals(expected)) {
            throw new AssertionError(found + " instead of " + expected + " in " + ends.length + " pieces, the first of "
                    + ends[0] + " bytes: "
                    + new String(body, StandardCharsets.ISO_8859_1)
                            .replace("\r", "\\r")
                            .replace("\n", "\\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3\r\nabc\r\n0\r\n\r\n",
                "a;b\r\n0123456789\r\n0;c=d\r\n\r\n",
                "1 ; n = \"v\\\"\" ;m=t\r\nx\r\n0\r\n\r\n",
                "00\r\nA: b\r\nC-d:\t e \r\n\r\n"
            })
    void everyByteAtEveryPositionIsJudgedAsTheModelDoes(String body) {
        assertThat(model(body).status()).isZero();
        for (int at = 0; at < body.length(); at++) {
            for (char b = 0; b < 256; b++) {
                agrees(body.substring(0, at) + b + body.substring(at + 1) + BEHIND);
                agrees(body.substring(0, at) + b + body.substring(at) + BEHIND);
            }
            agrees(body.substring(0, at) + body.substring(at + 1) + BEHIND);
            agrees(body.substring(0, at));
        }
    }

    @Test
    void everyShortExtensionIsJudgedAsTheModelDoes() {
        char[] alphabet = "a=;\"\\ \r\n\u0001".toCharArray();
        var extensions = new ArrayList<String>(List.of(""));
        for (int from = 0, length = 0; length < 4; length++) {
            int to = extensions.size();
            for (; from < to; from++) for (char c : alphabet) extensions.add(extensions.get(from) + c);
        }
        int good = 0;
        for (String extension : extensions) {
            String body = "1" + extension + "\r\nx\r\n0\r\n\r\n" + BEHIND;
            agrees(body);
            if (model(body).status() == 0) good++;
        }
        assertThat(good).isGreaterThan(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7fffffff",
                "80000000",
                "80000004",
                "ffffffff",
                "100000004",
                "10000001",
                "0fffffff",
                "10000000",
                "7fffffffffffffff",
                "8000000000000000",
                "8000000000000004",
                "fffffffffffffff",
                "1111111111222222222233333333334444444444",
                "000000000000003",
                "0000000000000003",
                "0",
                "00",
                "-3",
                "+3",
                "0x3",
                "3h",
                "3g",
                "\u00b3",
                ""
            })
    void everySizeIsJudgedAsTheModelDoes(String size) {
        agrees(size + "\r\nabc\r\n0\r\n\r\n" + BEHIND);
        agrees(size + " \r\nabc\r\n0\r\n\r\n" + BEHIND);
        agrees(size + ";x\r\nabc\r\n0\r\n\r\n" + BEHIND);
    }
}
