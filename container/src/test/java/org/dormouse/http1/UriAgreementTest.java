package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;

/** Where two readers of a target see different hosts, paths or queries, one of them guards what the other serves. */
class UriAgreementTest {
    /** The Host field is not what this is about. */
    private static final Http1Limits LIMITS = Http1Server.limits("http.allow", "host-mismatch");

    private static final String[] PIECES = {
        "/",
        "//",
        "/",
        "a",
        "b",
        ".",
        "..",
        ";",
        "x=y",
        "?",
        "#",
        "@",
        ":",
        ":80",
        "[",
        "]",
        "[::1]",
        "%2f",
        "%3F",
        "\\",
        "|",
        "^",
        "`",
        "{",
        "}",
        "\"",
        "<",
        ">",
        " ",
        "'",
        "!",
        "$",
        "&",
        "(",
        ")",
        "*",
        "+",
        ",",
        "~",
        "\u007f",
        "\u00e4",
        "http://",
        "https://h",
        "HTTP://",
        "ftp://",
        "h",
        "user@",
        "user:pw@"
    };

    private static RequestHeadBytes read(String target) throws BadRequest {
        byte[] bytes = ("GET " + target + " HTTP/1.1\r\nHost: own\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        var parser = new HeadParser(LIMITS, new RequestCounts());
        if (!parser.parse(bytes, 0, bytes.length)) throw new BadRequest(400, "not whole");
        RequestHeadBytes head = parser.takeHead(bytes, 0);
        new RequestRules(LIMITS, new RequestCounts()).judge(head);
        return head;
    }

    @Test
    void whatIsTakenForATargetIsAUriWithTheSameParts() {
        var random = new SplittableRandom(30);
        int taken = 0;
        for (int i = 0; i < 300_000; i++) {
            var text = new StringBuilder(random.nextInt(4) == 0 ? "http://h" : "/");
            for (int piece = random.nextInt(7); piece > 0; piece--) text.append(PIECES[random.nextInt(PIECES.length)]);
            String target = text.toString();
            RequestHeadBytes head;
            try {
                head = read(target);
            } catch (BadRequest e) {
                continue;
            }
            taken++;
            // In origin form two slashes begin a path; with a host before them no other reader can take it for anything
            // else.
            URI uri = uri(target.startsWith("/") ? "http://own" + target : target);
            assertThat(uri.getRawFragment()).as(target).isNull();
            assertThat(uri.getRawUserInfo()).as(target).isNull();
            assertThat(head.rawPath()).as(target).isEqualTo(uri.getRawPath().isEmpty() ? "/" : uri.getRawPath());
            assertThat(head.query()).as(target).isEqualTo(uri.getRawQuery());
            assertThat(head.authority()).as(target).isEqualTo(uri.getRawAuthority());
        }
        assertThat(taken).isGreaterThan(10_000);
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return fail("taken, and no URI: " + text, e);
        }
    }
}
