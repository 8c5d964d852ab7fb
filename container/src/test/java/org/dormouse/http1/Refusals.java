package org.dormouse.http1;

import java.util.List;

/** What the protocol refuses with its default limits, each kind once. Line ends are LF here. */
public final class Refusals {
    private static final String POST = "POST /read HTTP/1.1\nHost: h\n";
    private static final String BODY = "1\nx\n0\n\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\n\n";

    /**
     * @param reason what client and log are told, with the limit and its key where there is one
     * @param request what is refused as soon as it has come
     * @param good what is like it, and taken
     */
    public record Refusal(int status, String reason, String request, String good) {
        Refusal(int status, String reason, String request) {
            this(status, reason, request, "GET /read HTTP/1.1\nHost: h\nConnection: close\n\n");
        }

        /** Whether the head is in order, so that there is an exchange. */
        public boolean isOfBody() {
            return request.startsWith(CHUNKED);
        }

        static Refusal ofBody(int status, String reason, String body, String good) {
            return new Refusal(
                    status, reason, CHUNKED + body, CHUNKED.replace("\n\n", "\nConnection: close\n\n") + good);
        }
    }

    public static final List<Refusal> ALL = List.of(
            new Refusal(400, "byte 32 in field name", "GET / HTTP/1.1\nHost : h\n\n"),
            new Refusal(400, "no Host field", "GET / HTTP/1.1\n\n"),
            new Refusal(400, "',' in Content-Length", POST + "Content-Length: 1, 1\n\n"),
            new Refusal(400, "2 Content-Length fields", POST + "Content-Length: 1\nContent-Length: 1\n\n"),
            new Refusal(414, "limit 8192 (http.max-target-bytes)", "GET /" + "x".repeat(8192) + " HTTP/1.1\n"),
            new Refusal(431, "limit 16384 (http.max-head-bytes)", POST + "A: " + "x".repeat(20_000)),
            new Refusal(431, "more than 100 fields (http.max-fields)", POST + "A: b\n".repeat(100)),
            new Refusal(501, "limit 64 (http.max-method-bytes)", "X".repeat(10_000)),
            new Refusal(501, "transfer coding", POST + "Transfer-Encoding: gzip, chunked\n\n"),
            new Refusal(501, "CONNECT", "CONNECT h:1 HTTP/1.1\nHost: h:1\n\n"),
            new Refusal(405, "TRACE", "TRACE / HTTP/1.1\nHost: h\n\n"),
            new Refusal(417, "expectation", POST + "Expect: tea\nContent-Length: 1\n\n"),
            new Refusal(505, "version HTTP/2.0", "GET / HTTP/2.0\n\n"),
            new Refusal(413, "limit 268435456 (http.max-body-bytes)", POST + "Content-Length: 268435457\n\n"),
            Refusal.ofBody(413, "limit 268435456 (http.max-body-bytes)", "10000001\n", BODY),
            Refusal.ofBody(413, "limit 268435456 (http.max-body-bytes)", "80000000\n", BODY),
            Refusal.ofBody(400, "chunk size of more than 15 digits", "10000000000000001\n", BODY),
            Refusal.ofBody(
                    400,
                    "more than 4096 bytes (http.max-chunk-extension-bytes)",
                    "1;" + "a".repeat(5000) + "\n",
                    "1;" + "a".repeat(4000) + "\nx\n0\n\n"),
            Refusal.ofBody(
                    431,
                    "more than 8192 bytes (http.max-trailer-bytes)",
                    "0\nA: " + "a".repeat(9000) + "\n",
                    "0\nA: " + "a".repeat(8000) + "\n\n"),
            Refusal.ofBody(
                    431,
                    "more than 100 trailers (http.max-fields)",
                    "0\n" + "A: b\n".repeat(101),
                    "0\n" + "A: b\n".repeat(100) + "\n"));

    private Refusals() {}
}
