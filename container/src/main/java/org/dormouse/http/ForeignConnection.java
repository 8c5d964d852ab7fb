package org.dormouse.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Somebody else's connection, or one stream of it, as a {@link FedExchange} uses it: what a server that is not ours implements to let our
 * applications answer its requests. One object per exchange.
 *
 * <p>Threads: {@link #resume} comes from any thread, {@link #sendContinue} from the reader, {@link #head}, {@link #write}, {@link #flush} and {@link #end} from the one writer, {@link #isFull}, {@link #abort} and
 * the rest from any thread, also while another call is under way. Nothing may wait. An implementation that has a thread of its own
 * carries the calls over to it in order.
 */
public interface ForeignConnection {
    // --- request body

    /**
     * Offer bytes again: once for each {@code false} of {@link FedExchange#offer}. It may come before that call has returned, and at the
     * latest when the response has ended: what is left of the body is then dropped as it comes.
     */
    void resume();

    /** The client waits for 100 (Continue) before it sends the body, and the body is wanted. At most once; no effect after {@link #head}. */
    void sendContinue();

    // --- response

    /**
     * The head, once, before anything else of the response. It waits for the first bytes of the body, {@link #flush} or {@link #end}.
     * What frames the message or speaks of the connection (Content-Length, Transfer-Encoding, Connection, Keep-Alive) is not among
     * {@code fields}: the implementation writes what it needs, and a Date if it is not among them.
     *
     * @param reason the phrase for the status line; null for the usual one
     * @param fields lent for this call
     * @param body whether there is a body, and its length if it is known
     */
    void head(int status, @Nullable String reason, Fields fields, ResponseBody body);

    /**
     * Copies bytes of the body; only so many come as the content length allows, and none where there is no body.
     *
     * @return how many were taken, 0 to {@code length}; after fewer than {@code length}, {@link FedExchange#drained} is owed
     * @throws IOException if the client left
     */
    int write(byte[] source, int offset, int length) throws IOException;

    /**
     * Whether {@link #write} would take nothing. Whoever answers true owes a call of {@link FedExchange#drained} once that has changed.
     */
    boolean isFull();

    /**
     * Hands on what it has kept back.
     *
     * @return true if, as far as it knows, nothing is left unsent
     */
    boolean flush() throws IOException;

    /**
     * The response is complete. The last call but {@link #resume}.
     *
     * @param whole false if the body ended before its content length: the connection closes (the stream is reset) behind what was
     *     written, so that nothing is taken for the rest of it
     */
    void end(boolean whole);

    /** Cuts the connection or resets the stream at once. Never after {@link #end}; what the writer still says has no effect. */
    void abort();

    // --- where it is at home

    /** Starts the tasks of this exchange; answers {@link Exchange#carrier}. */
    Executor carrier();

    /** Does what {@link Exchange#beforeWaiting} says. */
    default void beforeWaiting() {}

    /** Does what {@link Exchange#schedule} says. */
    Runnable schedule(long delayNanos, Runnable task);
}
