package org.dormouse.servlet.session;

/** There is no room for another session. Answered 503; has no stack trace, since it is a matter of load and not of who asked. */
public final class TooManySessions extends IllegalStateException {
    private static final long serialVersionUID = 1;

    TooManySessions(int sessions, int limit) {
        super(sessions + " sessions, limit " + limit + " (session.max-sessions)");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
