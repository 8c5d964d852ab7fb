package org.dormouse.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dormouse.poller.loop.Timeout;

/**
 * Who owns input and output of a connection, in one atomic word. It is a superclass, not a field, because a connection is to be small.
 *
 * <pre>
 *   INPUT_LENT    an exchange owns the input; else the loop does
 *   INPUT_READY   an event came while the input was lent; the borrower consumes it before it believes "would block"
 *   OUTPUT_LENT   somebody owns the output, the loop itself included while it sends; else nobody touches it
 *   OUTPUT_READY  room came while the output was lent; consumed likewise
 *   OUTPUT_ASKED  somebody wanted the output while it was lent; makes giving back fail once
 *   UNSENT        output is not lent, bytes wait in its queue: the loop sends them when there is room
 *   PEER_FINISHED the peer has half-closed: the end of input must be read, a short read does not mean "nothing more"
 *   BROKEN        nothing can be sent or received any more; for ever
 *   CLOSING       the loop waits to close: who gives something back tells it; for ever
 * </pre>
 *
 * Fields that belong to input or output are plain: they are written before the word gives them away (release) and read after it was seen
 * (acquire). A pending bit is set only while the loan it belongs to lasts, by a compare-and-set that fails if the loan ended meanwhile; so
 * an event is either seen by the borrower or handled by the loop, never both and never neither.
 */
abstract class OwnershipWord extends Timeout {
    static final int INPUT_LENT = 1;
    static final int INPUT_READY = 1 << 1;
    static final int OUTPUT_LENT = 1 << 2;
    static final int OUTPUT_READY = 1 << 3;
    static final int OUTPUT_ASKED = 1 << 4;
    static final int UNSENT = 1 << 5;
    static final int PEER_FINISHED = 1 << 6;
    static final int BROKEN = 1 << 7;
    static final int CLOSING = 1 << 8;

    static final int LENT = INPUT_LENT | OUTPUT_LENT;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(OwnershipWord.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int word;

    final int word() {
        return word;
    }

    final boolean has(int bits) {
        return (word & bits) != 0;
    }

    final boolean exchange(int expected, int next) {
        return WORD.compareAndSet(this, expected, next);
    }

    /** Sets bits; returns the word as it was before. */
    final int set(int bits) {
        return (int) WORD.getAndBitwiseOr(this, bits);
    }

    /** Sets {@code pending} if {@code loan} lasts; false if it does not. */
    final boolean setWhile(int loan, int pending) {
        while (true) {
            int now = word;
            if ((now & loan) == 0) return false;
            if ((now & pending) == pending || exchange(now, now | pending)) return true;
        }
    }

    /** Clears {@code pending}; true if it was set. */
    final boolean consume(int pending) {
        return (word & pending) != 0 && ((int) WORD.getAndBitwiseAnd(this, ~pending) & pending) != 0;
    }
}
