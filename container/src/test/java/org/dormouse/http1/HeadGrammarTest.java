package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;

/** Every byte at every position of a head, against the grammar written down a second time, naively, from the RFCs. */
class HeadGrammarTest {
    private static final String TCHAR = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String PCHAR_OR_SLASH =
            "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!$&'()*+,;=:@/%";

    /** What came of a head: the status of its refusal, 0 if it is whole, -1 if it wants more. */
    private static int outcome(byte[] bytes) {
        var parser = new HeadParser(Http1Limits.DEFAULT, new RequestCounts());
        try {
            if (!parser.parse(bytes, 0, bytes.length)) return -1;
            new RequestRules(Http1Limits.DEFAULT, new RequestCounts()).judge(parser.takeHead(bytes, 0));
            return 0;
        } catch (BadRequest e) {
            return e.status();
        }
    }

    private static int outcomeByteByByte(byte[] bytes) {
        var parser = new HeadParser(Http1Limits.DEFAULT, new RequestCounts());
        try {
            for (int length = 1; length <= bytes.length; length++) {
                // another array at another place each time, as when the kept bytes move
                byte[] moved = new byte[length + length % 7];
                System.arraycopy(bytes, 0, moved, length % 7, length);
                if (parser.parse(moved, length % 7, length)) {
                    new RequestRules(Http1Limits.DEFAULT, new RequestCounts())
                            .judge(parser.takeHead(moved, length % 7));
                    return 0;
                }
            }
            return -1;
        } catch (BadRequest e) {
            return e.status();
        }
    }

    private static void eachByte(String before, String after, IntPredicate isAllowed) {
        for (int b = 0; b < 256; b++) {
            byte[] head = (before + (char) b + after).getBytes(StandardCharsets.ISO_8859_1);
            int expected = isAllowed.test(b) ? 0 : 400;
            assertThat(outcome(head))
                    .as("byte %d between <%s> and <%s>", b, before, after)
                    .isEqualTo(expected);
            assertThat(outcomeByteByByte(head)).as("byte %d, byte by byte", b).isEqualTo(expected);
        }
    }

    private static boolean isToken(int b) {
        return TCHAR.indexOf(b) >= 0;
    }

    private static boolean isValue(int b) {
        return b == '\t' || (b >= 0x20 && b <= 0x7E) || b >= 0x80;
    }

    @Test
    void methodIsAToken() {
        String after = " / HTTP/1.1\r\nHost: h\r\n\r\n";
        eachByte("X", "Y" + after, HeadGrammarTest::isToken);
        eachByte("XY", after, HeadGrammarTest::isToken);
        eachByte("", "Y" + after, HeadGrammarTest::isToken);
    }

    @Test
    void targetHasTheBytesOfAUri() {
        String end = " HTTP/1.1\r\nHost: h\r\n\r\n";
        eachByte("GET /", "x" + end, b -> PCHAR_OR_SLASH.indexOf(b) >= 0 || b == '?');
        eachByte("GET /x", end, b -> PCHAR_OR_SLASH.indexOf(b) >= 0 || b == '?');
        eachByte("GET /?", "x" + end, b -> PCHAR_OR_SLASH.indexOf(b) >= 0 || b == '?');
        eachByte("GET ", end, b -> b == '/');
    }

    @Test
    void fieldNameIsAToken() {
        String before = "GET / HTTP/1.1\r\nHost: h\r\n";
        eachByte(before, "n: v\r\n\r\n", HeadGrammarTest::isToken);
        eachByte(before + "n", "m: v\r\n\r\n", b -> isToken(b) || b == ':');
        eachByte(before + "n", ": v\r\n\r\n", b -> isToken(b) || b == ':');
    }

    @Test
    void fieldValueHasNoControlBytes() {
        String before = "GET / HTTP/1.1\r\nHost: h\r\nn:";
        eachByte(before, "v\r\n\r\n", HeadGrammarTest::isValue);
        eachByte(before + " v", "w\r\n\r\n", HeadGrammarTest::isValue);
        eachByte(before + " v", "\r\n\r\n", HeadGrammarTest::isValue);
    }

    @Test
    void lineEndIsCrLf() {
        eachByte("GET / HTTP/1.1", "\nHost: h\r\n\r\n", b -> b == '\r');
        eachByte("GET / HTTP/1.1\r", "Host: h\r\n\r\n", b -> b == '\n');
        eachByte("GET / HTTP/1.1\r\nHost: h\r", "a: b\r\n\r\n", b -> b == '\n');
        eachByte("GET / HTTP/1.1\r\nHost: h\r\n\r", "", b -> b == '\n');
    }

    @Test
    void versionIsOneOfTwo() {
        for (int b = 0; b < 256; b++) {
            byte[] head = ("GET / HTTP/1." + (char) b + "\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
            boolean digit = b >= '0' && b <= '9';
            assertThat(outcome(head)).isEqualTo(b == '0' || b == '1' ? 0 : digit ? 505 : 400);
        }
        String version = "HTTP/1.1";
        for (int i = 0; i < version.length() - 1; i++) {
            if (i == 5) continue;
            for (int b = 0; b < 256; b++) {
                if (b == version.charAt(i)) continue;
                String changed = version.substring(0, i) + (char) b + version.substring(i + 1);
                byte[] head = ("GET / " + changed + "\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
                assertThat(outcome(head)).as(changed).isEqualTo(400);
            }
        }
    }

    @Test
    void hostIsANameOrAnAddressWithAPort() {
        for (String host : new String[] {"h", "a.b", "a-b_c~d", "127.0.0.1:80", "[::1]", "[::1]:8080", "h:", "h%41"}) {
            assertThat(outcome(("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1)))
                    .as(host)
                    .isZero();
        }
    }

    @Test
    void oneEmptyLineBeforeTheRequestIsIgnoredAndTwoAreNot() {
        byte[] one = "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] two = "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(outcome(one)).isZero();
        assertThat(outcomeByteByByte(one)).isZero();
        assertThat(outcome(two)).isEqualTo(400);
        assertThat(outcomeByteByByte(two)).isEqualTo(400);
    }

    @Test
    void everyPrefixOfAHeadWantsMore() {
        byte[] head = "GET /a?b=c HTTP/1.1\r\nHost: h\r\nA: b \r\nC:\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        for (int length = 0; length < head.length; length++) {
            assertThat(outcome(java.util.Arrays.copyOf(head, length))).isEqualTo(-1);
        }
        assertThat(outcome(head)).isZero();
    }
}
