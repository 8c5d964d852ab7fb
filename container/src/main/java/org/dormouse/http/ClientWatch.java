package org.dormouse.http;

/** What {@link Exchange#whenGone} runs, for those who want to know more of a long response. Any thread; must not block. */
public interface ClientWatch extends Runnable {
    /**
     * The client has finished sending, and may be gone or still waiting for the response: only sending to it tells. Perhaps more than once.
     */
    void finishedSending();

    /** The server stops: what would go on for ever should end now. */
    void draining();
}
