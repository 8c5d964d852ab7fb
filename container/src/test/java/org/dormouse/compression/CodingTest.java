package org.dormouse.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.dormouse.http.CoderPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodingTest {
    private final Compression compression = new Compression(new CompressionSettings(
            true, List.of(Coding.values()), CompressionSettings.DEFAULT.types(), 0, 4, false, 1 << 20, 50, 2));
    private final CoderPool<Inflater> inflaters =
            new CoderPool<>(() -> new Inflater(true), Inflater::reset, Inflater::end, 8);

    @AfterEach
    void close() {
        compression.close();
        inflaters.close();
    }

    /** Text with repetitions and noise in it. */
    private static byte[] body(int length, long seed) {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte) (random.nextInt(20) == 0 ? random.nextInt(256) : 'a' + i % 17);
        return bytes;
    }

    private byte[] encode(Coding coding, byte[] body) throws IOException {
        assertThat(coding.isAvailable()).isTrue(); // asked first, as the server does: that loads the library
        var coded = new CodedBytes();
        try (OutputStream encoder = coding.encoder(coded, compression)) {
            encoder.write(body, 0, body.length);
        }
        return Arrays.copyOfRange(coded.array, coded.start, coded.end);
    }

    /** Feeds {@code step} bytes at a time and takes {@code take} at a time. */
    private byte[] decode(Coding coding, byte[] coded, int step, int take) throws IOException {
        try (Decoder decoder = coding.decoder(inflaters)) {
            var body = new ByteArrayOutputStream();
            drain(decoder, body, take);
            for (int at = 0; at < coded.length; at += step) {
                decoder.input(coded, at, Math.min(step, coded.length - at));
                drain(decoder, body, take);
            }
            decoder.endOfInput();
            return body.toByteArray();
        }
    }

    private static void drain(Decoder decoder, ByteArrayOutputStream body, int take) throws IOException {
        byte[] target = new byte[take + 2];
        for (int count = decoder.decode(target, 1, take); count > 0; count = decoder.decode(target, 1, take)) {
            assertThat(count).isLessThanOrEqualTo(take);
            body.write(target, 1, count);
        }
        assertThat(target[0]).isZero();
        assertThat(target[take + 1]).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCodedIsDecodedHoweverItComes(Coding coding) throws IOException {
        assertThat(coding.isAvailable()).isTrue();
        for (int length : new int[] {0, 1, 100, 5_000, 70_000, 300_000}) {
            byte[] body = body(length, length);
            byte[] coded = encode(coding, body);
            assertThat(decode(coding, coded, Decoder.INPUT_BYTES, 8192)).isEqualTo(body);
            assertThat(decode(coding, coded, 1, 100)).isEqualTo(body);
            assertThat(decode(coding, coded, 1000, 7)).isEqualTo(body);
        }
        assertThat(inflaters.kept()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasFlushedIsWithTheClient(Coding coding) throws IOException {
        var coded = new CodedBytes();
        var body = new ByteArrayOutputStream();
        try (OutputStream encoder = coding.encoder(coded, compression);
                Decoder decoder = coding.decoder(inflaters)) {
            for (int i = 0; i < 50; i++) {
                byte[] event = ("data: event " + i + "\n\n").getBytes();
                encoder.write(event, 0, event.length);
                encoder.flush();
                byte[] sent = Arrays.copyOfRange(coded.array, coded.start, coded.end);
                coded.clear();
                body.reset();
                decoder.input(sent, 0, sent.length);
                drain(decoder, body, 1000);
                assertThat(body.toByteArray()).isEqualTo(event);
            }
        }
    }

    /** Cut anywhere and broken anywhere: an error, or by chance something of bounded length; what was held is given back. */
    @ParameterizedTest
    @EnumSource
    void brokenBodiesAreRefusedAtEveryByte(Coding coding) throws IOException {
        byte[] body = body(3_000, 5);
        byte[] coded = encode(coding, body);
        for (int length = 0; length < coded.length; length++) {
            byte[] cut = Arrays.copyOf(coded, length);
            assertThat(failure(coding, cut))
                    .as("cut at %s of %s", length, coded.length)
                    .isNotNull();
        }
        for (int i = 0; i < coded.length; i++) {
            byte[] broken = coded.clone();
            broken[i] ^= (byte) 0x55;
            failure(coding, broken);
        }
        assertThat(inflaters.kept()).isEqualTo(coding == Coding.GZIP ? 1 : 0);
        assertThat(decode(coding, coded, 100, 100)).isEqualTo(body);
    }

    private Exception failure(Coding coding, byte[] coded) throws IOException {
        try {
            assertThat(decode(coding, coded, 64, 512).length).isLessThan(100_000_000);
            return null;
        } catch (Decoder.MalformedBody e) {
            return e;
        }
    }

    @Test
    void gzipHeadersMayHaveEveryOptionalPart() throws IOException {
        byte[] plain = encode(Coding.GZIP, "hello".getBytes());
        var head = new ByteArrayOutputStream();
        head.write(new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3});
        head.write(new byte[] {5, 0, 'e', 'x', 't', 'r', 'a'});
        head.write("name\0comment\0".getBytes());
        var checksum = new CRC32();
        checksum.update(head.toByteArray());
        head.write((int) checksum.getValue());
        head.write((int) checksum.getValue() >>> 8);
        head.write(plain, 10, plain.length - 10);
        byte[] whole = head.toByteArray();
        assertThat(decode(Coding.GZIP, whole, 1, 10)).asString().isEqualTo("hello");
        whole[12] ^= 1;
        assertThat(failure(Coding.GZIP, whole)).hasMessageContaining("gzip header");
    }

    @Test
    void gzipMembersFollowOneAnother() throws IOException {
        var both = new ByteArrayOutputStream();
        both.write(encode(Coding.GZIP, "hello, ".getBytes()));
        both.write(encode(Coding.GZIP, "world".getBytes()));
        assertThat(decode(Coding.GZIP, both.toByteArray(), 3, 10)).asString().isEqualTo("hello, world");
        both.write('x');
        assertThat(failure(Coding.GZIP, both.toByteArray())).isNotNull();
    }

    @Test
    void aGzipNameWithoutEndIsRefused() {
        byte[] endless = new byte[200_000];
        Arrays.fill(endless, (byte) 'n');
        System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3}, 0, endless, 0, 10);
        try {
            assertThat(failure(Coding.GZIP, endless)).hasMessageContaining("65536");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void deflatersAreKeptUpToABoundAndComeBackOnce() throws IOException {
        var pool = new CoderPool<>(() -> new Deflater(4, true), Deflater::reset, Deflater::end, 2);
        var streams = new OutputStream[5];
        for (int i = 0; i < streams.length; i++) streams[i] = new GzipStream(new CodedBytes(), pool);
        for (OutputStream stream : streams) {
            stream.close();
            stream.close();
        }
        assertThat(pool.kept()).isEqualTo(2);
        pool.close();
        assertThat(pool.kept()).isZero();
    }

    @Test
    void aDecoderGivesBackWhatItHoldsOnce() throws IOException {
        Decoder decoder = Coding.GZIP.decoder(inflaters);
        decoder.close();
        decoder.close();
        assertThat(inflaters.kept()).isEqualTo(1);
    }

    /** A coder that another body went through, left in the midst, codes the next one as a new one does. */
    @ParameterizedTest
    @EnumSource
    void nothingOfOneBodyShowsInTheNext(Coding coding) throws IOException {
        byte[] body = body(2_000, 1);
        byte[] fresh = encode(coding, body);
        byte[] canary = "canary-secret-canary-secret".repeat(500).getBytes();
        encode(coding, canary);
        assertThat(encode(coding, body)).isEqualTo(fresh);
        byte[] coded = encode(coding, canary);
        try (Decoder left = coding.decoder(inflaters)) {
            left.input(coded, 0, coded.length - 20);
            left.decode(new byte[100], 0, 100);
        }
        assertThat(decode(coding, fresh, 100, 100)).isEqualTo(body);
    }
}
