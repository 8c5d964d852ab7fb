package org.dormouse.push;

/**
 * What becomes of an asynchronous message for a peer that reads so slowly that {@code websocket.send-budget} is used up. Messages that are sent
 * blocking wait in any case, each in its thread, and so need no budget.
 */
public enum SlowPeer {
    /** The send fails, with an exception that names the figures; the session goes on. */
    FAIL,
    /** The thread that sends waits until the network has taken its message, for at most {@code websocket.send-timeout}. */
    BLOCK,
    /** The oldest messages of asynchronous sends that have not begun are dropped, and their sends fail: the newest is what counts. */
    DROP_OLDEST,
    /** The session is closed with 1013. */
    CLOSE
}
