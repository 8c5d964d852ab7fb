package org.dormouse.poller.loop;

import java.lang.System.Logger.Level;

/** Faults as lines of the platform's log. */
final class LoggedFaults implements Faults {
    @Override
    public void failed(String where, Throwable cause) {
        log().log(Level.ERROR, where, cause);
    }

    @Override
    public void stalled(String what, StackTraceElement[] stack) {
        var lines = new StringBuilder(what);
        for (var frame : stack) lines.append("\n\tat ").append(frame);
        log().log(Level.WARNING, lines.toString());
    }

    private static System.Logger log() {
        return System.getLogger("org.dormouse.poller");
    }
}
