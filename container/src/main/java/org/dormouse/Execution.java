package org.dormouse;

/** Where the servlets of a server, or of one application, run. */
public enum Execution {
    /**
     * A virtual thread per request, carried by the event loop of its connection: it starts without a hand-off, and blocking code gives
     * the loop away. Needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}. The default where that flag is given.
     */
    LOOP,
    /** A virtual thread per request on the scheduler of the JDK. The default without the flag of {@link #LOOP}. */
    VIRTUAL,
    /** A bounded number of platform threads behind a bounded queue; 503 with Retry-After when both are full. */
    POOL,
    /**
     * Where the exchange says: {@link org.dormouse.http.Exchange#carrier}. For applications that another server hands exchanges to, see
     * {@link Dormouse#handle}: its threads, its limits. A server with this execution has no loops and cannot listen.
     */
    HOST,
    /**
     * On the thread of the event loop itself, for what never blocks. To choose it for an application or a server is to promise that for all
     * its servlets, filters and endpoints; a single servlet promises it with {@link org.dormouse.annotation.NonBlocking}, the init
     * parameter {@code org.dormouse.non-blocking} or {@link WebApp#nonBlockingServlet}, whatever the execution of its application. Async
     * dispatches and callbacks run in the loop too; {@code init} and what is given to {@code AsyncContext.start} may block and do not.
     *
     * <p>Who blocks nevertheless loses the loop to another thread, is reported once with its stack, and runs from then on as the other
     * servlets of its application do; where those are inline, with {@link #LOOP}, or {@link #VIRTUAL} without its flag. To compute for
     * long is no breach of the promise, and holds up nobody either. Thread-locals stay with the thread, as in any pool. Exchanges that
     * another server hands over run where that server says, as with {@link #HOST}.
     */
    INLINE
}
