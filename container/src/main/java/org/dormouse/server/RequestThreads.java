package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;

/** Where the requests of an application run. */
public interface RequestThreads {
    /** A virtual thread per request, carried by the loop of its connection; or whatever else the exchange calls its home. */
    static RequestThreads carried() {
        return new CarriedRequests();
    }

    /** A virtual thread per request on the scheduler of the JDK. */
    static RequestThreads virtual() {
        return new VirtualRequests();
    }

    /** At most {@code maxThreads} platform threads, for which at most {@code maxQueued} requests wait. */
    static RequestThreads pooled(int maxThreads, int maxQueued) {
        return new PooledRequests(maxThreads, maxQueued);
    }

    /** Its name among the executions. */
    String execution();

    /**
     * Starts {@code request}. Called by the owner of a loop: does not wait.
     *
     * @return false if there is no thread for it now and none is to be expected soon
     */
    boolean start(Exchange exchange, Runnable request);

    /** Where an admitted exchange runs its later tasks, callbacks and {@code AsyncContext.start}; never refuses while the server runs. */
    Executor later(Exchange exchange);

    /** An application has stopped: what it left in the variables of threads that serve others too is given up. */
    default void renew() {}

    /** Ends the threads that belong to this. What runs is interrupted. */
    default void close() {}
}
