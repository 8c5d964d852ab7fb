package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dormouse.FieldReading;
import org.dormouse.content.ContentReadings;
import org.dormouse.filter.ForwardedReadings;
import org.dormouse.http.AcceptEncoding;
import org.dormouse.http.Headers;
import org.dormouse.http.HttpDates;
import org.dormouse.http1.HeadReadings;
import org.dormouse.poller.ChildJvm;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.multipart.PartReadings;
import org.junit.jupiter.api.Test;

/**
 * Twice as long a field costs about twice as much, whatever is in it (CVE-2020-27223 was a list of qualities that cost four times). Measured
 * as processor time of the interpreter in a JVM of its own, which is close to counting steps: no compiler, no garbage collection in between.
 */
class HeaderCostTest {
    private static final double MOST = 2.2;
    private static final List<String> CODINGS = List.of("zstd", "br", "gzip");

    interface Field {
        String ofLength(int length);
    }

    /** Something that reads a field, and a field of about so many characters that is hard on it. */
    private record Subject(Field field, FieldReading reading) {}

    private static Map<String, Subject> subjects() {
        var all = new LinkedHashMap<String, Subject>();
        FieldReading languages = field -> AcceptLanguage.parse(one("Accept-Language", field));
        put(all, "languages", languages, "de,");
        put(all, "languages-qualities", languages, "de;q=0.5,en;q=0.123,");
        put(all, "languages-broken", languages, ";q=,;;q");
        put(all, "languages-one", languages, "a-");
        FieldReading cookies = field -> Cookies.parse(one("Cookie", field), Integer.MAX_VALUE);
        put(all, "cookies", cookies, "a=b; ");
        put(all, "cookies-empty", cookies, ";");
        put(all, "cookies-quoted", cookies, "a=\"b; ");
        put(all, "cookies-equals", cookies, "=");
        put(all, "cookies-spaces", cookies, " ");
        put(
                all,
                "session-cookies",
                field -> Cookies.values(one("Cookie", field), "JSESSIONID", Integer.MAX_VALUE),
                "JSESSIONID=1;");
        FieldReading contentTypes = ContentType::of;
        put(all, "content-type", contentTypes, "text/html; a=b; ");
        put(all, "content-type-semicolons", contentTypes, ";");
        put(all, "content-type-spaces", contentTypes, "; ");
        put(all, "content-type-charsets", contentTypes, ";charset=");
        FieldReading query = field -> parameters(field);
        put(all, "parameters", query, "a=b&");
        put(all, "parameters-one-name", query, "a&");
        put(all, "parameters-escapes", query, "%41");
        put(all, "parameters-empty", query, "&");
        all.put("parameters-names", new Subject(HeaderCostTest::names, query));
        put(all, "path", CanonicalPath::of, "/a");
        put(all, "path-dots", CanonicalPath::of, "/a/..");
        put(all, "path-dot", CanonicalPath::of, "/.");
        put(all, "path-escapes", CanonicalPath::of, "/%41");
        put(all, "path-parameters", CanonicalPath::of, "/a;b=c");
        put(all, "path-session", field -> CanonicalPath.parameter(field, "jsessionid"), "/a;jsessionid");
        put(all, "dates", field -> dateOf(field), "Sun, 06 Nov 1994 ");
        put(all, "authority", field -> Authority.host(field) + Authority.port(field), ":");
        FieldReading codings = field -> String.valueOf(AcceptEncoding.choose(one("Accept-Encoding", field), CODINGS));
        put(all, "codings", codings, "a,");
        put(all, "codings-qualities", codings, "gzip;q=0.5,br;q=0,");
        put(all, "codings-semicolons", codings, ";");
        put(all, "codings-spaces", codings, " ");
        FieldReading disposition = field -> String.valueOf(PartReadings.parameter(field, "name"));
        put(all, "disposition", disposition, "form-data; a=\"b\"; ");
        put(all, "disposition-semicolons", disposition, ";");
        put(all, "disposition-equals", disposition, ";=");
        put(all, "disposition-quotes", disposition, ";a=\";");
        addOthers(all);
        return all;
    }

    private static void addOthers(Map<String, Subject> all) {
        put(all, "ranges", ContentReadings.ranges(), "bytes=", "1-2,");
        put(all, "ranges-empty", ContentReadings.ranges(), "bytes=", ",");
        put(all, "ranges-one", ContentReadings.ranges(), "bytes=", "1");
        put(all, "tags", ContentReadings.tags(), "W/\"a\", ");
        put(all, "tags-quotes", ContentReadings.tags(), "\"");
        put(all, "tags-none", ContentReadings.tags(), "a,");
        put(all, "forwarded", ForwardedReadings.forwarded(), "for=1.2.3.4", ";a=b,for=\"[::1]:80\"");
        put(all, "forwarded-quotes", ForwardedReadings.forwarded(), "a=\"", "\\\"");
        put(all, "forwarded-blanks", ForwardedReadings.forwarded(), " ");
        put(all, "x-forwarded", ForwardedReadings.xForwarded(), "1.2.3.4, ");
        put(all, "x-forwarded-colons", ForwardedReadings.xForwarded(), ":");
        put(all, "x-forwarded-empty", ForwardedReadings.xForwarded(), ",");
        put(all, "host", ForwardedReadings.host(), "a.");
        put(all, "host-colons", ForwardedReadings.host(), "[", ":");
        put(all, "names", ForwardedReadings.names(), "a,");
        put(all, "head-connection", HeadReadings.value("Connection"), "a,");
        put(all, "head-connection-blanks", HeadReadings.value("Connection"), " ,");
        put(all, "head-transfer-encoding", HeadReadings.value("Transfer-Encoding"), "gzip, ");
        put(all, "head-host", HeadReadings.value("Host"), "a.");
        put(all, "head-length", HeadReadings.value("Content-Length"), "0");
        put(all, "head-blanks", HeadReadings.value("A"), " ");
        put(all, "head-fields", HeadReadings.lines(), "A: b", "\r\nA: " + "b".repeat(20));
        put(all, "head-names", HeadReadings.lines(), "a");
        put(all, "head-target", HeadReadings.target(), "a/");
    }

    private static void put(
            Map<String, Subject> all, String name, FieldReading reading, String first, String repeated) {
        all.put(name, new Subject(length -> first + repeated.repeat(length / repeated.length()), reading));
    }

    private static void put(Map<String, Subject> all, String name, FieldReading reading, String repeated) {
        all.put(name, new Subject(length -> repeated.repeat(length / repeated.length()), reading));
    }

    private static String names(int length) {
        var names = new StringBuilder();
        for (int i = 0; names.length() < length; i++)
            names.append(Integer.toHexString(i + 0x10000)).append('&');
        return names.toString();
    }

    private static Headers one(String name, String value) {
        var fields = new Headers();
        fields.add(name, value);
        return fields;
    }

    private static Object parameters(String field) throws Exception {
        var parameters = new Parameters(Integer.MAX_VALUE);
        parameters.parse(field, StandardCharsets.UTF_8);
        return parameters.values();
    }

    private static Object dateOf(String field) {
        try {
            return HttpDates.parse(field);
        } catch (IllegalArgumentException e) {
            return e;
        }
    }

    @Test
    void twiceAsLongAFieldCostsAboutTwiceAsMuch() throws Exception {
        String printed = ChildJvm.run(Main.class, "-Xint", "-Xmx512m", "-Xmn300m", "-XX:+UseSerialGC");
        var ratios = new LinkedHashMap<String, Double>();
        printed.lines()
                .filter(line -> line.contains("="))
                .forEach(line -> ratios.put(
                        line.substring(0, line.indexOf('=')),
                        Double.parseDouble(line.substring(line.indexOf('=') + 1))));
        assertThat(ratios.keySet()).containsExactlyElementsOf(subjects().keySet());
        var wrong = new ArrayList<String>();
        ratios.forEach((name, ratio) -> {
            if (ratio > MOST || ratio < 0.5) wrong.add(name + " " + ratio);
        });
        assertThat(wrong).as(printed).isEmpty();
    }

    static final class Main {
        private static final int ROUNDS = 3;
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        public static void main(String[] arguments) throws Exception {
            for (var subject : subjects().entrySet()) {
                double ratio = ratio(subject.getValue());
                for (int again = 0; again < 3 && ratio > MOST; again++)
                    ratio = Math.min(ratio, ratio(subject.getValue()));
                System.out.println(subject.getKey() + "=" + String.format(Locale.ROOT, "%.3f", ratio));
            }
        }

        private static double ratio(Subject subject) throws Exception {
            String small = subject.field.ofLength(64 * 1024);
            String large = subject.field.ofLength(128 * 1024);
            long ofSmall = Long.MAX_VALUE;
            long ofLarge = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                ofSmall = Math.min(ofSmall, nanos(subject.reading, small));
                ofLarge = Math.min(ofLarge, nanos(subject.reading, large));
            }
            return (double) ofLarge / ofSmall;
        }

        private static long nanos(FieldReading reading, String field) throws Exception {
            long before = THREADS.getCurrentThreadCpuTime();
            Object read;
            try {
                read = reading.read(field);
            } catch (org.dormouse.http.BadRequest e) {
                read = e;
            }
            long nanos = THREADS.getCurrentThreadCpuTime() - before;
            if (read == reading) throw new AssertionError("it read itself");
            return nanos;
        }
    }
}
