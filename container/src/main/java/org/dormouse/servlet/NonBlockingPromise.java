package org.dormouse.servlet;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The promise of a servlet, or of an application's endpoints, not to block: kept until it is seen broken. Any thread. */
public final class NonBlockingPromise {
    /** {@code true} or {@code false} as a servlet's init parameter; wins over the annotation and over the application's execution. */
    public static final String INIT_PARAMETER = "org.dormouse.non-blocking";

    private static final Logger LOG = LoggerFactory.getLogger(NonBlockingPromise.class);
    private static final String STORE = "org.dormouse.servlet.session.Passivation";
    private static final String DISPATCHER = ServletDispatcher.class.getName();
    private static final int MAX_FRAMES = 24;

    private final String who;
    private final String application;
    private final @Nullable RunningServlet servlet;
    private final AtomicBoolean isBroken = new AtomicBoolean();

    NonBlockingPromise(String who, String application, @Nullable RunningServlet servlet) {
        this.who = who;
        this.application = application;
        this.servlet = servlet;
    }

    public boolean isKept() {
        return !isBroken.get();
    }

    /** Whether the servlet is in service: until then, and while it is unavailable, a request may have to wait for its {@code init}. */
    public boolean isReady() {
        return servlet == null || servlet.isInService();
    }

    /** Brings the servlet into service; may block. False if it fails, which the request itself is to find out and to answer. */
    public boolean makeReady() {
        return servlet == null || servlet.comesIntoService();
    }

    /**
     * It blocked, and is not trusted any more: that is logged, once. Nothing happens where a class was being loaded or initialised, which
     * happens once, or where the container itself waited: for a password to be checked, a session to come back from its store, or the
     * log to take what the servlet threw.
     *
     * @param stack of the thread, where it blocked
     * @param elsewhere the execution that it has from now on
     */
    public void broken(StackTraceElement[] stack, String elsewhere) {
        if (isNobodysFault(stack) || !isBroken.compareAndSet(false, true)) return;
        LOG.warn(
                "{} of {} promised not to block, and did; from now on it runs with execution {}. Use listeners or"
                        + " AsyncContext.start for what waits, or take the promise back (@NonBlocking, {}, execution INLINE). It"
                        + " blocked {}",
                who,
                application,
                elsewhere,
                INIT_PARAMETER,
                text(stack));
    }

    private static boolean isNobodysFault(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("<clinit>")) return true;
            if (frame.getClassName().equals("java.lang.ClassLoader")) return true;
            if (frame.getClassName().startsWith("org.dormouse.servlet.security.")) return true;
            if (frame.getClassName().equals(STORE)) return true;
            if (frame.getClassName().equals(DISPATCHER) && frame.getMethodName().equals("report")) return true;
        }
        return false;
    }

    /** In one line, without the frames in which the server found out. */
    private static String text(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .dropWhile(NonBlockingPromise::isOfTheSearch)
                .limit(MAX_FRAMES)
                .map(frame -> "at " + frame)
                .collect(Collectors.joining(" "));
    }

    private static boolean isOfTheSearch(StackTraceElement frame) {
        return frame.getClassName().startsWith("org.dormouse.poller.")
                || frame.getClassName().equals("java.lang.Thread");
    }
}
