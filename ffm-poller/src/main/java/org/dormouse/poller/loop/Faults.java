package org.dormouse.poller.loop;

/** Is told what went wrong in a loop. Called one at a time by a thread of its own, never by a loop, so it may log and block. */
public interface Faults {
    /** Writes to the logger {@code org.dormouse.poller} of the platform. */
    Faults LOG = new LoggedFaults();

    /** A handler, a task or a timeout threw: a bug. The loop went on. */
    void failed(String where, Throwable cause);

    /** A loop was held up, and what was done about it. {@code stack} is that of the culprit, sampled a little later; empty if it was gone. */
    void stalled(String what, StackTraceElement[] stack);
}
