package org.dormouse.websocket.frame;

import java.util.Arrays;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses what one session sends (RFC 7692 §7.2.1). Holds a deflater between two calls only while a message is unfinished in parts, or for
 * the context where that is kept. One thread at a time; messages in the order in which they are sent.
 *
 * <p>The JDK's deflater always looks back 32 KiB. A smaller window is kept by a full flush whenever so many bytes have gone in: nothing behind
 * it refers to anything before it.
 */
public final class MessageDeflater implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final byte[] EMPTY_BLOCK = {0};
    private static final int TAIL_BYTES = 4;

    private final DeflatePools pools;
    private final DeflateTerms terms;
    private @Nullable Deflater deflater;
    private boolean isCounted;
    private int sinceFullFlush;

    public MessageDeflater(DeflatePools pools, DeflateTerms terms) {
        this.pools = pools;
        this.terms = terms;
    }

    /**
     * Compresses a whole message that refers to no other, which any number of threads may do at once.
     *
     * @return its payload; null if it would not be shorter
     */
    public static byte @Nullable [] whole(
            DeflatePools pools, DeflateTerms terms, byte[] bytes, int offset, int length) {
        try (var once = new MessageDeflater(pools, terms)) {
            byte[] payload = once.compress(bytes, offset, length, true);
            return payload.length < length ? payload : null;
        }
    }

    /**
     * Compresses the next part of a message. Where there is more than one, {@link #tryHold} comes before the first.
     *
     * @param last whether the message ends with it
     * @return the payload of its frame
     */
    public byte[] part(byte[] bytes, int offset, int length, boolean last) {
        byte[] payload = compress(bytes, offset, length, last);
        if (last && !(terms.keepsOwnContext() && tryHold())) close();
        return payload;
    }

    /** Counts what is held from here to the end of a message; false if too many are held: its parts must not be compressed then. */
    public boolean tryHold() {
        if (!isCounted) isCounted = pools.tryHold();
        return isCounted;
    }

    /** Nothing that is sent from now on refers to what was sent before. Not inside a message. */
    public void forget() {
        close();
    }

    private byte[] compress(byte[] bytes, int offset, int length, boolean last) {
        Deflater present = deflater;
        if (present == null) deflater = present = pools.deflaters().take();
        var made = new Output(length / 2 + 32);
        int window = 1 << terms.ownBits();
        boolean isNarrow = terms.ownBits() < DeflateTerms.MAX_BITS;
        int at = offset;
        int end = offset + length;
        do {
            int count = isNarrow ? Math.min(end - at, window - sinceFullFlush) : end - at;
            present.setInput(bytes, at, count);
            at += count;
            sinceFullFlush += count;
            boolean isFull = isNarrow && sinceFullFlush == window;
            made.drain(present, isFull ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH);
            if (isFull || !isNarrow) sinceFullFlush = 0;
        } while (at < end);
        present.setInput(NOTHING); // the caller's array is lent for this call only
        if (!last) return made.first(made.length);
        int left = made.length - TAIL_BYTES;
        return left > 0 ? made.first(left) : EMPTY_BLOCK;
    }

    /** Gives back what it holds. */
    @Override
    public void close() {
        if (isCounted) pools.holdsNoMore();
        isCounted = false;
        sinceFullFlush = 0;
        Deflater present = deflater;
        deflater = null;
        if (present != null) pools.deflaters().giveBack(present);
    }

    private static final class Output {
        private byte[] bytes;
        private int length;

        Output(int expected) {
            bytes = new byte[expected];
        }

        void drain(Deflater deflater, int flush) {
            int room;
            int count;
            do {
                if (bytes.length - length < 16) bytes = Arrays.copyOf(bytes, bytes.length + bytes.length / 2 + 64);
                room = bytes.length - length;
                count = deflater.deflate(bytes, length, room, flush);
                length += count;
            } while (count == room);
        }

        byte[] first(int count) {
            return Arrays.copyOf(bytes, count);
        }
    }
}
