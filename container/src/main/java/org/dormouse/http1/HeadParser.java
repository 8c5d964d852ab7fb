package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Version;

/**
 * Finds the parts of one request head (RFC 9112 §2 to §5): strict, incremental, each byte looked at once. Keeps positions only, relative
 * to the first byte of the head, so the bytes may lie elsewhere on the next call. Loop owner; used again after {@link #reset}.
 *
 * <pre>
 *   EMPTY_LINE -> METHOD -> TARGET -> VERSION -> LINE_END -> FIELD_START -> HEAD_END -> DONE
 *                                                   ^             |
 *                                                   |        FIELD_NAME
 *                                                   |             |
 *                                                   +- VALUE <- VALUE_START
 * </pre>
 */
final class HeadParser {
    private enum State {
        EMPTY_LINE,
        EMPTY_LINE_END,
        METHOD,
        TARGET,
        VERSION,
        REQUEST_LINE_END,
        FIELD_START,
        FIELD_NAME,
        VALUE_START,
        VALUE,
        LINE_END,
        HEAD_END,
        DONE
    }

    private static final byte[] VERSION_PREFIX = "HTTP/".getBytes(StandardCharsets.ISO_8859_1);
    private static final int VERSION_LENGTH = "HTTP/1.1".length();

    private final Http1Limits limits;
    private final RequestCounts counts;
    private final boolean allowsEmptyLine;
    private final boolean allowsBareLf;
    private State state = State.EMPTY_LINE;
    /** The next byte to look at, from the start of the head. */
    private int position;

    private int mark;
    private int methodStart;
    private int methodEnd;
    private int targetStart;
    private int targetEnd;
    private Version version = Version.HTTP_1_1;
    /** Four positions for each field: {@link RequestHeadBytes} says which. */
    private int[] fields = new int[64];

    private int fieldCount;

    HeadParser(Http1Limits limits, RequestCounts counts) {
        this.limits = limits;
        this.counts = counts;
        this.allowsEmptyLine = limits.allowed().contains(Violation.EMPTY_LINE);
        this.allowsBareLf = limits.allowed().contains(Violation.BARE_LF);
    }

    /** Forgets everything, to begin with another head. */
    void reset() {
        state = State.EMPTY_LINE;
        position = 0;
        fieldCount = 0;
    }

    /** Whether a byte of a head has been seen. */
    boolean hasBegun() {
        return position > 0;
    }

    /**
     * Looks at the bytes of a head that have arrived so far.
     *
     * @param offset where the head begins in {@code bytes}
     * @param length how many bytes there are from there; all of the calls before, and perhaps more
     * @return true if the head is whole; false: call again with more
     * @throws BadRequest with 400, 414, 431, 501 or 505
     */
    boolean parse(byte[] bytes, int offset, int length) throws BadRequest {
        int available = Math.min(length, limits.maxHeadBytes());
        while (state != State.DONE && position < available) {
            state = switch (state) {
                case EMPTY_LINE -> onEmptyLine(bytes[offset + position]);
                case EMPTY_LINE_END -> onEmptyLineEnd(bytes[offset + position]);
                case METHOD -> onMethod(bytes, offset, available);
                case TARGET -> onTarget(bytes, offset, available);
                case VERSION -> onVersion(bytes, offset, available);
                case REQUEST_LINE_END -> expectLineFeed(bytes[offset + position], State.FIELD_START);
                case FIELD_START -> onFieldStart(bytes[offset + position]);
                case FIELD_NAME -> onFieldName(bytes, offset, available);
                case VALUE_START -> onValueStart(bytes, offset, available);
                case VALUE -> onValue(bytes, offset, available);
                case LINE_END -> expectLineFeed(bytes[offset + position], State.FIELD_START);
                case HEAD_END -> expectLineFeed(bytes[offset + position], State.DONE);
                case DONE -> State.DONE;
            };
        }
        if (state == State.DONE) return true;
        if (length >= limits.maxHeadBytes()) {
            throw new BadRequest(
                    431,
                    "head of at least " + length + " bytes, limit " + limits.maxHeadBytes() + " (http.max-head-bytes)");
        }
        return false;
    }

    /** Bytes of the head, with the empty line that ends it. */
    int headLength() {
        return position;
    }

    /** The head just parsed, as a copy of its bytes; then the parser is ready for another. */
    RequestHeadBytes takeHead(byte[] bytes, int offset) {
        assert state == State.DONE : state;
        var head = new RequestHeadBytes(
                Arrays.copyOfRange(bytes, offset, offset + position),
                Arrays.copyOf(fields, fieldCount * RequestHeadBytes.FIELD_SIZE),
                methodStart,
                methodEnd,
                targetStart,
                targetEnd,
                version);
        reset();
        return head;
    }

    /** One empty line before the request line is ignored (RFC 9112 §2.2); some clients send it behind a body. */
    private State onEmptyLine(byte b) throws BadRequest {
        if (b == '\r' && allowsEmptyLine) {
            position++;
            return State.EMPTY_LINE_END;
        }
        if (b == '\n' && allowsEmptyLine && allowsBareLf) {
            counts.tolerate(Violation.BARE_LF);
            return onEmptyLineEnd(b);
        }
        methodStart = position;
        return State.METHOD;
    }

    private State onEmptyLineEnd(byte b) throws BadRequest {
        State next = expectLineFeed(b, State.METHOD);
        counts.tolerate(Violation.EMPTY_LINE);
        methodStart = position;
        return next;
    }

    /** method = token, then exactly one SP; one longer than any that is implemented should get 501 (RFC 9112 §3). */
    private State onMethod(byte[] bytes, int offset, int available) throws BadRequest {
        int most = Math.min(available, methodStart + limits.maxMethodBytes() + 1);
        int at = position;
        while (at < most && Octets.isToken(bytes[offset + at])) at++;
        position = at;
        if (at - methodStart > limits.maxMethodBytes()) {
            throw new BadRequest(
                    501,
                    "method of at least " + (at - methodStart) + " bytes, limit " + limits.maxMethodBytes()
                            + " (http.max-method-bytes)");
        }
        if (at == available) return State.METHOD;
        if (bytes[offset + at] != ' ' || at == methodStart) throw unexpected(bytes[offset + at], "method");
        methodEnd = at;
        targetStart = ++position;
        return State.TARGET;
    }

    /** request-target, then exactly one SP (RFC 9112 §3.2); its form is judged when the head is whole. */
    private State onTarget(byte[] bytes, int offset, int available) throws BadRequest {
        int most = Math.min(available, targetStart + limits.maxTargetBytes() + 1);
        int at = position;
        while (at < most && isTargetByte(bytes[offset + at])) at++;
        position = at;
        if (at - targetStart > limits.maxTargetBytes()) {
            throw new BadRequest(
                    414,
                    "target of at least " + (at - targetStart) + " bytes, limit " + limits.maxTargetBytes()
                            + " (http.max-target-bytes)");
        }
        if (at == available) return State.TARGET;
        if (bytes[offset + at] != ' ' || at == targetStart) throw unexpected(bytes[offset + at], "request target");
        targetEnd = at;
        mark = ++position;
        return State.VERSION;
    }

    /** What a target of any form may have; brackets, for one, belong to a host only, or to a query that is let through. */
    private static boolean isTargetByte(byte b) {
        return Octets.isTarget(b) || Octets.isRawQuery(b);
    }

    /** HTTP-version = "HTTP/" DIGIT "." DIGIT, in upper case (RFC 9112 §2.3). */
    private State onVersion(byte[] bytes, int offset, int available) throws BadRequest {
        while (position < available && position - mark < VERSION_LENGTH) {
            byte b = bytes[offset + position];
            int index = position - mark;
            boolean expected = index < VERSION_PREFIX.length
                    ? b == VERSION_PREFIX[index]
                    : index == VERSION_PREFIX.length + 1 ? b == '.' : b >= '0' && b <= '9';
            if (!expected) throw unexpected(b, "version");
            position++;
        }
        if (position == available) return State.VERSION;
        byte end = bytes[offset + position];
        boolean whole = endsLine(end, "version");
        version = versionOf(bytes[offset + mark + 5], bytes[offset + mark + 7]);
        position++;
        return whole ? State.FIELD_START : State.REQUEST_LINE_END;
    }

    private static Version versionOf(byte major, byte minor) throws BadRequest {
        if (major == '1' && minor == '1') return Version.HTTP_1_1;
        if (major == '1' && minor == '0') return Version.HTTP_1_0;
        throw new BadRequest(
                505, "version HTTP/" + (char) major + "." + (char) minor + ", here HTTP/1.1 and HTTP/1.0 are spoken");
    }

    /** A field line, or the CR of the line that ends the head; no folded line (RFC 9112 §5.2). */
    private State onFieldStart(byte b) throws BadRequest {
        if (b == '\r' || (b == '\n' && allowsBareLf)) {
            position++;
            if (b == '\r') return State.HEAD_END;
            counts.tolerate(Violation.BARE_LF);
            return State.DONE;
        }
        if (fieldCount == limits.maxFields()) {
            throw new BadRequest(431, "more than " + limits.maxFields() + " fields (http.max-fields)");
        }
        mark = position;
        return State.FIELD_NAME;
    }

    /** field-name = token, then the colon without a space before it (RFC 9112 §5.1). */
    private State onFieldName(byte[] bytes, int offset, int available) throws BadRequest {
        int at = position;
        while (at < available && Octets.isToken(bytes[offset + at])) at++;
        position = at;
        if (at == available) return State.FIELD_NAME;
        if (bytes[offset + at] != ':' || at == mark) throw unexpected(bytes[offset + at], "field name");
        int field = fieldCount * RequestHeadBytes.FIELD_SIZE;
        if (field == fields.length) fields = Arrays.copyOf(fields, fields.length * 2);
        fields[field] = mark;
        fields[field + 1] = at;
        position++;
        return State.VALUE_START;
    }

    /** Optional whitespace before the value belongs to neither (RFC 9112 §5). */
    private State onValueStart(byte[] bytes, int offset, int available) {
        int at = position;
        while (at < available && Octets.isBlank(bytes[offset + at])) at++;
        position = at;
        if (at == available) return State.VALUE_START;
        mark = at;
        return State.VALUE;
    }

    /** field-value, then CR; whitespace before that is not part of it (RFC 9110 §5.5). */
    private State onValue(byte[] bytes, int offset, int available) throws BadRequest {
        int at = position;
        while (at < available && Octets.isValue(bytes[offset + at])) at++;
        position = at;
        if (at == available) return State.VALUE;
        boolean whole = endsLine(bytes[offset + at], "field value");
        int end = at;
        while (end > mark && Octets.isBlank(bytes[offset + end - 1])) end--;
        int field = fieldCount++ * RequestHeadBytes.FIELD_SIZE;
        fields[field + 2] = mark;
        fields[field + 3] = end;
        position++;
        return whole ? State.FIELD_START : State.LINE_END;
    }

    /** Whether {@code b} is all of a line's end, a lone LF that is let through; false for the CR of an ordinary one. */
    private boolean endsLine(byte b, String where) throws BadRequest {
        if (b == '\r') return false;
        if (b != '\n' || !allowsBareLf) throw unexpected(b, where);
        counts.tolerate(Violation.BARE_LF);
        return true;
    }

    /** A line ends with CR and LF, both (RFC 9112 §2.2). */
    private State expectLineFeed(byte b, State next) throws BadRequest {
        if (b != '\n') throw unexpected(b, "line end");
        position++;
        return next;
    }

    private static BadRequest unexpected(byte b, String where) {
        return new BadRequest(400, Octets.show(b) + " in " + where);
    }
}
