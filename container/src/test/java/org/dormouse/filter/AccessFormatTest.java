package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dormouse.http.Fields;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessFormatTest {
    private static final Pattern COMBINED = Pattern.compile(
            "(\\S+) (\\S+) (\\S+) (\\[[^\\]]+\\]) \"((?:[^\"\\\\]|\\\\.)*)\" (\\d+) (\\d+|-) \"((?:[^\"\\\\]|\\\\.)*)\" \"((?:[^\"\\\\]|\\\\.)*)\"\n");

    private static final AccessLog LOG =
            new AccessLog(LogTarget.of(new ByteArrayOutputStream()), AccessFormat.of("json", ZoneOffset.UTC), 16);

    /** A head of whatever strings a test likes: more than the parser lets through. */
    private record Head(
            String method, String rawPath, @Nullable String query, Map<String, String> byName)
            implements RequestHead, Fields {
        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }

        @Override
        public String authority() {
            return "shop.example";
        }

        @Override
        public Fields fields() {
            return this;
        }

        @Override
        public long contentLength() {
            return 0;
        }

        @Override
        public int size() {
            return byName.size();
        }

        @Override
        public String name(int position) {
            return byName.keySet().stream().skip(position).findFirst().orElseThrow();
        }

        @Override
        public String value(int position) {
            return byName.values().stream().skip(position).findFirst().orElseThrow();
        }

        @Override
        public int find(String name, int from) {
            for (int i = from; i < size(); i++) if (name(i).equalsIgnoreCase(name)) return i;
            return -1;
        }
    }

    private AccessRecord record(@Nullable RequestHead head) {
        var record = new AccessRecord(LOG, null, new TestPeer("192.0.2.7"), head);
        record.status = 200;
        record.bytes = 13;
        record.tookNanos = 1_234_999;
        return record;
    }

    private static String line(AccessFormat format, AccessRecord record) {
        var line = new Line();
        format.put(record, line);
        return new String(line.bytes(), 0, line.length(), StandardCharsets.ISO_8859_1);
    }

    private static String line(String format, AccessRecord record) {
        return line(AccessFormat.of(format, ZoneOffset.ofHours(2)), record);
    }

    @Test
    void commonAndCombinedAreWhatOtherServersWrite() {
        var record = record(new Head("GET", "/a", "b=c", Map.of("User-Agent", "curl/8", "Referer", "http://x/")));
        record.user = "ann";

        assertThat(line("common", record))
                .matches("192\\.0\\.2\\.7 - ann \\[\\d\\d/[A-Z][a-z]{2}/20\\d\\d:\\d\\d:\\d\\d:\\d\\d \\+0200] "
                        + "\"GET /a\\?b=c HTTP/1\\.1\" 200 13\n");
        assertThat(line("combined", record)).endsWith("\"GET /a?b=c HTTP/1.1\" 200 13 \"http://x/\" \"curl/8\"\n");
    }

    @Test
    void jsonHasEveryField() {
        var record = record(new Head("GET", "/a", null, Map.of("User-Agent", "curl/8")));
        record.requestId = "0f";

        Map<String, Object> object = StrictJson.object(line("json", record).strip());

        assertThat((String) object.remove("time")).matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(object)
                .containsEntry("duration_us", 1234L)
                .containsEntry("client", "192.0.2.7")
                .containsEntry("method", "GET")
                .containsEntry("path", "/a")
                .containsEntry("query", null)
                .containsEntry("protocol", "HTTP/1.1")
                .containsEntry("status", 200L)
                .containsEntry("bytes", 13L)
                .containsEntry("host", "shop.example")
                .containsEntry("referer", null)
                .containsEntry("user_agent", "curl/8")
                .containsEntry("user", null)
                .containsEntry("request_id", "0f")
                .containsEntry("tls", null)
                .hasSize(14);
    }

    @Test
    void aRequestWithoutAHeadHasALineAllTheSame() {
        assertThat(line("combined", record(null))).matches(COMBINED).contains(" \"-\" 200 13 \"-\" \"-\"");
        assertThat(StrictJson.object(line("json", record(null)).strip())).containsEntry("path", null);
    }

    @Test
    void aPatternHasTheLettersOfApache() {
        var record = record(new Head("PUT", "/a b", "q", Map.of("X-A", "1 2")));
        assertThat(line("%m|%U|%q|%H|%B|%D|%v|%L|%%|\"%{x-a}i\"|%{X-A}i|%S", record))
                .isEqualTo("PUT|/a\\x20b|?q|HTTP/1.1|13|1234|shop.example|-|%|\"1 2\"|1\\x202|-\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "%{a", "%{a b}i", "%{}i", "%{a}u", "%x", "a\nb", "%{a}"})
    void aPatternThatCannotBeReadIsRefusedByItsKey(String pattern) {
        assertThatThrownBy(() -> AccessFormat.of(pattern, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("access-log.format");
    }

    /** CVE-2026-34483: what clients write must not make a second line, nor one that cannot be read, in any format. */
    @Test
    void whateverAClientWritesIsOneLineThatCanBeRead() {
        var random = new SplittableRandom(63);
        AccessFormat json = AccessFormat.of("json", ZoneOffset.UTC);
        AccessFormat combined = AccessFormat.of("combined", ZoneOffset.UTC);
        for (int i = 0; i < 20_000; i++) {
            String path = "/" + text(random);
            String agent = text(random);
            String referer = text(random);
            String user = text(random);
            var record = record(new Head("GET", path, text(random), Map.of("User-Agent", agent, "Referer", referer)));
            record.user = user;
            record.requestId = text(random);
            record.client = "192.0.2.7";

            String object = line(json, record);
            assertThat(object).endsWith("\n").hasLineCount(1);
            Map<String, Object> members = StrictJson.object(object.substring(0, object.length() - 1));
            assertThat(members).hasSize(15);
            assertThat(members.get("path")).isEqualTo(whole(path));
            assertThat(members.get("user_agent")).isEqualTo(whole(agent));
            assertThat(members.get("user")).isEqualTo(whole(user));

            String text = line(combined, record);
            assertThat(text.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\n'))
                    .isTrue();
            Matcher fields = COMBINED.matcher(text);
            assertThat(fields.matches()).as(text).isTrue();
            assertThat(fields.group(9))
                    .isEqualTo(agent.isEmpty() ? "-" : fields.group(9))
                    .isNotEmpty();
            assertThat(fields.group(6)).isEqualTo("200");
        }
    }

    private static final String NASTY =
            "\"\\\r\n\t\0\u001b\u007f\u0085\u00a0\u2028\u2029\ud800\udc00\ufeff\uffff %}{],:'`<>&-";

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.append((char) random.nextInt(0x100));
                default -> text.append(NASTY.charAt(random.nextInt(NASTY.length())));
            }
        }
        return text.toString();
    }

    /** Half a surrogate pair stands for nothing. */
    private static String whole(String text) {
        var whole = new StringBuilder();
        text.codePoints().forEach(code -> whole.appendCodePoint(code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code));
        return whole.toString();
    }

    @Test
    void aFieldThatIsTooLongIsCut() {
        var record = record(new Head("GET", "/", null, Map.of("User-Agent", "x".repeat(100_000))));
        assertThat(line("json", record)).hasSizeLessThan(Line.MAX_FIELD + 1000);
    }
}
