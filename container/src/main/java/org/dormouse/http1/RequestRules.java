package org.dormouse.http1;

import org.dormouse.http.BadRequest;
import org.dormouse.http.Version;

/**
 * What a well-formed head means, and what it may not say: the target (RFC 9112 §3.2), the host (RFC 9112 §3.2, RFC 9110 §7.2), the length
 * of the body (RFC 9112 §6), and what its Connection and Expect fields ask for (RFC 9110 §7.6.1 and §10.1.1). Where two fields could be
 * read in two ways, the request is refused: somebody before us may have read it in the other. Loop owner; used for one head at a time.
 */
final class RequestRules {
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final int HTTP = "http://".length();
    private static final int HTTPS = "https://".length();

    private final long maxBodyBytes;
    private final RequestCounts counts;
    private final boolean allowsRawQuery;
    private final boolean allowsHostMismatch;

    private int defaultPort;
    private int hosts;
    private int hostField;
    private int lengths;
    private int lengthField;
    private int codings;
    private boolean chunkedLast;
    private boolean otherCoding;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;
    private boolean upgradeField;
    private boolean expectContinue;

    RequestRules(Http1Limits limits, RequestCounts counts) {
        this.maxBodyBytes = limits.maxBodyBytes();
        this.counts = counts;
        this.allowsRawQuery = limits.allowed().contains(Violation.RAW_QUERY);
        this.allowsHostMismatch = limits.allowed().contains(Violation.HOST_MISMATCH);
    }

    /**
     * Completes {@code head}.
     *
     * @throws BadRequest with 400, 405, 413, 417 or 501
     */
    void judge(RequestHeadBytes head) throws BadRequest {
        clear();
        for (int i = 0, size = head.size(); i < size; i++) look(head, i);
        judgeTarget(head);
        judgeHost(head);
        judgeLength(head);
        judgeConnection(head);
    }

    private void clear() {
        hosts = 0;
        lengths = 0;
        codings = 0;
        chunkedLast = false;
        otherCoding = false;
        close = false;
        keepAlive = false;
        upgrade = false;
        upgradeField = false;
        expectContinue = false;
    }

    private void look(RequestHeadBytes head, int field) throws BadRequest {
        byte[] bytes = head.bytes;
        int start = head.nameStart(field);
        int end = head.nameEnd(field);
        switch (end - start) {
            case 4 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "host")) {
                    hosts++;
                    hostField = field;
                }
            }
            case 6 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "expect")) onExpect(head, field);
            }
            case 7 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "upgrade")) upgradeField = true;
            }
            case 10 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "connection")) onConnection(head, field);
            }
            case 14 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "content-length")) {
                    lengths++;
                    lengthField = field;
                }
            }
            case 17 -> {
                if (Octets.equalsIgnoringCase(bytes, start, end, "transfer-encoding")) onTransferEncoding(head, field);
            }
            default -> {}
        }
    }

    // --- target

    /** origin-form, absolute-form or, for OPTIONS, asterisk-form (RFC 9112 §3.2). */
    private void judgeTarget(RequestHeadBytes head) throws BadRequest {
        if (head.methodIs("CONNECT")) throw new BadRequest(501, "method CONNECT is not supported: this is no proxy");
        if (head.methodIs("TRACE")) throw new BadRequest(405, "method TRACE is not allowed here");
        byte[] bytes = head.bytes;
        int start = head.targetStart;
        int end = head.targetEnd;
        if (bytes[start] == '/') {
            setPath(head, start);
        } else if (bytes[start] == '*' && end - start == 1) {
            if (!head.methodIs("OPTIONS")) throw new BadRequest(400, "target * is for OPTIONS only");
            head.pathStart = start;
            head.pathEnd = end;
        } else {
            int scheme = schemeLength(bytes, start, end);
            defaultPort = scheme == HTTPS ? 443 : 80;
            judgeAbsolute(head, start + scheme, end);
        }
    }

    private static int schemeLength(byte[] bytes, int start, int end) throws BadRequest {
        if (end - start >= HTTP && Octets.equalsIgnoringCase(bytes, start, start + HTTP, "http://")) return HTTP;
        if (end - start >= HTTPS && Octets.equalsIgnoringCase(bytes, start, start + HTTPS, "https://")) return HTTPS;
        throw new BadRequest(400, "target is neither a path nor an http or https URI");
    }

    private void judgeAbsolute(RequestHeadBytes head, int authorityStart, int end) throws BadRequest {
        byte[] bytes = head.bytes;
        int authorityEnd = authorityStart;
        while (authorityEnd < end && bytes[authorityEnd] != '/' && bytes[authorityEnd] != '?') authorityEnd++;
        if (!HostAndPort.isValid(bytes, authorityStart, authorityEnd))
            throw new BadRequest(400, "invalid host in request target");
        head.authorityStart = authorityStart;
        head.authorityEnd = authorityEnd;
        setPath(head, authorityEnd);
        if (authorityEnd == end && head.methodIs("OPTIONS")) {
            head.asterisk = true;
        }
    }

    private void setPath(RequestHeadBytes head, int from) throws BadRequest {
        byte[] bytes = head.bytes;
        int question = from;
        while (question < head.targetEnd && bytes[question] != '?') question++;
        boolean raw = false;
        for (int i = from; i < head.targetEnd; i++) {
            if (Octets.isTarget(bytes[i])) continue;
            if (i < question || !allowsRawQuery)
                throw new BadRequest(400, Octets.show(bytes[i]) + " in request target, must be percent-encoded");
            raw = true;
        }
        if (raw) counts.tolerate(Violation.RAW_QUERY);
        head.pathStart = from;
        head.pathEnd = question;
    }

    // --- host

    /**
     * HTTP/1.1 needs exactly one Host, HTTP/1.0 allows one, and it must be valid (RFC 9112 §3.2). An absolute target overrides it, and is to
     * name the same (RFC 9112 §3.2.2): who chose us by the one may not have looked at the other.
     */
    private void judgeHost(RequestHeadBytes head) throws BadRequest {
        if (hosts > 1) throw new BadRequest(400, hosts + " Host fields");
        if (hosts == 0) {
            if (head.version() == Version.HTTP_1_1) throw new BadRequest(400, "no Host field");
            return;
        }
        int start = head.valueStart(hostField);
        int end = head.valueEnd(hostField);
        if (!HostAndPort.isValid(head.bytes, start, end)) throw new BadRequest(400, "invalid Host field");
        if (head.authorityEnd < 0) {
            head.authorityStart = start;
            head.authorityEnd = end;
        } else if (!HostAndPort.areSame(head.bytes, start, end, head.authorityStart, head.authorityEnd, defaultPort)) {
            if (!allowsHostMismatch) throw new BadRequest(400, "Host is another than that of the request target");
            counts.tolerate(Violation.HOST_MISMATCH);
        }
    }

    // --- length of the body

    /** transfer-coding *( OWS "," OWS transfer-coding ), over all fields of that name; nothing but chunked is known here (RFC 9112 §6.1). */
    private void onTransferEncoding(RequestHeadBytes head, int field) throws BadRequest {
        byte[] bytes = head.bytes;
        int end = head.valueEnd(field);
        int at = head.valueStart(field);
        do {
            while (at < end && Octets.isBlank(bytes[at])) at++;
            int start = at;
            while (at < end && Octets.isToken(bytes[at])) at++;
            if (at == start) throw new BadRequest(400, "invalid Transfer-Encoding");
            onCoding(bytes, start, at);
            while (at < end && Octets.isBlank(bytes[at])) at++;
            if (at < end && bytes[at] != ',') throw new BadRequest(400, "invalid Transfer-Encoding");
        } while (at++ < end);
    }

    private void onCoding(byte[] bytes, int start, int end) throws BadRequest {
        if (chunkedLast) throw new BadRequest(400, "chunked is not the last transfer coding");
        codings++;
        if (Octets.equalsIgnoringCase(bytes, start, end, "chunked")) chunkedLast = true;
        else otherCoding = true;
    }

    /** The one rule of RFC 9112 §6.3, without its tolerance: both fields, two lengths or a list of lengths are an attack or a fault. */
    private void judgeLength(RequestHeadBytes head) throws BadRequest {
        if (codings > 0) {
            if (lengths > 0) throw new BadRequest(400, "both Content-Length and Transfer-Encoding");
            if (head.version() == Version.HTTP_1_0) throw new BadRequest(400, "Transfer-Encoding in HTTP/1.0");
            if (otherCoding) throw new BadRequest(501, "unknown transfer coding; only chunked is known here");
            head.contentLength = -1;
        } else if (lengths > 1) {
            throw new BadRequest(400, lengths + " Content-Length fields");
        } else if (lengths == 1) {
            head.contentLength = length(head.bytes, head.valueStart(lengthField), head.valueEnd(lengthField));
            if (head.contentLength > maxBodyBytes) {
                throw new BadRequest(
                        413,
                        "body of " + head.contentLength + " bytes, limit " + maxBodyBytes + " (http.max-body-bytes)");
            }
        }
    }

    /** 1*DIGIT and nothing else (RFC 9110 §8.6). */
    private static long length(byte[] bytes, int start, int end) throws BadRequest {
        if (start == end) throw new BadRequest(400, "empty Content-Length");
        if (end - start > MAX_LENGTH_DIGITS) {
            throw new BadRequest(
                    400,
                    "Content-Length of " + (end - start) + " characters, at most " + MAX_LENGTH_DIGITS
                            + " digits are read");
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (bytes[i] < '0' || bytes[i] > '9')
                throw new BadRequest(400, Octets.show(bytes[i]) + " in Content-Length");
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    // --- connection and expectation

    private void onConnection(RequestHeadBytes head, int field) {
        byte[] bytes = head.bytes;
        int end = head.valueEnd(field);
        int at = head.valueStart(field);
        while (at < end) {
            int start = at;
            while (at < end && bytes[at] != ',') at++;
            int stop = at++;
            while (start < stop && Octets.isBlank(bytes[start])) start++;
            while (stop > start && Octets.isBlank(bytes[stop - 1])) stop--;
            if (Octets.equalsIgnoringCase(bytes, start, stop, "close")) close = true;
            else if (Octets.equalsIgnoringCase(bytes, start, stop, "keep-alive")) keepAlive = true;
            else if (Octets.equalsIgnoringCase(bytes, start, stop, "upgrade")) upgrade = true;
        }
    }

    private void onExpect(RequestHeadBytes head, int field) throws BadRequest {
        if (head.version() == Version.HTTP_1_0) return; // to be ignored there (RFC 9110 §10.1.1)
        if (!Octets.equalsIgnoringCase(head.bytes, head.valueStart(field), head.valueEnd(field), "100-continue")) {
            throw new BadRequest(417, "unknown expectation; only 100-continue is known here");
        }
        expectContinue = true;
    }

    private void judgeConnection(RequestHeadBytes head) {
        head.keepAlive = !close && (head.version() == Version.HTTP_1_1 || keepAlive);
        head.expectsContinue = expectContinue && head.contentLength != 0;
        head.asksUpgrade = upgrade && upgradeField && head.version() == Version.HTTP_1_1;
    }
}
