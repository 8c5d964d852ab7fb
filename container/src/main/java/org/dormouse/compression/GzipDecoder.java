package org.dormouse.compression;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.dormouse.http.CoderPool;
import org.jspecify.annotations.Nullable;

/**
 * Gzip (RFC 1952), several members included.
 *
 * <pre>
 *   FIXED -> (EXTRA_LENGTH -> EXTRA) -> (NAME) -> (COMMENT) -> (HEADER_CHECKSUM) -> BODY -> TRAILER -> FIXED of the next member
 * </pre>
 */
final class GzipDecoder extends Decoder {
    private static final int FIXED_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private enum State {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CHECKSUM,
        BODY,
        TRAILER
    }

    private final CoderPool<Inflater> pool;
    private final CRC32 checksum = new CRC32();
    private final CRC32 headerChecksum = new CRC32();
    private @Nullable Inflater inflater;
    private State state = State.FIXED;
    private int flags;
    private int headerBytes;
    /** Bytes of the present state that have come. */
    private int seen;
    /** What those say, the first byte lowest. */
    private long number;

    private int members;
    private byte[] source = {};
    private int at;
    private int end;

    GzipDecoder(CoderPool<Inflater> pool) {
        this.pool = pool;
        this.inflater = pool.take();
    }

    @Override
    void input(byte[] bytes, int offset, int length) {
        source = bytes;
        at = offset;
        end = offset + length;
    }

    @Override
    int decode(byte[] target, int offset, int length) throws MalformedBody {
        while (state == State.BODY || at < end) {
            if (state != State.BODY) {
                state = next(source[at++] & 0xFF);
                continue;
            }
            int count = inflate(target, offset, length);
            if (count > 0) return count;
            if (state == State.BODY) return 0;
        }
        return 0;
    }

    private int inflate(byte[] target, int offset, int length) throws MalformedBody {
        Inflater present = inflater;
        if (present == null) throw new IllegalStateException("closed");
        int count;
        try {
            if (present.needsInput()) present.setInput(source, at, end - at);
            count = present.inflate(target, offset, length);
        } catch (DataFormatException e) {
            throw new MalformedBody("deflated data is broken: " + e.getMessage());
        }
        at = end - present.getRemaining();
        if (present.needsDictionary()) throw new MalformedBody("deflated data asks for a dictionary");
        checksum.update(target, offset, count);
        if (present.finished()) become(State.TRAILER);
        return count;
    }

    private State become(State next) {
        seen = 0;
        number = 0;
        state = next;
        return next;
    }

    private State next(int b) throws MalformedBody {
        if (state != State.TRAILER) {
            if (++headerBytes > MAX_HEADER_BYTES)
                throw new MalformedBody("gzip header of more than " + MAX_HEADER_BYTES + " bytes");
            if (state != State.HEADER_CHECKSUM) headerChecksum.update(b);
        }
        int position = seen++;
        if (position < Long.BYTES) number |= (long) b << (8 * position);
        return switch (state) {
            case FIXED -> onFixed(position, b);
            case EXTRA_LENGTH -> seen < 2 ? state : onExtraLength();
            case EXTRA -> seen < extraLength ? state : afterExtra();
            case NAME -> b == 0 ? afterName() : state;
            case COMMENT -> b == 0 ? afterComment() : state;
            case HEADER_CHECKSUM -> seen < 2 ? state : onHeaderChecksum();
            case TRAILER -> seen < TRAILER_BYTES ? state : onTrailer();
            case BODY -> throw new AssertionError("the body is the inflater's");
        };
    }

    private int extraLength;

    private State onFixed(int position, int b) throws MalformedBody {
        switch (position) {
            case 0 -> expect(b == 0x1f, "the first byte is " + b + ", not that of gzip");
            case 1 -> expect(b == 0x8b, "the second byte is " + b + ", not that of gzip");
            case 2 -> expect(b == 8, "gzip has compression method " + b + ", not 8");
            case 3 -> {
                expect((b & RESERVED) == 0, "gzip has flags " + b + ", of which some are reserved");
                flags = b;
            }
            default -> {}
        }
        if (seen < FIXED_BYTES) return state;
        return (flags & HAS_EXTRA) != 0 ? become(State.EXTRA_LENGTH) : afterExtra();
    }

    private static void expect(boolean holds, String otherwise) throws MalformedBody {
        if (!holds) throw new MalformedBody(otherwise);
    }

    private State onExtraLength() {
        extraLength = (int) number;
        return extraLength == 0 ? afterExtra() : become(State.EXTRA);
    }

    private State afterExtra() {
        return (flags & HAS_NAME) != 0 ? become(State.NAME) : afterName();
    }

    private State afterName() {
        return (flags & HAS_COMMENT) != 0 ? become(State.COMMENT) : afterComment();
    }

    private State afterComment() {
        return (flags & HAS_CHECKSUM) != 0 ? become(State.HEADER_CHECKSUM) : become(State.BODY);
    }

    private State onHeaderChecksum() throws MalformedBody {
        expect(number == (headerChecksum.getValue() & 0xFFFF), "the checksum of the gzip header is wrong");
        return become(State.BODY);
    }

    private State onTrailer() throws MalformedBody {
        Inflater present = inflater;
        if (present == null) throw new IllegalStateException("closed");
        expect((number & 0xFFFFFFFFL) == checksum.getValue(), "the checksum of the gzip body is wrong");
        expect(number >>> 32 == (present.getBytesWritten() & 0xFFFFFFFFL), "the length of the gzip body is wrong");
        present.reset();
        checksum.reset();
        headerChecksum.reset();
        headerBytes = 0;
        members++;
        return become(State.FIXED);
    }

    @Override
    void endOfInput() throws MalformedBody {
        expect(members > 0 && state == State.FIXED && seen == 0, "the gzip body ends in the midst of it");
    }

    @Override
    public void close() {
        Inflater present = inflater;
        inflater = null;
        if (present != null) pool.giveBack(present);
    }
}
