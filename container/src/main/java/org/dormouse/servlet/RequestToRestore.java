package org.dormouse.servlet;

import org.dormouse.identity.Caller;
import org.dormouse.servlet.session.SessionNote;

/**
 * A request whose client has logged in and is on its way back to it. Immutable.
 *
 * @param bytes taken of {@code memory} for it
 */
record RequestToRestore(SavedRequest saved, Caller caller, long deadlineMillis, LoginMemory memory, int bytes)
        implements SessionNote {
    @Override
    public boolean isOver(long nowMillis) {
        return nowMillis >= deadlineMillis;
    }

    @Override
    public void dropped() {
        memory.giveBack(bytes);
    }
}
