package org.dormouse.servlet.multipart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartFormTest {
    private static final String TYPE = "multipart/form-data; boundary=B";
    private static final String BROWSER = """
            --B
            Content-Disposition: form-data; name="title"

            Gr\u00fc\u00dfe
            --B
            Content-Disposition: form-data; name="file"; filename="\u20ac \\"x\\".txt"
            Content-Type: text/plain
            X-Two: 1
            x-two: 2

            line 1

            a --B that is not at the begin of its line
            -B
            --B
            Content-Disposition: form-data; name="none"; filename=""
            Content-Type: application/octet-stream


            --B--
            """;

    @TempDir
    Path folder;

    @Test
    void partsOfABrowserAreReadWhateverTheReadsReturn() throws IOException {
        byte[] body = crlf(BROWSER);
        for (int step : new int[] {1, 2, 3, 7, 100_000}) {
            for (int threshold : new int[] {0, 1000}) {
                try (MultipartForm form =
                        read(new Dribble(body, step), TYPE, config(threshold, -1, -1), MultipartLimits.DEFAULT)) {
                    assertThat(form.parts()).extracting(Part::getName).containsExactly("title", "file", "none");
                    Part title = form.parts().get(0);
                    assertThat(title.getSubmittedFileName()).isNull();
                    assertThat(content(title)).isEqualTo("Gr\u00fc\u00dfe");
                    assertThat(title.getContentType()).isNull();
                    Part file = form.parts().get(1);
                    assertThat(file.getSubmittedFileName()).isEqualTo("\u20ac \"x\".txt");
                    assertThat(file.getContentType()).isEqualTo("text/plain");
                    assertThat(file.getHeaders("X-TWO")).containsExactly("1", "2");
                    assertThat(file.getHeaderNames()).containsExactly("Content-Disposition", "Content-Type", "X-Two");
                    assertThat(file.getHeader("nothing")).isNull();
                    assertThat(content(file))
                            .isEqualTo("line 1\r\n\r\na --B that is not at the begin of its line\r\n-B");
                    assertThat(file.getSize()).isEqualTo(content(file).length());
                    assertThat(form.parts().get(2).getSubmittedFileName()).isEmpty();
                    assertThat(form.parts().get(2).getSize()).isZero();
                }
            }
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void randomContentComesBackAsItWasSent() throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String boundary = random.nextBoolean() ? "-----------------------------735323031399963166993862150" : "a";
            List<byte[]> contents = new ArrayList<>();
            var body = new ByteArrayOutputStream();
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] content = randomContent(random, boundary);
                contents.add(content);
                body.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=x; filename=y\r\n\r\n")
                        .getBytes(UTF_8));
                body.writeBytes(content);
                body.writeBytes("\r\n".getBytes(UTF_8));
            }
            body.writeBytes(("--" + boundary + "--").getBytes(UTF_8));
            String type = "multipart/form-data; boundary=\"" + boundary + "\"";
            var in = new Dribble(body.toByteArray(), 1 + random.nextInt(10_000));
            try (MultipartForm form = read(in, type, config(random.nextInt(20_000), -1, -1), MultipartLimits.DEFAULT)) {
                for (int i = 0; i < contents.size(); i++) {
                    try (InputStream content = form.parts().get(i).getInputStream()) {
                        assertThat(content.readAllBytes())
                                .as("round %d part %d", round, i)
                                .isEqualTo(contents.get(i));
                    }
                }
            }
        }
        assertThat(files()).isEmpty();
    }

    /** Full of things that begin like a boundary, and never are one. */
    private static byte[] randomContent(Random random, String boundary) {
        var content = new StringBuilder();
        int length = random.nextInt(3) == 0 ? random.nextInt(30_000) : random.nextInt(40);
        while (content.length() < length) {
            switch (random.nextInt(5)) {
                case 0 -> content.append("\r\n");
                case 1 -> content.append("\r\n-");
                case 2 -> content.append("\r\n--").append(boundary, 0, random.nextInt(boundary.length()));
                case 3 -> content.append("--").append(boundary);
                default -> content.append((char) random.nextInt(256));
            }
        }
        // Framed as in a body, so that a boundary at either end is seen too.
        String framed = "\r\n" + content + "\r\n-";
        while (framed.contains("\r\n--" + boundary)) framed = framed.replace("\r\n--" + boundary, "\r\nz");
        String text = framed.substring(2, Math.max(2, framed.length() - 3));
        return text.getBytes(ISO_8859_1);
    }

    @Test
    void largeFilesAreKeptInFilesOfTheirOwnerAloneAndGoWithTheForm() throws IOException {
        byte[] body = crlf(BROWSER);
        MultipartForm form = read(new ByteArrayInputStream(body), TYPE, config(10, -1, -1), MultipartLimits.DEFAULT);
        assertThat(files()).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())))
                .isEqualTo("rw-------");
        form.close();
        assertThat(files()).isEmpty();
        assertThatThrownBy(() -> form.parts().get(1).getInputStream()).isInstanceOf(IOException.class);
    }

    @Test
    void aPartIsWrittenBelowTheLocationAndStaysThere() throws IOException {
        for (int threshold : new int[] {0, 1000}) {
            try (MultipartForm form = read(
                    new ByteArrayInputStream(crlf(BROWSER)),
                    TYPE,
                    config(threshold, -1, -1),
                    MultipartLimits.DEFAULT)) {
                Part file = form.parts().get(1);
                file.write("kept.txt");
                file.write("again.txt");
                for (String bad : List.of("../out.txt", "a/../../out.txt", "", ".")) {
                    assertThatThrownBy(() -> file.write(bad)).isInstanceOf(IOException.class);
                }
                assertThat(content(file)).startsWith("line 1");
            }
            assertThat(Files.readString(folder.resolve("kept.txt"))).startsWith("line 1");
            assertThat(Files.readString(folder.resolve("again.txt"))).startsWith("line 1");
            Files.delete(folder.resolve("kept.txt"));
            Files.delete(folder.resolve("again.txt"));
            assertThat(files()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--B",
                "--B\r\n",
                "--B\r\n\r\n",
                "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
                "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B",
                "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--Bx--",
                "--B\nContent-Disposition: form-data; name=a\n\nx\n--B--",
                "--B\r\nContent-Disposition: form-data; name=a\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data; name=a\r\n folded\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data; name=a\u0001\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition form-data; name=a\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\nx\r\n--B--",
                "--B\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--B--",
            })
    void malformedBodiesAreAnswered400(String body) throws IOException {
        assertThatThrownBy(() -> read(
                        new ByteArrayInputStream(body.getBytes(UTF_8)),
                        TYPE,
                        config(0, -1, -1),
                        MultipartLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(400));
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            multipart/form-data; boundary=B              | B
            multipart/form-data;boundary="B=C:D"         | B=C:D
            multipart/form-data; charset=x; BOUNDARY= B  | B
            multipart/form-data; x; boundary=B           | B
            multipart/form-data; a="b;boundary=C"; boundary=B | B
            """)
    void theBoundaryIsFoundAmongOtherParameters(String type, String boundary) throws IOException {
        assertThat(PartHead.boundary(type)).isEqualTo(boundary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=\"B",
                "multipart/form-data; boundary=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghx",
                "multipart/form-data; boundary=\"a\u0001\"",
                "boundary=B"
            })
    void aBodyWithoutAUsableBoundaryIsAnswered400(String type) {
        assertThatThrownBy(() -> PartHead.boundary(type)).isInstanceOf(BadRequest.class);
    }

    @Test
    void everyLimitIsAnswered413WithItsKeyAndValueAndLeavesNoFile() throws IOException {
        byte[] body = crlf(BROWSER);
        assertTooLarge(body, config(0, 10, -1), MultipartLimits.DEFAULT, "part file", "10", "max-file-size");
        assertTooLarge(
                body,
                config(0, -1, 100),
                MultipartLimits.DEFAULT,
                "100",
                "max-request-size",
                "multipart.max-request-bytes");
        assertTooLarge(
                body,
                config(0, -1, -1),
                new MultipartLimits(50, 4096, 1000, 200),
                "200",
                "multipart.max-request-bytes");
        assertTooLarge(body, config(0, -1, -1), new MultipartLimits(2, 4096, 1000, 10_000), "2", "multipart.max-parts");
        assertTooLarge(
                body, config(0, -1, -1), new MultipartLimits(50, 4096, 5, 10_000), "5", "multipart.max-field-bytes");
        byte[] longHead = crlf(BROWSER.replace("X-Two: 1", "X-Two: " + "1".repeat(600)));
        assertTooLarge(
                longHead,
                config(0, -1, -1),
                new MultipartLimits(50, 512, 1000, 10_000),
                "512",
                "multipart.max-part-head-bytes");
        byte[] late = crlf(BROWSER + "x".repeat(20_000));
        assertTooLarge(late, config(0, -1, 10_000), MultipartLimits.DEFAULT, "10000", "max-request-size");
        byte[] preamble = crlf("x".repeat(2_000) + "\n" + BROWSER);
        assertThatThrownBy(() ->
                        read(new ByteArrayInputStream(preamble), TYPE, config(0, -1, -1), MultipartLimits.DEFAULT))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("within 1024 bytes");
    }

    private void assertTooLarge(byte[] body, MultipartConfigElement config, MultipartLimits limits, String... words)
            throws IOException {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(body), TYPE, config, limits))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(words)
                .hasMessageContaining("exceed")
                .cause()
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(413));
        assertThat(files()).isEmpty();
    }

    @Test
    void aFieldOfAGigabyteDoesNotFillTheMemory() {
        InputStream endless = new InputStream() {
            private final byte[] head = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n".getBytes(UTF_8);
            private long sent;

            @Override
            public int read() {
                throw new AssertionError("read byte by byte");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                assertThat(sent).as("bytes read after the limit").isLessThan(3 * 1024 * 1024);
                int count = sent == 0 ? head.length : length;
                if (sent == 0) System.arraycopy(head, 0, target, offset, count);
                else Arrays.fill(target, offset, offset + count, (byte) 'x');
                sent += count;
                return count;
            }
        };
        assertThatThrownBy(() -> read(endless, TYPE, config(0, -1, -1), MultipartLimits.DEFAULT))
                .hasMessageContaining("multipart.max-field-bytes");
    }

    private MultipartForm read(InputStream in, String type, MultipartConfigElement config, MultipartLimits limits)
            throws IOException {
        return MultipartForm.read(in, type, config, limits, folder);
    }

    private static MultipartConfigElement config(int threshold, long maxFile, long maxRequest) {
        return new MultipartConfigElement("", maxFile, maxRequest, threshold);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static String content(Part part) throws IOException {
        try (InputStream in = part.getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static byte[] crlf(String text) {
        return text.replace("\n", "\r\n").getBytes(UTF_8);
    }

    /** Returns at most so many bytes at once. */
    private static final class Dribble extends InputStream {
        private final InputStream in;
        private final int step;

        Dribble(byte[] bytes, int step) {
            this.in = new ByteArrayInputStream(bytes);
            this.step = step;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, Math.min(step, length));
        }
    }
}
