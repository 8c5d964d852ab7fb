package org.dormouse.servlet.session;

/** What the container keeps in a session, unseen by the application. Any thread. */
public interface SessionNote {
    /** Whether it is of no use any more: then the session forgets it. */
    boolean isOver(long nowMillis);

    /** The session has forgotten it: another took its place, it was over, or the session has ended. Called once. */
    void dropped();
}
