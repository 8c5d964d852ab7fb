package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;

/**
 * One running application as the door sees it.
 *
 * @param contextPath {@code ""} for the root, else as in {@code "/shop"}, decoded
 * @param threads where its requests run
 */
record Application(String contextPath, RequestThreads threads, Dispatch dispatch) {
    /** Takes one exchange through the application; called in the request's thread. */
    @FunctionalInterface
    interface Dispatch {
        /**
         * Answers {@code exchange}, now or later.
         *
         * @param later runs what happens after this has returned
         */
        void dispatch(Exchange exchange, Executor later);
    }
}
