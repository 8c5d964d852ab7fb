package org.dormouse.servlet.multipart;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.MultipartConfigElement;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dormouse.http.BadRequest;
import org.dormouse.poller.ChildJvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies without an end, as a generator makes them, in a JVM with 24 MiB: what is too much is refused, and long before it is kept. */
class MultipartFloodTest {
    private static final String PART = "--B\r\nContent-Disposition: form-data; name=\"n\"\r\n";

    /** What is repeated, how often, and the limit that ends it. */
    enum Flood {
        MILLION_PARTS("", PART + "\r\n\r\n", 1_000_000, "multipart.max-parts"),
        MILLION_FIELDS_IN_A_HEAD(PART, "A: b\r\n", 1_000_000, "multipart.max-part-head-bytes"),
        ENDLESS_FIELD_IN_A_HEAD(PART + "A: ", "x".repeat(1024), 1024 * 1024, "multipart.max-part-head-bytes"),
        GIBIBYTE_WITHOUT_A_NAME(PART + "\r\n", "x".repeat(1024), 1024 * 1024, "multipart.max-field-bytes"),
        GIBIBYTE_OF_BOUNDARIES_THAT_ARE_NONE(PART + "\r\n", "\r\n--", 256 * 1024 * 1024, "multipart.max-field-bytes"),
        GIBIBYTE_BEFORE_THE_FIRST_BOUNDARY("", "x".repeat(1024), 1024 * 1024, "no multipart boundary within"),
        GIBIBYTE_BEHIND_THE_LAST_BOUNDARY(
                PART + "\r\n\r\n--B--", "x".repeat(1024), 1024 * 1024, "multipart.max-request-bytes"),
        SPACES_BEHIND_A_BOUNDARY("--B", " ", 1_000_000, "spaces behind it");

        private final String start;
        private final String repeated;
        private final int times;
        private final String limit;

        Flood(String start, String repeated, int times, String limit) {
            this.start = start;
            this.repeated = repeated;
            this.times = times;
            this.limit = limit;
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsRefusedByTheNameOfItsLimitInASmallHeap(Flood flood) throws Exception {
        String printed = ChildJvm.run(Main.class, "-Xmx24m", "-XX:+UseSerialGC", "-Dflood=" + flood);
        assertThat(printed).contains(flood.limit);
        // As soon as the limit is passed: a mebibyte is for buffers, and for parts without a name 2 MiB are allowed.
        boolean readsOn = flood == Flood.GIBIBYTE_BEHIND_THE_LAST_BOUNDARY;
        long read =
                Long.parseLong(printed.substring(printed.indexOf("read=") + 5).strip());
        assertThat(read).isLessThan((readsOn ? 257L : 3L) * 1024 * 1024);
    }

    static final class Main {
        public static void main(String[] arguments) throws Exception {
            Flood flood = Flood.valueOf(System.getProperty("flood"));
            Path folder = Files.createTempDirectory("flood");
            var body = new Generated(flood);
            var config = new MultipartConfigElement("", -1, -1, 0);
            try (var form = MultipartForm.read(
                    body, "multipart/form-data; boundary=B", config, MultipartLimits.DEFAULT, folder)) {
                System.out.println("accepted " + form.parts().size() + " parts");
            } catch (IllegalStateException | BadRequest e) {
                System.out.println(e.getMessage());
            }
            try (var files = Files.list(folder)) {
                if (files.findAny().isPresent()) throw new IllegalStateException("a file was left in " + folder);
            }
            Files.delete(folder);
            System.out.println("read=" + body.read);
        }
    }

    private static final class Generated extends InputStream {
        private final byte[] start;
        private final byte[] repeated;
        private final long end;
        private long read;

        Generated(Flood flood) {
            start = flood.start.getBytes(StandardCharsets.US_ASCII);
            repeated = flood.repeated.getBytes(StandardCharsets.US_ASCII);
            end = start.length + (long) repeated.length * flood.times;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (read == end) return -1;
            int count = (int) Math.min(length, end - read);
            for (int i = 0; i < count; i++, read++) {
                target[offset + i] = read < start.length
                        ? start[(int) read]
                        : repeated[(int) ((read - start.length) % repeated.length)];
            }
            return count;
        }
    }
}
