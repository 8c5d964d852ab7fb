package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is let through against the letter of a specification: by name only, counted, and without a second meaning. */
class ViolationTest {
    private static final Pattern ROW = Pattern.compile(
            "^\\| `([a-z-]+)` \\| (RFC [0-9]+ §[0-9.]+) \\| (allowed|refused) \\| `([A-Z_]+)` \\|", Pattern.MULTILINE);

    private static String example(Violation violation) {
        return switch (violation) {
            case EMPTY_LINE -> "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
            case BARE_LF -> "GET / HTTP/1.1\nHost: h\r\n\n";
            case RAW_QUERY -> "GET /?a[b]={\"c\\d\"|^`<>} HTTP/1.1\r\nHost: h\r\n\r\n";
            case HOST_MISMATCH -> "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n";
        };
    }

    private static String answer(Http1Server server, String request) {
        ScriptedPeer peer = server.connect();
        peer.send(request.getBytes(StandardCharsets.ISO_8859_1));
        server.loop.settle();
        return peer.takeReceivedText();
    }

    @ParameterizedTest
    @EnumSource
    void eachIsRefusedUnlessItIsAllowedAndCountedWhereItIs(Violation violation) {
        try (var strict = new Http1Server(Http1Server.ECHO, Http1Server.limits("http.allow", "none"))) {
            assertThat(answer(strict, example(violation))).startsWith("HTTP/1.1 400 ");
            assertThat(strict.counts.refused(400)).isEqualTo(1);
            assertThat(strict.counts.refused()).isEqualTo(1);
            assertThat(strict.counts.tolerated(violation)).isZero();
        }
        var limits = Http1Server.limits("http.allow", violation.word());
        try (var lenient = new Http1Server(Http1Server.ECHO, limits)) {
            for (List<byte[]> pieces : Pieces.waysOf(example(violation).getBytes(StandardCharsets.ISO_8859_1))) {
                long before = lenient.counts.tolerated(violation);
                ScriptedPeer peer = lenient.connect();
                for (byte[] piece : pieces) {
                    peer.send(piece);
                    lenient.loop.settle();
                }
                assertThat(peer.takeReceivedText()).startsWith("HTTP/1.1 200 ");
                assertThat(lenient.counts.tolerated(violation)).isGreaterThan(before);
            }
            for (Violation other : Violation.values()) {
                if (other == violation) continue;
                assertThat(answer(lenient, example(other))).startsWith("HTTP/1.1 400 ");
                assertThat(lenient.counts.tolerated(other)).isZero();
            }
        }
    }

    @Test
    void onlyWhatCannotBeReadInTwoWaysIsAllowedByDefault() {
        assertThat(Http1Limits.DEFAULT.allowed()).containsExactly(Violation.EMPTY_LINE);
    }

    @Test
    void anAbsoluteTargetWinsOverTheHostThatItContradicts() {
        var seen = new ArrayList<String>();
        try (var server = new Http1Server(
                exchange -> {
                    seen.add(exchange.request().authority());
                    Http1Server.answer(exchange, 200, "");
                },
                Http1Server.limits("http.allow", "host-mismatch"))) {
            answer(server, example(Violation.HOST_MISMATCH));
        }
        assertThat(seen).containsExactly("a");
    }

    @Test
    void aRawPathIsRefusedThoughRawQueriesAreAllowed() {
        try (var server = new Http1Server(Http1Server.ECHO, Http1Server.limits("http.allow", "raw-query"))) {
            for (char c : "\"<>[\\]^`{|}".toCharArray()) {
                assertThat(answer(server, "GET /" + c + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                        .startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void aBareLfEndsNoLineOfAChunkedBody() {
        try (var server = new Http1Server(
                exchange -> {
                    try {
                        Http1Server.readAll(exchange);
                        Http1Server.answer(exchange, 200, "");
                    } catch (org.dormouse.http.BadRequest e) {
                        Http1Server.answer(exchange, e.status(), "");
                    }
                },
                Http1Server.limits("http.allow", "bare-lf"))) {
            String head = "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n";
            assertThat(answer(server, head + "1\r\nx\r\n0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            assertThat(answer(server, head + "1\nx\r\n0\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            assertThat(answer(server, head + "1\r\nx\r\n0\r\nA: b\n\r\n")).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void aNameThatIsNoneIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Http1Server.limits("http.allow", "bare-lf, folding"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("http.allow: \"folding\" is none of empty-line, bare-lf, raw-query, host-mismatch");
    }

    @Test
    void theTableInTheDocumentationHasEachWithItsSectionSwitchAndCounter() throws IOException {
        var documented = ROW.matcher(Files.readString(Path.of("../docs/configuration.md")))
                .results()
                .map(row -> List.of(row.group(1), row.group(2), row.group(3), row.group(4)))
                .toList();
        var declared = new ArrayList<List<String>>();
        for (Violation each : Violation.values())
            declared.add(List.of(
                    each.word(), each.section(), each.isAllowedByDefault() ? "allowed" : "refused", each.name()));
        assertThat(documented).isEqualTo(declared);
    }
}
