package org.dormouse.http1;

import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the chunked transfer coding (RFC 9112 §7.1), strictly: a line ends with CRLF, a quoted string of an extension ends with its quote
 * before that, extensions and trailers are parsed although nobody wants them, and all of it is bounded. Belongs to the reader of the body.
 *
 * <pre>
 *   SIZE_START -> SIZE -> (extension)* -> SIZE_END -> DATA -> DATA_CR -> DATA_END -> SIZE_START
 *                                            | size 0
 *                                            '-> TRAILERS -> DONE
 * </pre>
 */
final class ChunkedBody {
    private enum State {
        SIZE_START,
        SIZE,
        BEFORE_EXTENSION,
        BEFORE_EXTENSION_NAME,
        EXTENSION_NAME,
        AFTER_EXTENSION_NAME,
        BEFORE_EXTENSION_VALUE,
        EXTENSION_VALUE,
        QUOTED,
        QUOTED_PAIR,
        AFTER_QUOTED,
        SIZE_END,
        DATA,
        DATA_CR,
        DATA_END,
        TRAILERS,
        DONE
    }

    private static final int MAX_SIZE_DIGITS = 15;

    private final Http1Limits limits;
    private State state = State.SIZE_START;
    private long size;
    private int sizeDigits;
    private long decoded;
    private int extensionBytes;
    private int consumed;
    private @Nullable BadRequest failure;

    private @Nullable TrailerParser trailers;

    ChunkedBody(Http1Limits limits) {
        this.limits = limits;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Bytes of the last {@link #decode}'s source that it used up. */
    int consumed() {
        return consumed;
    }

    /** The trailers, once the body is done; empty if there were none. */
    Fields trailers() {
        TrailerParser found = trailers;
        return found == null ? new Headers() : found.fields();
    }

    /**
     * Decodes what there is, until {@code target} is full or the source is used up.
     *
     * @param target where the bytes go; null to drop them
     * @param length how many bytes at most
     * @return how many bytes were decoded
     * @throws BadRequest 400, 413 or 431
     */
    int decode(byte[] source, int from, int to, byte @Nullable [] target, int offset, int length) throws BadRequest {
        if (failure != null) throw failure;
        int at = from;
        int produced = 0;
        while (at < to && state != State.DONE) {
            if (state == State.DATA) {
                int count = (int) Math.min(Math.min(size, to - at), length - produced);
                if (count == 0) break;
                if (target != null) System.arraycopy(source, at, target, offset + produced, count);
                at += count;
                produced += count;
                size -= count;
                if (size == 0) state = State.DATA_CR;
            } else {
                try {
                    state = next(source[at]);
                } catch (BadRequest e) {
                    failure = e;
                    if (produced == 0) throw e;
                    break; // what was decoded before is given out first
                }
                at++;
            }
        }
        consumed = at - from;
        return produced;
    }

    /** Whether the framing is broken behind what was decoded so far: the next {@link #decode} throws. */
    boolean hasFailed() {
        return failure != null;
    }

    private State next(byte b) throws BadRequest {
        return switch (state) {
            case SIZE_START -> onSizeStart(b);
            case SIZE -> onSize(b);
            case BEFORE_EXTENSION -> onBlankBeforeExtension(b);
            case BEFORE_EXTENSION_NAME -> onBeforeExtensionName(b);
            case EXTENSION_NAME -> onExtensionName(b);
            case AFTER_EXTENSION_NAME -> onAfterExtensionName(b);
            case BEFORE_EXTENSION_VALUE -> onBeforeExtensionValue(b);
            case EXTENSION_VALUE -> onExtensionValue(b);
            case QUOTED -> onQuoted(b);
            case QUOTED_PAIR -> onQuotedPair(b);
            case AFTER_QUOTED -> onBeforeExtension(b);
            case SIZE_END -> onSizeEnd(b);
            case DATA_CR -> expect(b, '\r', State.DATA_END, "end of chunk");
            case DATA_END -> expect(b, '\n', State.SIZE_START, "end of chunk");
            case TRAILERS -> onTrailers(b);
            case DATA, DONE -> throw new AssertionError(state);
        };
    }

    // --- chunk-size

    private State onSizeStart(byte b) throws BadRequest {
        size = 0;
        sizeDigits = 0;
        if (Octets.hexValue(b) < 0) throw unexpected(b, "chunk size");
        return onSize(b);
    }

    /** chunk-size = 1*HEXDIG; what does not fit is refused before it could wrap (RFC 9112 §7.1). */
    private State onSize(byte b) throws BadRequest {
        int digit = Octets.hexValue(b);
        if (digit >= 0) {
            if (++sizeDigits > MAX_SIZE_DIGITS) {
                throw new BadRequest(400, "chunk size of more than " + MAX_SIZE_DIGITS + " digits");
            }
            size = size << 4 | digit;
            return State.SIZE;
        }
        if (size > limits.maxBodyBytes() - decoded) {
            throw new BadRequest(
                    413,
                    "body of at least " + (decoded + size) + " bytes, limit " + limits.maxBodyBytes()
                            + " (http.max-body-bytes)");
        }
        return onBeforeExtension(b);
    }

    /** The LF behind the size line: now the size counts. */
    private State onSizeEnd(byte b) throws BadRequest {
        if (b != '\n') throw unexpected(b, "end of chunk size");
        decoded += size;
        return size == 0 ? State.TRAILERS : State.DATA;
    }

    // --- chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) (RFC 9112 §7.1.1)

    private State onBeforeExtension(byte b) throws BadRequest {
        return b == '\r' ? State.SIZE_END : onBlankBeforeExtension(b);
    }

    /** A blank belongs to an extension that must follow. */
    private State onBlankBeforeExtension(byte b) throws BadRequest {
        countExtension();
        if (Octets.isBlank(b)) return State.BEFORE_EXTENSION;
        if (b == ';') return State.BEFORE_EXTENSION_NAME;
        throw unexpected(b, "chunk size");
    }

    private State onBeforeExtensionName(byte b) throws BadRequest {
        countExtension();
        if (Octets.isBlank(b)) return State.BEFORE_EXTENSION_NAME;
        if (Octets.isToken(b)) return State.EXTENSION_NAME;
        throw unexpected(b, "name of a chunk extension");
    }

    private State onExtensionName(byte b) throws BadRequest {
        if (b == '\r') return State.SIZE_END;
        if (!Octets.isToken(b)) return onAfterExtensionName(b);
        countExtension();
        return State.EXTENSION_NAME;
    }

    private State onAfterExtensionName(byte b) throws BadRequest {
        countExtension();
        if (b == '=') return State.BEFORE_EXTENSION_VALUE;
        if (b == ';') return State.BEFORE_EXTENSION_NAME;
        if (Octets.isBlank(b)) return State.AFTER_EXTENSION_NAME;
        throw unexpected(b, "name of a chunk extension");
    }

    private State onBeforeExtensionValue(byte b) throws BadRequest {
        countExtension();
        if (Octets.isBlank(b)) return State.BEFORE_EXTENSION_VALUE;
        if (b == '"') return State.QUOTED;
        if (Octets.isToken(b)) return State.EXTENSION_VALUE;
        throw unexpected(b, "value of a chunk extension");
    }

    private State onExtensionValue(byte b) throws BadRequest {
        if (!Octets.isToken(b)) return onBeforeExtension(b);
        countExtension();
        return State.EXTENSION_VALUE;
    }

    /** A line end inside quotes ends neither the string nor the line: it is refused, or the rest of the body would be a request. */
    private State onQuoted(byte b) throws BadRequest {
        countExtension();
        if (b == '"') return State.AFTER_QUOTED;
        if (b == '\\') return State.QUOTED_PAIR;
        if (Octets.isValue(b)) return State.QUOTED;
        throw unexpected(b, "quoted value of a chunk extension");
    }

    private State onQuotedPair(byte b) throws BadRequest {
        countExtension();
        if (Octets.isValue(b)) return State.QUOTED;
        throw unexpected(b, "quoted value of a chunk extension");
    }

    private void countExtension() throws BadRequest {
        if (++extensionBytes > limits.maxChunkExtensionBytes()) {
            throw new BadRequest(
                    400,
                    "chunk extensions of more than " + limits.maxChunkExtensionBytes()
                            + " bytes (http.max-chunk-extension-bytes)");
        }
    }

    // --- trailer-section

    private State onTrailers(byte b) throws BadRequest {
        TrailerParser parser = trailers;
        if (parser == null) trailers = parser = new TrailerParser(limits);
        return parser.parse(b) ? State.DONE : State.TRAILERS;
    }

    private static State expect(byte b, char wanted, State next, String where) throws BadRequest {
        if (b != wanted) throw unexpected(b, where);
        return next;
    }

    private static BadRequest unexpected(byte b, String where) {
        return new BadRequest(400, Octets.show(b) + " in " + where);
    }
}
