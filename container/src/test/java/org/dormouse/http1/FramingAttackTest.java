package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that somebody before or behind us could read in another way. Each runs whole, byte by byte, and split at every position; each
 * time it is refused with the same status, nothing behind it is taken for a request, and the connection closes.
 */
class FramingAttackTest {
    private static final String START = "POST /first HTTP/1.1\r\nHost: h\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

    private final List<String> seen = new ArrayList<>();
    private final Http1Server server = new Http1Server(exchange -> {
        seen.add(exchange.request().rawPath());
        try {
            byte[] body = Http1Server.readAll(exchange);
            Http1Server.answer(exchange, 200, "[" + new String(body, StandardCharsets.ISO_8859_1) + "]");
        } catch (org.dormouse.http.BadRequest e) {
            Http1Server.answer(exchange, e.status(), String.valueOf(e.getMessage()));
        }
    });

    @AfterEach
    void close() {
        server.close();
    }

    private void isRefused(String request, int status) {
        isRefused(request, status, status);
    }

    private void isRefused(String request, int status, int orStatus) {
        byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
        for (List<byte[]> pieces : Pieces.waysOf(bytes)) refuses(pieces, request, status, orStatus);
    }

    private void refuses(List<byte[]> pieces, String request, int status, int orStatus) {
        seen.clear();
        ScriptedPeer peer = server.connect();
        for (byte[] piece : pieces) {
            peer.send(piece);
            server.loop.settle();
        }
        String answer = peer.takeReceivedText();
        assertThat(answer).as(request).startsWith("HTTP/1.1 ").contains("Connection: close\r\n");
        assertThat(Integer.parseInt(answer.substring(9, 12)))
                .as(request + answer)
                .isIn(status, orStatus);
        assertThat(answer.indexOf("\nHTTP/1.1 "))
                .as("a second answer to " + request)
                .isNegative();
        assertThat(seen).as(request).doesNotContain("/smuggled").hasSizeLessThanOrEqualTo(1);
        assertThat(peer.seesEnd()).as("end of connection after " + request).isTrue();
        peer.finish();
        server.loop.settle();
        assertThat(peer.seesClose()).isTrue();
        assertThat(peer.seesReset()).isFalse();
    }

    private static String chunked(String body) {
        return START + "Transfer-Encoding: chunked\r\n\r\n" + body;
    }

    // --- row 1

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\"\r\n",
                "=\"\r\n",
                "a=\"\r\n",
                "a=\"b\r\n",
                "a=\"\\\r\n",
                "a=\"b\n",
                "a=\"b\r",
                "a=\"b\\\n",
                "a=\"b\"c\r\n",
                "a=b\"\r\n",
                "a\"\r\n",
                "\\\r\n",
                "a=\\\r\n",
                ";\r\n",
                "\r\n",
                " \r\n",
                "a=\r\n",
                "a= \r\n",
                "a \r\n",
                "a=b \r\n",
                "a=\"b\" \r\n",
                "a=\u0000\r\n",
                "a=\"\u0000\"\r\n",
                "a=b\rc\r\n",
                "a=b\nc\r\n",
                "a\r\r\n"
            })
    void aChunkExtensionThatIsNotOneIsRefused(String extension) {
        isRefused(chunked("1;" + extension + "x\r\n0\r\n\r\n" + SMUGGLED), 400);
    }

    @Test
    void aRequestInsideAnUnclosedQuoteIsNoRequest() {
        isRefused(chunked("1;a=\"\r\nX\r\n0\r\n\r\n" + SMUGGLED + "\"\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a=b",
                "a=\"b\"",
                "a=\"\"",
                "a=\"\\\"\"",
                "a;b;c=d",
                " a",
                "a ;b",
                "a = b",
                "a=\"\t \u00ff\" ;b"
            })
    void aProperChunkExtensionIsReadAndForgotten(String extension) {
        ScriptedPeer peer = server.connect();
        peer.send(chunked("3;" + extension + "\r\nabc\r\n0;" + extension + "\r\n\r\n"));
        server.loop.settle();
        assertThat(peer.takeReceivedText()).endsWith("[abc]");
    }

    // --- row 2

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\r\n", "\n\r", "\n\n", "\r\r"})
    void onlyCrLfEndsALine(String end) {
        isRefused("GET / HTTP/1.1" + end + "Host: h\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h" + end + "A: b\r\n\r\n" + SMUGGLED, 400);
        isRefused(chunked("1" + end + "x\r\n0\r\n\r\n" + SMUGGLED), 400);
        isRefused(chunked("1\r\nx" + end + "0\r\n\r\n" + SMUGGLED), 400);
        isRefused(chunked("1\r\nx\r\n0" + end + "\r\n" + SMUGGLED), 400);
        isRefused(chunked("1\r\nx\r\n0\r\nA: b" + end + "C: d\r\n\r\n" + SMUGGLED), 400);
    }

    // --- row 3

    @ParameterizedTest
    @CsvSource({
        "7fffffff, 413",
        "7fffffff, 413",
        "80000000, 413",
        "80000001, 413",
        "ffffffff, 413",
        "100000000, 413",
        "100000004, 413",
        "fffffffffffffff, 413",
        "7ffffffffffffffe, 400",
        "7fffffffffffffff, 400",
        "8000000000000000, 400",
        "8000000000000004, 400",
        "fffffffffffffffe, 400",
        "10000000000000000, 400",
        "10000000000000004, 400",
        "ffffffffffffffff, 400",
        "1111111111222222222233333333334444444444, 400",
        "0000000000000000000000000000000000000004, 400",
        "-1, 400",
        "+1, 400",
        "0x1, 400",
        "g, 400",
        "'', 400",
        "' 1', 400",
        "'1 ', 400"
    })
    void aChunkSizeNeverWraps(String size, int status) {
        isRefused(chunked(size + "\r\nabcd\r\n0\r\n\r\n" + SMUGGLED), status);
    }

    @Test
    void aChunkTooLargeForTheBodyIsRefusedByTheLimitsName() {
        String answer = server.talk(
                server.connect(), chunked("80000000\r\nabcd\r\n0\r\n\r\n").replace("\r", ""));
        assertThat(answer).contains("body of at least 2147483648 bytes, limit 268435456 (http.max-body-bytes)");
    }

    // --- row 4

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chunked, identity | 400",
                "chunked, chunked | 400",
                "chunked, gzip | 400",
                "identity, chunked | 501",
                "gzip, chunked | 501",
                "gzip | 501",
                "identity | 501",
                "xchunked | 501",
                "chunked, xchunked | 400",
                "xchunked, chunked | 501",
                "chunkedx | 501",
                "chunked,| 400",
                ",chunked | 400",
                "chunked;q=1 | 400",
                "\"chunked\" | 400",
                "chun ked | 400",
                "'' | 400",
                "chunked\t, | 400"
            })
    void onlyChunkedAloneIsATransferCoding(String value, int status) {
        isRefused(START + "Transfer-Encoding: " + value + "\r\n\r\n0\r\n\r\n" + SMUGGLED, status);
    }

    @ParameterizedTest
    @CsvSource({"chunked, identity, 400", "chunked, chunked, 400", "identity, chunked, 501", "chunked, xchunked, 400"})
    void transferCodingsOfSeveralFieldsAreOneList(String first, String second, int status) {
        String fields = "Transfer-Encoding: " + first + "\r\ntransfer-encoding: " + second + "\r\n\r\n";
        isRefused(START + fields + "0\r\n\r\n" + SMUGGLED, status);
    }

    @Test
    void aFoldedLineIsRefused() {
        isRefused(START + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
        isRefused(START + "A: b\r\n\tc\r\n\r\n" + SMUGGLED, 400);
    }

    // --- row 5

    @Test
    void aLengthAndATransferCodingTogetherAreRefused() {
        isRefused(START + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
        isRefused(START + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
        isRefused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400);
    }

    @Test
    void aTransferCodingInHttp10IsRefused() {
        isRefused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
    }

    // --- row 6

    @Test
    void nothingButCrLfCrLfEndsAHead() {
        isRefused("GET / HTTP/1.1\r\nHost: h\r\n\r\r\r" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h\r\n\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h\r\n\r\r\n" + SMUGGLED, 400);
    }

    @Test
    void aLeadingSpaceBelongsToNoFieldName() {
        isRefused("GET / HTTP/1.1\r\n Host: h\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\n\tHost: h\r\n\r\n" + SMUGGLED, 400);
        isRefused(" GET / HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED, 400);
    }

    // --- row 7

    @Test
    void aFieldLineNeedsAColonRightBehindItsName() {
        isRefused("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding chunked\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h\r\n: v\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET / HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n" + SMUGGLED, 400);
    }

    @Test
    void twoLengthsAreRefusedEvenIfEqual() {
        isRefused(START + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + SMUGGLED, 400);
        isRefused(START + "Content-Length: 3\r\ncontent-length: 4\r\n\r\nabc" + SMUGGLED, 400);
    }

    // --- row 8

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+5",
                "-5",
                "5 5",
                "5, 5",
                "5,5",
                "5, 6",
                "0x5",
                "5a",
                "a",
                "",
                "5;",
                "\"5\"",
                "5.0",
                "5e1",
                "\u00b2",
                "99999999999999999999",
                "18446744073709551621",
                "9223372036854775808"
            })
    void aLengthIsDigitsAndNothingElse(String value) {
        isRefused(START + "Content-Length: " + value + "\r\n\r\nabcde" + SMUGGLED, 400);
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedByTheLimitsName() {
        isRefused(START + "Content-Length: 999999999999\r\n\r\nabcde" + SMUGGLED, 413);
        ScriptedPeer peer = server.connect();
        peer.send(START + "Content-Length: 999999999999\r\n\r\n");
        server.loop.settle();
        assertThat(peer.takeReceivedText()).contains("999999999999").contains("limit 268435456 (http.max-body-bytes)");
    }

    // --- row 9 is HeadGrammarTest; here what is not a byte but a form

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  / HTTP/1.1",
                "GET /  HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET /",
                "GET",
                "GET / http/1.1",
                "GET / HTTP/1.11",
                "GET / HTTP/11",
                "GET / HTTP /1.1",
                "GET\t/ HTTP/1.1",
                "GET x HTTP/1.1",
                "GET * HTTP/1.1",
                "GET //h:x@/ x HTTP/1.1",
                "GET ftp://h/ HTTP/1.1",
                "GET http:///x HTTP/1.1",
                "GET http://u@h/x HTTP/1.1",
                "GET /#f HTTP/1.1",
                "GET /[ HTTP/1.1",
                "GET http://h:99999/ HTTP/1.1",
                "{} / HTTP/1.1",
                "GET /\u00e4 HTTP/1.1",
                "GET http://[::1/ HTTP/1.1",
                "GET http://other/ HTTP/1.1",
                "GET http://h:81/ HTTP/1.1"
            })
    void aRequestLineHasOneForm(String line) {
        isRefused(line + "\r\nHost: h\r\n\r\n" + SMUGGLED, 400);
    }

    // --- row 10

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.2, 505",
        "HTTP/1.9, 505",
        "HTTP/0.9, 505",
        "HTTP/2.0, 505",
        "HTTP/3.0, 505",
        "HTTP/9.9, 505",
        "HTTP/2, 400",
        "HTTP/3, 400",
        "HTTP/1, 400",
        "HTTP/1., 400",
        "HTTP/1.10, 400",
        "HTTP/11.1, 400",
        "HTTP/01.1, 400",
        "HTTP/1.a, 400",
        "HTTP/-1.1, 400",
        "http/1.1, 400",
        "Http/1.1, 400",
        "HTTPS/1.1, 400"
    })
    void anotherVersionIsNotSupportedAndWhatIsNoVersionIsMalformed(String version, int status) {
        isRefused("GET / " + version + "\r\nHost: h\r\n\r\n" + SMUGGLED, status);
    }

    @Test
    void otherVersionsAreRefused() {
        isRefused("HEAD /\r\n\r\n" + SMUGGLED, 400);
        isRefused("GET /\r\n", 400);
        isRefused("GET / HTTP/0.9\r\n\r\n" + SMUGGLED, 505);
        isRefused("GET / HTTP/1.2\r\nHost: h\r\n\r\n" + SMUGGLED, 505);
        isRefused("GET / HTTP/2.0\r\nHost: h\r\n\r\n" + SMUGGLED, 505);
        isRefused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    }

    // --- host, methods

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host:\r\n",
                "Host: a\r\nHost: a\r\n",
                "Host: a\r\nhost: b\r\n",
                "Host: a b\r\n",
                "Host: a/b\r\n",
                "Host: u@h\r\n",
                "Host: h:x\r\n",
                "Host: h:99999\r\n",
                "Host: [::1\r\n",
                "Host: ::1\r\n",
                "Host: a?b\r\n"
            })
    void aHostThatIsMissingDoubleOrInvalidIsRefused(String field) {
        isRefused("GET / HTTP/1.1\r\n" + field + "\r\n" + SMUGGLED, 400);
    }

    @Test
    void connectAndTraceAreRefusedClearly() {
        isRefused("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n" + SMUGGLED, 501);
        isRefused("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED, 405);
    }

    @Test
    void theRefusalOfTraceSaysWhatIsAllowedAndThatOfConnectWhy() {
        assertThat(server.talk(server.connect(), "TRACE / HTTP/1.1\nHost: h\n\n"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n");
        assertThat(server.talk(server.connect(), "CONNECT h:443 HTTP/1.1\nHost: h:443\n\n"))
                .startsWith("HTTP/1.1 501 Not Implemented\r\n")
                .endsWith("501 method CONNECT is not supported: this is no proxy\n");
    }

    @Test
    void anExtensionMethodIsShownUpTo64BytesAndALongerOneIsRefused() {
        String longest = "X".repeat(64);
        assertThat(server.talk(server.connect(), longest + " / HTTP/1.1\nHost: h\n\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(seen).hasSize(1);
        isRefused(longest + "X / HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED, 501);
        assertThat(server.talk(server.connect(), "\n" + "X".repeat(10_000) + " / HTTP/1.1\nHost: h\n\n"))
                .startsWith("HTTP/1.1 501 ")
                .endsWith("501 method of at least 65 bytes, limit 64 (http.max-method-bytes)\n");
    }

    @Test
    void anUnknownExpectationIsRefused() {
        isRefused(START + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\nx" + SMUGGLED, 417);
    }
}
