package org.dormouse.poller;

/** One kernel readiness queue. */
public final class Poller {
    /** The platform's own backend. */
    public static final String AUTO = "auto";

    private Poller() {}
}
