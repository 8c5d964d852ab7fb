package org.dormouse.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.http.Version;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
    private static final String LONG = "{\"name\":\"value\"},".repeat(500);

    private final Compression compression = new Compression(new CompressionSettings(
            true, List.of(Coding.values()), CompressionSettings.DEFAULT.types(), 1024, 4, true, 1 << 20, 50, 2));

    @AfterEach
    void close() {
        compression.close();
    }

    private static Headers json() {
        var fields = new Headers();
        fields.add("Content-Type", "application/json;charset=utf-8");
        return fields;
    }

    private void answer(TestExchange sent, int status, Headers fields, String body, long length) throws IOException {
        Exchange exchange = compression.around(sent);
        exchange.commit(status, null, fields, length);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int taken = exchange.write(bytes, at, bytes.length - at);
            if (taken == 0) break;
            at += taken;
        }
        exchange.finish();
    }

    private byte[] decode(Coding coding, byte[] coded) throws IOException {
        try (Decoder decoder = coding.decoder(compression.inflaters)) {
            var body = new ByteArrayOutputStream();
            byte[] target = new byte[1000];
            for (int at = 0; at < coded.length; at += 1000) {
                decoder.input(coded, at, Math.min(1000, coded.length - at));
                for (int n = decoder.decode(target, 0, 1000); n > 0; n = decoder.decode(target, 0, 1000))
                    body.write(target, 0, n);
            }
            return body.toByteArray();
        }
    }

    @ParameterizedTest
    @EnumSource
    void responsesAreCodedAsTheClientLikes(Coding coding) throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", coding.word());
        Headers fields = json();
        fields.add("ETag", "\"tag\"");
        fields.add("Accept-Ranges", "bytes");
        answer(got, 200, fields, LONG, LONG.length());
        assertThat(got.isEnded()).isTrue();
        assertThat(got.responseField("Content-Encoding")).isEqualTo(coding.word());
        assertThat(got.responseField("Vary")).isEqualTo("Accept-Encoding");
        assertThat(got.responseField("ETag")).isEqualTo("W/\"tag\"");
        assertThat(got.responseField("Accept-Ranges")).isNull();
        assertThat(got.contentLength()).isEqualTo(-1);
        assertThat(got.bodyBytes().length).isLessThan(LONG.length() / 4);
        assertThat(decode(coding, got.bodyBytes())).asString().isEqualTo(LONG);
        assertThat(fields.first("ETag")).as("the application's own fields").isEqualTo("\"tag\"");
    }

    @Test
    void aClientThatWantsNoneIsToldThatOthersMay() throws IOException {
        var got = TestExchange.get("/");
        Headers fields = json();
        fields.add("Vary", "Origin");
        answer(got, 200, fields, LONG, LONG.length());
        assertThat(got.responseField("Content-Encoding")).isNull();
        assertThat(got.responseFields("Vary")).containsExactly("Origin", "Accept-Encoding");
        assertThat(got.contentLength()).isEqualTo(LONG.length());
        assertThat(got.body()).isEqualTo(LONG);
        var star = TestExchange.get("/");
        Headers any = json();
        any.add("Vary", "*");
        answer(star, 200, any, LONG, -1);
        assertThat(star.responseFields("Vary")).containsExactly("*");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # status | type               | field            | value                | length
            204      | application/json   | -                | -                    | -1
            205      | application/json   | -                | -                    | 0
            206      | application/json   | Content-Range    | bytes 0-4999/9000    | 5000
            200      | application/json   | Content-Encoding | gzip                 | 5000
            200      | application/json   | Content-Encoding | identity             | 5000
            200      | application/json   | Cache-Control    | public, No-Transform | 5000
            200      | application/json   | Content-Digest   | sha-256=:x:          | 5000
            200      | application/json   | -                | -                    | 1023
            200      | application/json   | -                | -                    | 0
            200      | image/png          | -                | -                    | 5000
            200      | text/event-stream  | -                | -                    | -1
            200      | application/jsonx  | -                | -                    | 5000
            200      | -                  | -                | -                    | 5000
            """)
    void whatMustNotBeCodedStaysAsItIs(int status, String type, String field, String value, long length)
            throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", "gzip");
        var fields = new Headers();
        if (type != null) fields.add("Content-Type", type);
        if (field != null) fields.add(field, value);
        answer(got, status, fields, "", length);
        assertThat(got.contentLength()).isEqualTo(length);
        assertThat(got.responseField("Vary")).isNull();
        assertThat(got.responseFields("Content-Encoding"))
                .isEqualTo("Content-Encoding".equals(field) ? List.of(value) : List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "text/html",
        "TEXT/HTML",
        "text/html ;charset=x",
        "application/json",
        "application/problem+json",
        "application/atom+xml",
        "image/svg+xml"
    })
    void typesThatAreWorthItAreCoded(String type) throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", "gzip");
        var fields = new Headers();
        fields.add("Content-Type", type);
        answer(got, 404, fields, LONG, -1);
        assertThat(got.responseField("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void aHeadIsAnsweredAsItsGetWouldBeWithoutAByte() throws IOException {
        var got = TestExchange.of("HEAD", "/").field("Accept-Encoding", "gzip");
        answer(got, 200, json(), LONG, LONG.length());
        assertThat(got.responseField("Content-Encoding")).isEqualTo("gzip");
        assertThat(got.contentLength()).isEqualTo(-1);
        assertThat(got.bodyBytes()).isEmpty();
        var unknown = TestExchange.of("HEAD", "/").field("Accept-Encoding", "gzip");
        answer(unknown, 200, json(), "", -1);
        assertThat(unknown.responseField("Content-Encoding")).isNull();
        assertThat(unknown.responseField("Vary")).isEqualTo("Accept-Encoding");
    }

    @Test
    void aClientOfHttp10GetsNoBodyWhoseEndIsTheEndOfTheConnection() throws IOException {
        var got = TestExchange.get("/").version(Version.HTTP_1_0).field("Accept-Encoding", "gzip");
        answer(got, 200, json(), LONG, LONG.length());
        assertThat(got.responseField("Content-Encoding")).isNull();
    }

    @Test
    void anAnswerNotModifiedHasTheTagThatTheClientHas() throws IOException {
        var coded = TestExchange.get("/").field("If-None-Match", "W/\"tag\"");
        Headers fields = new Headers();
        fields.add("ETag", "\"tag\"");
        answer(coded, 304, fields, "", -1);
        assertThat(coded.responseField("ETag")).isEqualTo("W/\"tag\"");
        assertThat(coded.responseField("Vary")).isEqualTo("Accept-Encoding");
        var plain = TestExchange.get("/").field("If-None-Match", "\"tag\"");
        answer(plain, 304, fields, "", -1);
        assertThat(plain.responseField("ETag")).isEqualTo("\"tag\"");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsFlushedIsSentAndNothingStaysInTheCoder(Coding coding) throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", coding.word());
        Exchange exchange = compression.around(got);
        exchange.commit(200, null, json(), -1);
        assertThat(exchange.flush()).isTrue();
        int before = got.bodyBytes().length;
        exchange.write("event".getBytes(), 0, 5);
        assertThat(exchange.flush()).isTrue();
        assertThat(decode(coding, got.bodyBytes())).asString().isEqualTo("event");
        int after = got.bodyBytes().length;
        assertThat(after).isGreaterThan(before);
        assertThat(exchange.flush()).isTrue();
        assertThat(got.bodyBytes()).as("a flush with nothing new").hasSize(after);
        exchange.finish();
        assertThat(compression.deflaters.kept()).isEqualTo(coding == Coding.GZIP ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void aSlowClientGetsEverythingBitByBit(Coding coding) throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", coding.word()).takeOnly(1);
        Exchange exchange = compression.around(got);
        exchange.commit(200, null, json(), -1);
        var text = new StringBuilder();
        for (int i = 0; i < 3000; i++) text.append(Integer.toString(i * 7919, 36));
        byte[] bytes = text.toString().getBytes();
        int at = 0;
        var woken = new boolean[1];
        while (at < bytes.length) {
            int taken = exchange.write(bytes, at, bytes.length - at);
            at += taken;
            if (taken > 0) continue;
            woken[0] = false;
            exchange.whenWritable(() -> woken[0] = true);
            int tries = 0;
            while (!woken[0]) {
                got.take(50);
                assertThat(tries++).isLessThan(10_000);
            }
        }
        exchange.finish();
        for (int i = 0; i < 10_000 && !got.isEnded(); i++) got.take(50);
        assertThat(got.isEnded()).isTrue();
        assertThat(decode(coding, got.bodyBytes())).isEqualTo(bytes);
    }

    @Test
    void whatWasFlushedGoesOnWhenThereIsRoomAgainWithoutTheWriter() throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", "gzip").takeOnly(10);
        Exchange exchange = compression.around(got);
        exchange.commit(200, null, json(), -1);
        assertThat(exchange.write("event".getBytes(), 0, 5)).isEqualTo(5); // behind the header of 10 bytes
        assertThat(exchange.flush()).isFalse();
        got.take(10_000);
        assertThat(decode(Coding.GZIP, got.bodyBytes())).asString().isEqualTo("event");
        exchange.finish();
        assertThat(got.isEnded()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesLosesNoCoder(Coding coding) throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", coding.word()).takeOnly(2);
        Exchange exchange = compression.around(got);
        exchange.commit(200, null, json(), -1);
        exchange.write(LONG.getBytes(), 0, 1000);
        exchange.finish();
        assertThat(got.isEnded()).as("there is more to send").isFalse();
        got.leave();
        assertThat(got.isEnded()).isTrue();
        assertThat(compression.deflaters.kept()).isEqualTo(coding == Coding.GZIP ? 1 : 0);
    }

    @Test
    void aResponseThatWasGivenUpDoesNotEndAsIfItWereWhole() throws IOException {
        var got = TestExchange.get("/").field("Accept-Encoding", "gzip");
        Exchange exchange = compression.around(got);
        exchange.commit(200, null, json(), -1);
        exchange.write(LONG.getBytes(), 0, 1000);
        exchange.abort();
        exchange.finish();
        byte[] sent = got.bodyBytes();
        assertThatThrownBy(() -> {
                    try (Decoder decoder = Coding.GZIP.decoder(compression.inflaters)) {
                        decoder.input(sent, 0, sent.length);
                        while (decoder.decode(new byte[1000], 0, 1000) > 0) {}
                        decoder.endOfInput();
                    }
                })
                .hasMessageContaining("midst");
        assertThat(compression.deflaters.kept()).isEqualTo(1);
    }

    @Test
    void whatAnExchangeCanDoIsNotLostWithTheOneAroundIt() {
        for (var method : Exchange.class.getMethods()) {
            assertThat(ForwardedExchange.class.getDeclaredMethods())
                    .as("ForwardedExchange has %s", method)
                    .anyMatch(own -> own.getName().equals(method.getName())
                            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
        }
    }

    // --- requests

    private byte[] encode(Coding coding, byte[] body) throws IOException {
        var coded = new CodedBytes();
        try (var encoder = coding.encoder(coded, compression)) {
            encoder.write(body, 0, body.length);
        }
        return Arrays.copyOfRange(coded.array, coded.start, coded.end);
    }

    private static TestExchange upload(String coding, byte[] body) {
        var sent = TestExchange.open("POST", "/")
                .field("Content-Encoding", coding)
                .field("Content-Length", "" + body.length);
        if (body.length > 0) sent.arrive(body);
        sent.endBody();
        return sent;
    }

    private byte[] read(Exchange exchange, int step) throws IOException {
        var body = new ByteArrayOutputStream();
        byte[] target = new byte[step];
        for (int count = exchange.read(target, 0, step); count >= 0; count = exchange.read(target, 0, step)) {
            assertThat(count).isPositive();
            body.write(target, 0, count);
        }
        return body.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void bodiesOfRequestsAreDecoded(Coding coding) throws IOException {
        Exchange exchange = compression.around(upload(coding.word(), encode(coding, LONG.getBytes())));
        assertThat(exchange.request().fields().first("Content-Encoding")).isNull();
        assertThat(exchange.request().fields().first("Content-Length")).isNull();
        assertThat(exchange.request().contentLength()).isEqualTo(-1);
        assertThat(exchange.isBodyRead()).isFalse();
        assertThat(read(exchange, 100)).asString().isEqualTo(LONG);
        assertThat(exchange.isBodyRead()).isTrue();
        assertThat(exchange.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void codingsOverOneAnotherAreUndoneUpToALimit() throws IOException {
        byte[] twice = encode(Coding.GZIP, encode(Coding.BROTLI, LONG.getBytes()));
        assertThat(read(compression.around(upload("br, x-gzip", twice)), 1000))
                .asString()
                .isEqualTo(LONG);
        assertThatThrownBy(() -> compression.around(upload("gzip, gzip, gzip", twice)))
                .hasMessageContaining("3 content codings")
                .hasMessageContaining("compression.max-request-codings");
    }

    @ParameterizedTest
    @CsvSource({"deflate", "compress", "gzipp", "'gzip, x'", "\"gzip\""})
    void codingsThatAreNotKnownAreRefused(String coding) {
        assertThatThrownBy(() -> compression.around(upload(coding, new byte[10])))
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(415));
        assertThat(compression.accepted()).isEqualTo("zstd, br, gzip");
    }

    @ParameterizedTest
    @EnumSource
    void bombsAreRefusedBySizeAndByRatioWhateverTheCoding(Coding coding) throws IOException {
        byte[] bomb = encode(coding, new byte[8 << 20]);
        assertRefused413(upload(coding.word(), bomb), "compression.max-request-ratio");
        byte[] noise = new byte[2 << 20];
        new java.util.Random(1).nextBytes(noise);
        assertRefused413(upload(coding.word(), encode(coding, noise)), "compression.max-request-bytes");
        byte[] inside = encode(Coding.GZIP, bomb);
        assertRefused413(upload(coding.word() + ", gzip", inside), "compression.max-request-");
    }

    private void assertRefused413(TestExchange upload, String key) throws IOException {
        Exchange exchange = compression.around(upload);
        assertThatThrownBy(() -> read(exchange, 8192))
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(413))
                .hasMessageContaining(key);
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).isInstanceOf(BadRequest.class);
        exchange.finish();
        assertThat(compression.inflaters.kept()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void brokenAndUnfinishedBodiesAreAnswered400(Coding coding) throws IOException {
        byte[] whole = encode(coding, LONG.getBytes());
        for (byte[] broken : List.of(
                new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
                Arrays.copyOf(whole, whole.length - 1),
                new byte[0])) {
            Exchange exchange = compression.around(upload(coding.word(), broken));
            assertThatThrownBy(() -> read(exchange, 8192))
                    .isInstanceOfSatisfying(
                            BadRequest.class, e -> assertThat(e.status()).isEqualTo(400));
        }
    }

    @Test
    void aBodyThatComesSlowlyIsReadAsItComes() throws IOException {
        byte[] coded = encode(Coding.GZIP, LONG.getBytes());
        var sent = TestExchange.open("POST", "/").field("Content-Encoding", "gzip");
        Exchange exchange = compression.around(sent);
        var body = new ByteArrayOutputStream();
        byte[] target = new byte[100];
        var wakes = new ArrayList<Integer>();
        for (int i = 0; i <= coded.length; i++) {
            int count;
            while ((count = exchange.read(target, 0, 100)) > 0) body.write(target, 0, count);
            if (i == coded.length) break;
            assertThat(count).isZero();
            int at = i;
            exchange.whenReadable(() -> wakes.add(at));
            assertThat(wakes).hasSize(i);
            sent.arrive(new byte[] {coded[i]});
            assertThat(wakes).hasSize(i + 1);
        }
        sent.endBody();
        assertThat(exchange.read(target, 0, 100)).isEqualTo(-1);
        assertThat(body.toString()).isEqualTo(LONG);
    }
}
