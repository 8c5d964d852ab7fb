package org.dormouse.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.compression.Coding;
import org.dormouse.compression.Compression;
import org.dormouse.compression.CompressionSettings;
import org.dormouse.http.BodyCoder;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.StaticSettings;
import org.junit.jupiter.api.Test;

class StaticFilesTest {
    private static final long SECOND = 1_000_000_000;
    private static final long LONG_AGO = 1_000_000;

    private final Map<String, InMemory> content = new HashMap<>();
    private int looks;
    private int reads;
    private long nanos = 1;
    private long millis = 1_000_000_000;

    /** A file whose bytes, time and identity a test changes. */
    private final class InMemory implements Resources.Resource {
        private final byte[] bytes;
        private final long modified;
        private final Object identity;

        InMemory(String text, long modified, Object identity) {
            this.bytes = text.getBytes(StandardCharsets.UTF_8);
            this.modified = modified;
            this.identity = identity;
        }

        @Override
        public boolean isDirectory() {
            return false;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public long lastModified() {
            return modified;
        }

        @Override
        public Object identity() {
            return identity;
        }

        @Override
        public InputStream open() {
            reads++;
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public URL url() throws IOException {
            throw new IOException("in memory");
        }
    }

    private StaticFiles files(int cacheBytes, int cacheEntries, BodyCoder coder, String... precompressed) {
        var settings = new StaticSettings(
                cacheBytes,
                cacheEntries,
                1000,
                Duration.ofSeconds(1),
                16,
                false,
                100,
                false,
                List.of(precompressed),
                List.of(
                        new StaticSettings.CacheControl("*.css", "max-age=60"),
                        new StaticSettings.CacheControl("/*", "no-cache")),
                "utf-8",
                coder);
        var resources = new Resources() {
            @Override
            public Resource find(String path) {
                looks++;
                return content.get(path);
            }

            @Override
            public Set<String> list(String path) {
                return content.keySet();
            }
        };
        var clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(millis);
            }
        };
        var reader = new FileReader(resources, settings, path -> path.endsWith(".css") ? "text/css" : null, clock);
        return new StaticFiles(resources, settings, reader, () -> nanos);
    }

    private StaticFiles files(int cacheBytes, int cacheEntries) {
        return files(cacheBytes, cacheEntries, BodyCoder.NONE);
    }

    private void put(String path, String text) {
        content.put(path, new InMemory(text, LONG_AGO, 1));
    }

    private static String text(StaticFile file) {
        return new String(file.bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aFileIsReadOnceAndLookedAtOnceAnInterval() {
        put("/a", "text");
        StaticFiles files = files(10_000, 10);
        for (int i = 0; i < 100; i++) assertThat(text(files.find("/a"))).isEqualTo("text");
        assertThat(looks).isEqualTo(1);
        assertThat(reads).isEqualTo(1);
        nanos += SECOND;
        for (int i = 0; i < 100; i++) files.find("/a");
        assertThat(looks).isEqualTo(2);
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void whatChangedIsSeenAfterTheInterval() {
        StaticFiles files = files(10_000, 10);
        put("/a", "one1");
        String etag = files.find("/a").etag;
        content.put("/a", new InMemory("two2", LONG_AGO + 5_000, 1));
        assertThat(text(files.find("/a"))).isEqualTo("one1");
        nanos += SECOND;
        assertThat(text(files.find("/a"))).isEqualTo("two2");
        assertThat(files.find("/a").etag).isNotEqualTo(etag);
        content.put("/a", new InMemory("thr3", LONG_AGO + 5_000, 2)); // another file, same length, same time
        nanos += SECOND;
        assertThat(text(files.find("/a"))).isEqualTo("thr3");
        content.remove("/a");
        nanos += SECOND;
        assertThat(files.find("/a")).isNull();
        assertThat(files.size()).isZero();
        assertThat(files.bytes()).isZero();
    }

    @Test
    void aFileThatWasWrittenJustNowIsReadAgainSinceItsTimeMayNotTell() {
        StaticFiles files = files(10_000, 10);
        content.put("/a", new InMemory("one1", millis - 500, 1));
        assertThat(text(files.find("/a"))).isEqualTo("one1");
        content.put("/a", new InMemory("two2", millis - 500, 1));
        nanos += SECOND;
        assertThat(text(files.find("/a"))).isEqualTo("two2");
    }

    @Test
    void neitherFilesNorBytesGrowBeyondTheirBounds() {
        StaticFiles files = files(2_500, 5);
        for (int i = 0; i < 1000; i++) put("/" + i, "x".repeat(i % 1000));
        for (int i = 0; i < 1000; i++) {
            files.find("/" + i);
            assertThat(files.size()).isLessThanOrEqualTo(5);
            assertThat(files.bytes()).isLessThanOrEqualTo(2_500);
        }
        assertThat(files.size()).isPositive();
    }

    @Test
    void whatIsAskedForStaysWhileWhatIsNotGoes() {
        StaticFiles files = files(100_000, 4);
        put("/wanted", "w");
        files.find("/wanted");
        for (int i = 0; i < 100; i++) {
            put("/" + i, "x");
            files.find("/" + i);
            int before = reads;
            files.find("/wanted");
            assertThat(reads).as("after %s others", i).isEqualTo(before);
        }
    }

    @Test
    void whatIsNotThereIsNotRemembered() {
        StaticFiles files = files(10_000, 10);
        for (int i = 0; i < 1_000_000; i++) files.find("/missing" + i);
        assertThat(files.size()).isZero();
        put("/missing5", "now it is");
        assertThat(files.find("/missing5")).isNotNull();
    }

    @Test
    void aFileThatIsTooLargeIsRememberedWithoutItsBytes() {
        StaticFiles files = files(10_000, 10);
        put("/large", "x".repeat(1001));
        assertThat(files.find("/large").bytes).isNull();
        assertThat(files.find("/large").etag).startsWith("W/\"");
        assertThat(looks).isEqualTo(1);
        assertThat(reads).isZero();
    }

    @Test
    void entityTagsStandForTheBytesAndFieldsForThePath() {
        StaticFiles files = files(10_000, 10);
        put("/a.css", "same");
        put("/b", "same");
        StaticFile css = files.find("/a.css");
        assertThat(css.etag).isEqualTo(files.find("/b").etag).startsWith("\"");
        assertThat(css.contentType).isEqualTo("text/css;charset=utf-8");
        assertThat(css.cacheControl).isEqualTo("max-age=60");
        assertThat(files.find("/b").cacheControl).isEqualTo("no-cache");
        assertThat(files.find("/b").contentType).isNull();
    }

    @Test
    void copiesBesideAFileAreItsVariantsUnlessTheyAreOlder() {
        StaticFiles files = files(10_000, 10, BodyCoder.NONE, "br", "zstd", "gzip");
        put("/a.css", "text");
        put("/a.css.gz", "gz");
        content.put("/a.css.br", new InMemory("br", LONG_AGO - 1, 1));
        StaticFile css = files.find("/a.css");
        assertThat(css.codings).containsExactly("gzip");
        StaticFile gzip = css.variants.getFirst();
        assertThat(text(gzip)).isEqualTo("gz");
        assertThat(gzip.etag).isNotEqualTo(css.etag).endsWith("-gzip\"");
        assertThat(gzip.contentType).isEqualTo(css.contentType);
        put("/a.css.zst", "zstd");
        nanos += SECOND;
        assertThat(files.find("/a.css").codings).containsExactly("zstd", "gzip");
        content.remove("/a.css.gz");
        nanos += SECOND;
        assertThat(files.find("/a.css").codings).containsExactly("zstd");
    }

    @Test
    void keptFilesAreCodedOnce() {
        var settings = CompressionSettings.DEFAULT;
        try (var compression = new Compression(
                new CompressionSettings(true, List.of(Coding.GZIP), settings.types(), 100, 4, false, 1000, 10, 1))) {
            StaticFiles files = files(10_000, 10, compression);
            put("/a.css", "text ".repeat(100));
            put("/small.css", "text");
            StaticFile css = files.find("/a.css");
            assertThat(css.codings).containsExactly("gzip");
            assertThat(css.variants.getFirst().length).isLessThan(100);
            assertThat(files.bytes()).isEqualTo(500 + css.variants.getFirst().length);
            assertThat(files.find("/a.css")).isSameAs(css);
            assertThat(files.find("/small.css").codings).isEmpty();
        }
    }
}
