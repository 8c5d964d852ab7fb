package org.dormouse.poller.loop;

import java.lang.System.Logger.Level;

/** Faults as lines of the platform's log. */
final class LoggedFaults implements Faults {
    @Override
    public void fellBack(String what) {
        log().log(Level.INFO, what);
    }

    @Override
    public void failed(String where, Throwable cause) {
        log().log(Level.ERROR, where, cause);
    }

    @Override
    public void handedOver(int loop, StackTraceElement[] stack, int others) {
        if (!log().isLoggable(Level.DEBUG)) return;
        log().log(
                        Level.DEBUG,
                        "loop " + loop + " was taken over from a busy request" + lines(stack)
                                + (others == 0 ? "" : "\nand so " + others + " times more"));
    }

    @Override
    public void stalled(String what, StackTraceElement[] stack) {
        log().log(Level.WARNING, what + lines(stack));
    }

    private static String lines(StackTraceElement[] stack) {
        var lines = new StringBuilder();
        for (var frame : stack) lines.append("\n\tat ").append(frame);
        return lines.toString();
    }

    private static System.Logger log() {
        return System.getLogger("org.dormouse.poller");
    }
}
