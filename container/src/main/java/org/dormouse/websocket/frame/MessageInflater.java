package org.dormouse.websocket.frame;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses what one session receives (RFC 7692 §7.2.2), as much at a time as the caller wants to have: nothing is made before somebody asks
 * for it. Holds an inflater between two calls only while a message is unfinished, or for the context where that is kept. One thread at a time.
 *
 * <pre>
 *   feed -> next, next, ... until it is 0 -> feed -> ...
 * </pre>
 *
 * A block that is the last of a DEFLATE stream (§7.2.3.4) may stand anywhere, with another stream behind it, which cannot refer to the one before:
 * the JDK's inflater begins anew there.
 */
public final class MessageInflater implements AutoCloseable {
    /** What the sender has cut off, and behind it an empty last block: the end is reached only if the message ended between two blocks. */
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF, 1, 0, 0, (byte) 0xFF, (byte) 0xFF};

    private static final int TAIL_BYTES = 4;
    private static final int PROBE_BYTES = TAIL.length - TAIL_BYTES;
    private static final byte[] NOTHING = {};

    private enum Stage {
        IDLE,
        PAYLOAD,
        TAIL
    }

    private final DeflatePools pools;
    private final boolean keepsContext;
    private @Nullable Inflater inflater;
    private boolean isCounted;
    private Stage stage = Stage.IDLE;
    private byte[] source = NOTHING;
    private int end;
    private boolean last;
    private boolean hasBegun; // bytes of the present DEFLATE stream have come in this message

    public MessageInflater(DeflatePools pools, DeflateTerms terms) {
        this.pools = pools;
        this.keepsContext = terms.keepsPeersContext();
    }

    /**
     * Gives it the next bytes of a message; what was there before has been taken out.
     *
     * @param payload not changed by the caller until all has been taken out
     * @param isLast whether the message ends with them
     * @return false, and nothing has been taken, if it would have to be held longer than this and too many are
     */
    public boolean feed(byte[] payload, int from, int to, boolean isLast) {
        if (stage != Stage.IDLE) throw new IllegalStateException("not all has been taken out");
        if ((!isLast || keepsContext) && !isCounted) {
            isCounted = pools.tryHold();
            if (!isCounted) return false;
        }
        source = payload;
        end = to;
        last = isLast;
        stage = Stage.PAYLOAD;
        show(from);
        return true;
    }

    /** Whether there may be more to take out. */
    public boolean hasMore() {
        return stage != Stage.IDLE;
    }

    /**
     * Takes out what comes next.
     *
     * @param room at least 1
     * @return how many bytes; 0 if it wants to be fed, or the message has ended
     * @throws DataFormatException if it is no DEFLATE stream
     */
    public int next(byte[] target, int at, int room) throws DataFormatException {
        while (stage != Stage.IDLE) {
            Inflater present = inflater();
            int count = present.inflate(target, at, room);
            if (count > 0) return count;
            if (present.finished()) {
                afterLastBlock(present);
            } else if (!present.needsInput()) {
                throw new DataFormatException("a preset dictionary");
            } else {
                afterInput(present);
            }
        }
        return 0;
    }

    private void afterLastBlock(Inflater present) throws DataFormatException {
        int left = present.getRemaining();
        if (stage == Stage.TAIL && left != 0 && left != PROBE_BYTES) {
            throw new DataFormatException("the message ends inside a block");
        }
        present.reset();
        hasBegun = false;
        if (stage == Stage.TAIL) {
            done();
        } else {
            show(end - left);
        }
    }

    private void afterInput(Inflater present) throws DataFormatException {
        if (stage == Stage.TAIL && !keepsContext) throw new DataFormatException("the message ends inside a block");
        if (stage == Stage.TAIL || !last || !hasBegun) {
            done();
            return;
        }
        stage = Stage.TAIL;
        present.setInput(TAIL, 0, keepsContext ? TAIL_BYTES : TAIL.length);
    }

    private void show(int from) {
        if (from < end) hasBegun = true;
        inflater().setInput(source, from, end - from);
    }

    private void done() {
        stage = Stage.IDLE;
        source = NOTHING;
        if (last) {
            hasBegun = false;
            if (!keepsContext) close();
        }
        if (inflater != null) inflater.setInput(NOTHING);
    }

    private Inflater inflater() {
        Inflater present = inflater;
        if (present == null) inflater = present = pools.inflaters().take();
        return present;
    }

    /** Gives back what it holds; what was said before is forgotten. */
    @Override
    public void close() {
        if (isCounted) pools.holdsNoMore();
        isCounted = false;
        stage = Stage.IDLE;
        source = NOTHING;
        hasBegun = false;
        Inflater present = inflater;
        inflater = null;
        if (present != null) pools.inflaters().giveBack(present);
    }
}
