package org.dormouse.poller.loop;

import org.dormouse.poller.ThreadPriority;
import org.dormouse.poller.socket.SocketError;

/**
 * Loads what loops use later, error paths included: the first use of a class takes locks of its class loader and reads files, and a loop that
 * waits for one held by a virtual thread which only this loop could run would wait for ever.
 */
public final class FirstUse {
    private static final Class<?>[] CLASSES = {
        SocketError.class,
        LateCarrier.class,
        RunQueue.class,
        Registrations.class,
        TimerWheel.class,
        Continuations.Aid.class,
        InlineTask.Unheard.class,
        Insistent.class,
        LoopThread.class,
        Reporter.Failure.class,
        Reporter.HandOver.class,
        Reporter.Stall.class,
        Reporter.Note.class,
        Timeout.class,
        ProcessorTime.class,
        ProcessorTime.Demand.class,
        ThreadPriority.class,
        java.io.IOException.class,
        java.util.concurrent.locks.LockSupport.class,
    };

    private FirstUse() {}

    /** Loads and initialises {@code types}, on the calling thread: not that of a loop. */
    public static void of(Class<?>... types) {
        for (Class<?> type : types) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new AssertionError("it is loaded already", e);
            }
        }
    }

    static void load() {
        of(CLASSES);
        ThreadPriority.nice();
        LoopEvents.areRecorded();
        SocketError.exception("call", -1);
        SocketError.describe(-1_000_000);
    }
}
