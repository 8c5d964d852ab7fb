package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;

/** Where the requests of an application run. */
interface RequestThreads {
    /** For the log and for {@code Dormouse.execution()}. */
    String name();

    /**
     * Starts {@code request}. Called by the owner of a loop: does not wait.
     *
     * @return false if there is no thread for it now and none is to be expected soon
     */
    boolean start(Exchange exchange, Runnable request);

    /** Where an admitted exchange runs its later tasks, callbacks and {@code AsyncContext.start}; never refuses while the server runs. */
    Executor later(Exchange exchange);

    /** Ends the threads that belong to this. What runs is interrupted. */
    default void close() {}
}
