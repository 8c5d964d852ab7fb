package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads, and whatever a wrong byte makes of them, against {@link HeadModel}: whole, byte by byte, and cut at every position. */
class HeadModelTest {
    private static final Http1Limits LIMITS = Http1Limits.DEFAULT;

    private final HeadParser parser = new HeadParser(LIMITS, new RequestCounts());
    private final RequestRules rules = new RequestRules(LIMITS, new RequestCounts());

    /** The outcome of a head of which ever more has come, at another place each time, as when the kept bytes move. */
    private int outcome(byte[] head, int... lengths) {
        parser.reset();
        try {
            for (int length : lengths) {
                int offset = length % 5;
                byte[] moved = new byte[offset + length];
                System.arraycopy(head, 0, moved, offset, length);
                if (!parser.parse(moved, offset, length)) continue;
                rules.judge(parser.takeHead(moved, offset));
                return 0;
            }
            return HeadModel.WANTS_MORE;
        } catch (BadRequest e) {
            return e.status();
        }
    }

    private void agrees(String head) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        int expected = HeadModel.outcome(head);
        assertThat(outcome(bytes, bytes.length)).as(shown(head)).isEqualTo(expected);
        int[] each = new int[bytes.length];
        for (int i = 0; i < each.length; i++) each[i] = i + 1;
        assertThat(outcome(bytes, each)).as("byte by byte: %s", shown(head)).isEqualTo(expected);
        for (int cut = 1; cut < bytes.length; cut++) {
            if (outcome(bytes, cut, bytes.length) != expected)
                throw new AssertionError("cut at " + cut + ": " + shown(head));
        }
    }

    private static String shown(String head) {
        return head.replace("\r", "\\r").replace("\n", "\\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n",
                "\r\nPUT /%41 HTTP/1.0\r\na:\tb \r\nc:\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET http://[::1]:80/x?y HTTP/1.1\r\nHost: [::1]\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost:a.b:81\r\n\r\n"
            })
    void everyByteAtEveryPositionIsJudgedAsTheModelDoes(String head) {
        assertThat(HeadModel.outcome(head)).isZero();
        for (int at = 0; at < head.length(); at++) {
            for (char b = 0; b < 256; b++) {
                agrees(head.substring(0, at) + b + head.substring(at + 1));
                agrees(head.substring(0, at) + b + head.substring(at));
            }
            agrees(head.substring(0, at) + head.substring(at + 1));
            agrees(head.substring(0, at));
        }
    }

    @Test
    void everyConflictOfLengthAndTransferCodingIsJudgedAsTheModelDoes() {
        String[] lengths = {
            "",
            "0",
            "5",
            "05",
            "5 ",
            "\t5",
            "+5",
            "-5",
            "- 5",
            "5 5",
            "5, 5",
            "5,6",
            "5;",
            "0x5",
            "5a",
            "5.0",
            "\u00b2",
            "",
            "99999999999999999999",
            "000000000000000005",
            "0000000000000000005",
            "268435456",
            "268435457",
            "9223372036854775808",
            "18446744073709551621"
        };
        String[] codings = {
            "chunked",
            "Chunked",
            "chunked, identity",
            "chunked, xchunked",
            "chunked, chunked",
            "identity",
            "xchunked",
            "identity, chunked",
            "gzip, chunked",
            "chunked;q=1",
            "chunked ,",
            ",chunked",
            "",
            "chun ked",
            "\"chunked\"",
            "chunked\t",
            "chunked, ",
            "xchunked, chunked",
            "\u000bchunked"
        };
        var fields = new ArrayList<String>();
        for (String length : lengths) fields.add("Content-Length: " + length + "\r\n");
        for (String coding : codings) fields.add("Transfer-Encoding: " + coding + "\r\n");
        fields.add("transfer-encoding:chunked\r\n");
        fields.add("Transfer-Encoding:\r\n chunked\r\n");
        fields.add("Transfer-Encoding : chunked\r\n");
        fields.add("");
        int good = 0;
        for (String version : List.of("1.0", "1.1")) {
            for (String one : fields) {
                for (String other : fields) {
                    String head = "POST / HTTP/" + version + "\r\nHost: h\r\n" + one + "A: b\r\n" + other + "\r\n";
                    agrees(head);
                    if (HeadModel.outcome(head) == 0) good++;
                }
            }
        }
        assertThat(good).isBetween(10, 60);
    }

    @Test
    void everyHostIsJudgedAsTheModelDoes() {
        String alphabet = "h1:[].%aF-_~@/ 09g";
        var random = new SplittableRandom(37);
        int good = 0;
        for (int i = 0; i < 200_000; i++) {
            var host = new StringBuilder();
            int length = random.nextInt(12);
            if (random.nextInt(3) == 0) host.append('[');
            for (int j = 0; j < length; j++) host.append(alphabet.charAt(random.nextInt(alphabet.length())));
            if (random.nextInt(3) == 0) host.append("]:8");
            byte[] bytes = host.toString().getBytes(StandardCharsets.ISO_8859_1);
            boolean expected = HeadModel.isHost(host.toString());
            assertThat(HostAndPort.isValid(bytes, 0, bytes.length))
                    .as(host.toString())
                    .isEqualTo(expected);
            if (expected) good++;
        }
        assertThat(good).isGreaterThan(2_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::]",
                "[::1]",
                "[1::]",
                "[1:2:3:4:5:6:7:8]",
                "[1::3:4:5:6:7:8]",
                "[::2:3:4:5:6:7:8]",
                "[1:2:3:4:5:6:7::]",
                "[::127.0.0.1]",
                "[1:2:3:4:5:6:127.0.0.1]",
                "[::ffff:1.2.3.4]:80",
                "h",
                "h:",
                "h:65535",
                "%41",
                "1.2.3.4"
            })
    void aHostThatIsOneIsTaken(String host) {
        byte[] bytes = host.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(HostAndPort.isValid(bytes, 0, bytes.length)).isTrue();
        assertThat(HeadModel.isHost(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "[]",
                "[:]",
                "[:::]",
                "[1]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1::2::3]",
                "[12345::]",
                "[::1",
                "::1",
                "[::1]x",
                "[::1.2.3]",
                "[::1.2.3.256]",
                "[::01.2.3.4]",
                "[1:2:3:4:5:6:7:1.2.3.4]",
                "[::1.2.3.4:5]",
                "[v1.a]",
                "[fe80::1%25eth0]",
                "h:65536",
                "h:123456",
                "h:8a",
                "h%4",
                "h%zz",
                "%",
                "h h",
                "u@h",
                "a,b:80:80"
            })
    void aHostThatIsNoneIsRefused(String host) {
        byte[] bytes = host.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(HostAndPort.isValid(bytes, 0, bytes.length)).isFalse();
        assertThat(HeadModel.isHost(host)).isFalse();
    }
}
