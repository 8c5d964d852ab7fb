package org.dormouse.poller.loop;

/** Is told what went wrong in a loop. Called one at a time by a thread of its own, never by a loop, so it may log and block. */
public interface Faults {
    /** Writes to the logger {@code org.dormouse.poller} of the platform. */
    Faults LOG = new LoggedFaults();

    /** At the start: {@code auto} chose another backend than the platform's own, and why. At most once for each set of loops. */
    void fellBack(String what);

    /** A handler, a task or a timeout threw: a bug. The loop went on. */
    void failed(String where, Throwable cause);

    /**
     * A continuation kept its thread for more than a millisecond, so another thread took its loop over: no harm, but who tunes an
     * application wants to know. At most once a second.
     *
     * @param stack of the virtual thread, sampled a little later; empty if it was gone by then
     * @param others how many more there were since the last report
     */
    void handedOver(int loop, StackTraceElement[] stack, int others);

    /**
     * A loop was held up, or a limit was reached.
     *
     * @param stack of the culprit, sampled a little later; empty if there is none
     */
    void stalled(String what, StackTraceElement[] stack);
}
