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
    /** In the event loop itself, for servlets that never block. Not there yet: a server asked for it does not start. */
    INLINE
}
