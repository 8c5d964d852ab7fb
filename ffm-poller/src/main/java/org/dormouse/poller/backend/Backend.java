package org.dormouse.poller.backend;

import java.io.IOException;

/**
 * The readiness queue of one kernel, edge-triggered. Everything except {@link #wakeUp} belongs to whoever holds the loop; nothing in
 * here may be confined to a thread, since a loop changes hands.
 */
public interface Backend extends AutoCloseable {
    /** Bits of readiness and of interest; {@code org.dormouse.poller.Readiness} explains them. */
    int IN = 1;

    int OUT = 2;
    int PEER_FINISHED = 4;
    int GONE = 8;

    /** Of interest only: others watch the same descriptor, and one of them is enough. A kernel that cannot do it tells all. */
    int EXCLUSIVE = 16;

    /** The word by which a user asks for this backend: {@code epoll}, {@code kqueue}. */
    String name();

    /**
     * Watches {@code descriptor} from now on; what is ready already is reported too. Hang-up and error are always reported.
     *
     * @param interest {@link #IN}, {@link #OUT} or both; {@link #IN} includes {@link #PEER_FINISHED}; or {@link #IN} with {@link #EXCLUSIVE}, for
     *     listening sockets
     * @param token not negative; comes back with each event of this descriptor
     */
    void add(int descriptor, int interest, long token) throws IOException;

    /** Ends the watch. Events taken by the last {@link #await} may still show its token. */
    void remove(int descriptor) throws IOException;

    /**
     * Takes the events that have come, waiting for the first one.
     *
     * @param nanos longest wait, rounded up to what the kernel can do; 0 does not wait, a negative number waits for ever
     * @return how many events {@link #token} and {@link #readiness} now show; 0 after a timeout, a wake-up or a signal
     */
    int await(long nanos) throws IOException;

    /** The token of event {@code index} of the last {@link #await}; negative for a wake-up, which is nobody's event. */
    long token(int index);

    /** What happened, as bits of readiness. */
    int readiness(int index);

    /** Ends a running or the next {@link #await}. Any thread; nothing happens after {@link #close}. */
    void wakeUp();

    @Override
    void close();
}
