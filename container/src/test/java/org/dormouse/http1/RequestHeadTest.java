package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Version;
import org.junit.jupiter.api.Test;

/** What a whole head says once it was parsed and judged. */
class RequestHeadTest {
    private static RequestHeadBytes head(String text) throws BadRequest {
        return head(text, Http1Limits.DEFAULT);
    }

    private static RequestHeadBytes head(String text, Http1Limits limits) throws BadRequest {
        byte[] bytes = ("--" + text.replace("\n", "\r\n") + "behind").getBytes(StandardCharsets.ISO_8859_1);
        var parser = new HeadParser(limits, new RequestCounts());
        if (!parser.parse(bytes, 2, bytes.length - 2)) throw new AssertionError("not whole");
        assertThat(parser.headLength()).isEqualTo(bytes.length - 8);
        RequestHeadBytes head = parser.takeHead(bytes, 2);
        java.util.Arrays.fill(bytes, (byte) 'x');
        new RequestRules(limits, new RequestCounts()).judge(head);
        return head;
    }

    @Test
    void partsAreFoundWithoutTheWhitespaceAroundThem() throws BadRequest {
        var head = head("""
                PUT /a/b%20c?d=e?f HTTP/1.1
                Host: example.org:8080
                Accept:   text/html ,  */* \t
                X-Empty:
                accept: second

                """);
        assertThat(head.method()).isEqualTo("PUT");
        assertThat(head.rawPath()).isEqualTo("/a/b%20c");
        assertThat(head.query()).isEqualTo("d=e?f");
        assertThat(head.version()).isEqualTo(Version.HTTP_1_1);
        assertThat(head.authority()).isEqualTo("example.org:8080");
        assertThat(head.contentLength()).isZero();
        var fields = head.fields();
        assertThat(fields.size()).isEqualTo(4);
        assertThat(fields.name(1)).isEqualTo("Accept");
        assertThat(fields.first("ACCEPT")).isEqualTo("text/html ,  */*");
        assertThat(fields.first("x-empty")).isEmpty();
        assertThat(fields.find("accept", 2)).isEqualTo(3);
        assertThat(fields.value(3)).isEqualTo("second");
        assertThat(fields.first("nothing")).isNull();
    }

    @Test
    void emptyQueryIsNotNoQuery() throws BadRequest {
        assertThat(head("GET /? HTTP/1.1\nHost: h\n\n").query()).isEmpty();
        assertThat(head("GET / HTTP/1.1\nHost: h\n\n").query()).isNull();
    }

    @Test
    void anAbsoluteTargetOverridesTheHost() throws BadRequest {
        var head = head("GET http://a.example:81/x?y HTTP/1.1\nHost: A.example:81\n\n");
        assertThat(head.authority()).isEqualTo("a.example:81");
        assertThat(head.rawPath()).isEqualTo("/x");
        assertThat(head.query()).isEqualTo("y");
        assertThat(head("GET HTTP://a HTTP/1.1\nHost: a\n\n").rawPath()).isEqualTo("/");
        assertThat(head("GET https://[::1]:8443?q HTTP/1.1\nHost: [::1]:8443\n\n")
                        .query())
                .isEqualTo("q");
    }

    @Test
    void anAsteriskIsForOptions() throws BadRequest {
        assertThat(head("OPTIONS * HTTP/1.1\nHost: h\n\n").rawPath()).isEqualTo("*");
        assertThat(head("OPTIONS http://h HTTP/1.1\nHost: h\n\n").rawPath()).isEqualTo("*");
        assertThat(head("OPTIONS http://h/ HTTP/1.1\nHost: h\n\n").rawPath()).isEqualTo("/");
    }

    @Test
    void http10NeedsNoHost() throws BadRequest {
        assertThat(head("GET / HTTP/1.0\n\n").authority()).isNull();
        assertThat(head("GET / HTTP/1.0\n\n").keepAlive).isFalse();
        assertThat(head("GET / HTTP/1.0\nConnection: foo , Keep-Alive\n\n").keepAlive)
                .isTrue();
        assertThat(head("GET / HTTP/1.0\nConnection: keep-alive, close\n\n").keepAlive)
                .isFalse();
    }

    @Test
    void theConnectionFieldsOptionsAreFound() throws BadRequest {
        assertThat(head("GET / HTTP/1.1\nHost: h\nConnection: a\nConnection: b, CLOSE\n\n").keepAlive)
                .isFalse();
        assertThat(head("GET / HTTP/1.1\nHost: h\nConnection: closed\n\n").keepAlive)
                .isTrue();
        assertThat(head("GET / HTTP/1.1\nHost: h\nConnection: keep-alive, Upgrade\nUpgrade: websocket\n\n").asksUpgrade)
                .isTrue();
        assertThat(head("GET / HTTP/1.1\nHost: h\nUpgrade: websocket\n\n").asksUpgrade)
                .isFalse();
    }

    @Test
    void theLengthOfTheBodyIsToldByOneField() throws BadRequest {
        assertThat(head("POST / HTTP/1.1\nHost: h\nContent-Length: 0017\n\n").contentLength())
                .isEqualTo(17);
        assertThat(head("POST / HTTP/1.1\nHost: h\nTransfer-Encoding: ChunKed\n\n")
                        .contentLength())
                .isEqualTo(-1);
    }

    @Test
    void expectationsOfHttp10AreIgnored() throws BadRequest {
        assertThat(head("POST / HTTP/1.1\nHost: h\nContent-Length: 1\nExpect: 100-Continue\n\n").expectsContinue)
                .isTrue();
        assertThat(head("POST / HTTP/1.0\nContent-Length: 1\nExpect: 100-continue\n\n").expectsContinue)
                .isFalse();
        assertThat(head("GET / HTTP/1.1\nHost: h\nExpect: 100-continue\n\n").expectsContinue)
                .isFalse();
    }

    @Test
    void limitsNameValueLimitAndKey() {
        var limits = Http1Server.limits(
                "http.max-head-bytes",
                "300",
                "http.max-target-bytes",
                "100",
                "http.max-fields",
                "3",
                "http.max-body-bytes",
                "1000");
        assertThatThrownBy(() -> head("GET /" + "x".repeat(100) + " HTTP/1.1\nHost: h\n\n", limits))
                .hasMessage("target of at least 101 bytes, limit 100 (http.max-target-bytes)")
                .extracting("status")
                .isEqualTo(414);
        assertThatThrownBy(() -> head("GET / HTTP/1.1\nHost: h\nA: " + "x".repeat(300) + "\n\n", limits))
                .hasMessageContaining("limit 300 (http.max-head-bytes)")
                .extracting("status")
                .isEqualTo(431);
        assertThatThrownBy(() -> head("GET / HTTP/1.1\nHost: h\nA: b\nC: d\nE: f\n\n", limits))
                .hasMessageContaining("3 fields (http.max-fields)")
                .extracting("status")
                .isEqualTo(431);
        assertThatThrownBy(() -> head("POST / HTTP/1.1\nHost: h\nContent-Length: 1001\n\n", limits))
                .hasMessage("body of 1001 bytes, limit 1000 (http.max-body-bytes)")
                .extracting("status")
                .isEqualTo(413);
    }

    @Test
    void aHeadOfExactlyTheLimitPasses() throws BadRequest {
        String start = "GET / HTTP/1.1\nHost: h\nA: ";
        int rest = 256 - (start.length() + 2) - 1 - 4;
        var limits = Http1Server.limits("http.max-head-bytes", "256");
        assertThat(head(start + "x".repeat(rest + 1 - 1) + "\n\n", limits).bytes)
                .hasSizeLessThanOrEqualTo(256);
        assertThatThrownBy(() -> head(start + "x".repeat(rest + 5) + "\n\n", limits))
                .hasMessageContaining("http.max-head-bytes");
    }

    @Test
    void limitsThatMakeNoSenseAreRefusedByName() {
        assertThatThrownBy(() -> Http1Server.limits("http.max-head-bytes", "1"))
                .hasMessage("http.max-head-bytes is 1, allowed are 256 to 1048576");
        assertThatThrownBy(() -> Http1Server.limits("http.keep-alive-timeout", "0"))
                .hasMessageContaining("http.keep-alive-timeout is PT0S");
    }

    @Test
    void knownTextIsNotMadeAnew() throws BadRequest {
        var one = head("GET / HTTP/1.1\nHost: localhost\nAccept: */*\n\n");
        var two = head("GET / HTTP/1.1\nHost: localhost\nAccept: */*\n\n");
        assertThat(one.method()).isSameAs(two.method());
        assertThat(one.name(1)).isSameAs(two.name(1));
        assertThat(one.value(1)).isSameAs(two.value(1));
        assertThat(head("GET / HTTP/1.1\nHost: h\naCCEPT: x\n\n").name(1)).isEqualTo("aCCEPT");
    }
}
