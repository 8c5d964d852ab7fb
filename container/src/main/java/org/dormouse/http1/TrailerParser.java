package org.dormouse.http1;

import java.util.Arrays;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trailer section of a chunked body and the empty line that ends it (RFC 9112 §7.1.2), as strictly as the fields of a head. Belongs
 * to the reader of the body.
 *
 * <pre>
 *   LINE_START -> NAME -> VALUE_START -> VALUE -> LINE_END -> LINE_START -> LAST_END -> end
 * </pre>
 */
final class TrailerParser {
    private enum State {
        LINE_START,
        NAME,
        VALUE_START,
        VALUE,
        LINE_END,
        LAST_END
    }

    private static final Fields NONE = new Headers();

    private final Http1Limits limits;
    private State state = State.LINE_START;
    private byte[] line = {};
    private int lineLength;
    private int nameLength;
    private int bytes;
    private @Nullable Headers fields;

    TrailerParser(Http1Limits limits) {
        this.limits = limits;
    }

    /** Those that have been read whole. Not to be changed. */
    Fields fields() {
        Headers found = fields;
        return found == null ? NONE : found;
    }

    /** Takes the next byte; true if it was the last of the section. */
    boolean parse(byte b) throws BadRequest {
        if (state == State.LAST_END) {
            if (b != '\n') throw unexpected(b, "end of body");
            return true;
        }
        state = switch (state) {
            case LINE_START -> onLineStart(b);
            case NAME -> onName(b);
            case VALUE_START -> onValueStart(b);
            case VALUE -> onValue(b);
            case LINE_END -> onLineEnd(b);
            case LAST_END -> throw new AssertionError(state);
        };
        return false;
    }

    private State onLineStart(byte b) throws BadRequest {
        if (b == '\r') return State.LAST_END;
        if (fields().size() == limits.maxFields()) {
            throw new BadRequest(431, "more than " + limits.maxFields() + " trailers (http.max-fields)");
        }
        lineLength = 0;
        if (!Octets.isToken(b)) throw unexpected(b, "name of a trailer");
        return collect(b, State.NAME);
    }

    private State onName(byte b) throws BadRequest {
        if (Octets.isToken(b)) return collect(b, State.NAME);
        if (b != ':') throw unexpected(b, "name of a trailer");
        count();
        nameLength = lineLength;
        return State.VALUE_START;
    }

    private State onValueStart(byte b) throws BadRequest {
        if (!Octets.isBlank(b)) return onValue(b);
        count();
        return State.VALUE_START;
    }

    private State onValue(byte b) throws BadRequest {
        if (b == '\r') return State.LINE_END;
        if (!Octets.isValue(b)) throw unexpected(b, "value of a trailer");
        return collect(b, State.VALUE);
    }

    private State onLineEnd(byte b) throws BadRequest {
        if (b != '\n') throw unexpected(b, "end of a trailer");
        int end = lineLength;
        while (end > nameLength && Octets.isBlank(line[end - 1])) end--;
        Headers found = fields;
        if (found == null) fields = found = new Headers();
        found.add(Octets.text(line, 0, nameLength), Octets.text(line, nameLength, end));
        return State.LINE_START;
    }

    private State collect(byte b, State next) throws BadRequest {
        count();
        if (lineLength == line.length) line = Arrays.copyOf(line, Math.max(64, line.length * 2));
        line[lineLength++] = b;
        return next;
    }

    private void count() throws BadRequest {
        if (++bytes > limits.maxTrailerBytes()) {
            throw new BadRequest(
                    431, "trailers of more than " + limits.maxTrailerBytes() + " bytes (http.max-trailer-bytes)");
        }
    }

    private static BadRequest unexpected(byte b, String where) {
        return new BadRequest(400, Octets.show(b) + " in " + where);
    }
}
