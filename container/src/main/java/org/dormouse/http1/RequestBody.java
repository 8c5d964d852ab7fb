package org.dormouse.http1;

import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.transport.Connection;
import org.dormouse.transport.PeerLeft;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way in: framing over what the connection keeps and receives. Belongs to the owner of the connection's
 * input: the reader of the exchange, afterwards the loop, which drops what is left.
 */
final class RequestBody {
    private final @Nullable ChunkedBody chunked;
    private long remaining;
    private long received;
    private @Nullable BadRequest broken;

    /**
     * @param contentLength bytes to come, more than 0; or -1 for a chunked body
     */
    RequestBody(long contentLength, Http1Limits limits) {
        chunked = contentLength < 0 ? new ChunkedBody(limits) : null;
        remaining = contentLength;
    }

    boolean isEnded() {
        return chunked == null ? remaining == 0 : chunked.isDone();
    }

    /** Whether its framing failed: where it ends, and where the next request begins, is unknown. */
    boolean isBroken() {
        return broken != null || (chunked != null && chunked.hasFailed());
    }

    /** Whether a read has told so. */
    boolean isRefused() {
        return broken != null;
    }

    /** Whether it was {@code reason} that a read told. */
    boolean isRefusedFor(BadRequest reason) {
        return broken == reason;
    }

    /** Bytes still to come where that is known; else 0. */
    long remaining() {
        return chunked == null ? remaining : 0;
    }

    /** Bytes of the body that have arrived and been read. */
    long received() {
        return received;
    }

    Fields trailers() {
        return chunked == null ? new Headers() : chunked.trailers();
    }

    /** Does what {@link org.dormouse.http.Exchange#read} says. */
    int read(Connection connection, byte[] target, int offset, int length) throws BadRequest, ClientGone {
        if (broken != null) throw broken;
        if (isEnded()) return -1;
        try {
            int count = chunked == null
                    ? readCounted(connection, target, offset, (int) Math.min(length, remaining))
                    : readChunked(connection, chunked, target, offset, length);
            if (count > 0) received += count;
            return count;
        } catch (BadRequest e) {
            broken = e;
            throw e;
        } catch (PeerLeft e) {
            throw new ClientGone(e.getMessage() + " before its body was read");
        }
    }

    private int readCounted(Connection connection, byte[] target, int offset, int length) throws PeerLeft, ClientGone {
        int count;
        PooledBuffer kept = connection.kept();
        if (kept == null) {
            count = connection.receive(target, offset, length);
            if (count < 0) throw endedEarly();
        } else {
            count = Math.min(length, kept.size());
            System.arraycopy(kept.array(), kept.start(), target, offset, count);
            kept.consume(count);
            connection.releaseKept();
        }
        remaining -= count;
        return count;
    }

    private int readChunked(Connection connection, ChunkedBody decoder, byte[] target, int offset, int length)
            throws PeerLeft, BadRequest, ClientGone {
        while (!decoder.isDone()) {
            PooledBuffer kept = connection.kept();
            if (kept == null) {
                int count = connection.receiveKept();
                if (count == 0) return 0;
                if (count < 0) throw endedEarly();
                continue;
            }
            int count = decoder.decode(kept.array(), kept.start(), kept.end(), target, offset, length);
            kept.consume(decoder.consumed());
            connection.releaseKept();
            if (count > 0) return count;
        }
        return -1;
    }

    private static ClientGone endedEarly() {
        return new ClientGone("client ended its stream in the middle of a body");
    }

    /**
     * Drops body bytes out of {@code bytes}.
     *
     * @return how many bytes, framing included, belonged to the body
     */
    int drop(byte[] bytes, int offset, int length) throws BadRequest {
        if (chunked == null) {
            int count = (int) Math.min(length, remaining);
            remaining -= count;
            return count;
        }
        chunked.decode(bytes, offset, offset + length, null, 0, Integer.MAX_VALUE);
        if (chunked.hasFailed()) chunked.decode(bytes, offset, offset, null, 0, 0);
        return chunked.consumed();
    }
}
