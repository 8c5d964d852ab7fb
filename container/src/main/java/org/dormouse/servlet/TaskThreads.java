package org.dormouse.servlet;

import java.util.concurrent.Executor;

/** Runs the async dispatches and callbacks of an exchange where what may block does not belong, and has another place for that. */
public interface TaskThreads extends Executor {
    /** Where tasks run that may block: those of {@code AsyncContext.start}. */
    Executor forBlocking();
}
