package org.dormouse.poller.loop;

import org.dormouse.poller.ThreadPriority;
import org.dormouse.poller.socket.SocketError;

/**
 * Loads what loops use later, error paths included: the first use of a class takes locks of its class loader, and a loop that waits for
 * one held by a virtual thread which only this loop could run would wait for ever.
 */
final class FirstUse {
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

    static void load() {
        for (Class<?> type : CLASSES) {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new AssertionError("it is loaded already", e);
            }
        }
        ThreadPriority.nice();
        LoopEvents.areRecorded();
        SocketError.exception("call", -1);
        SocketError.describe(-1_000_000);
    }
}
