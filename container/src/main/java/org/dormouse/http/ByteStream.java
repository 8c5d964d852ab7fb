package org.dormouse.http;

import java.io.IOException;

/**
 * The two directions of a connection that was upgraded. Threads and callbacks are those of an {@link Exchange}: nothing waits, one thread at
 * a time reads and one writes, callbacks come from any thread and must not block.
 */
public interface ByteStream {
    /**
     * Copies bytes that have arrived.
     *
     * @return 1 to {@code length}: so many bytes; 0: none for now; -1: the peer has finished sending
     * @throws IOException if the peer left
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Calls {@code wake} once, as soon as {@link #read} would return something other than 0, or throw; a second call replaces the first. */
    void whenReadable(Runnable wake);

    /**
     * Copies bytes, which leave with {@link #flush} at the latest.
     *
     * @return how many were taken; fewer than {@code length}, down to 0, when the output is full: see {@link #whenWritable}
     * @throws IOException if the peer left
     */
    int write(byte[] source, int offset, int length) throws IOException;

    /**
     * Hands everything written so far to the network as far as it takes it.
     *
     * @return true if nothing is left unsent
     */
    boolean flush() throws IOException;

    /** Calls {@code wake} once, as soon as {@link #write} would take a byte or throw. */
    void whenWritable(Runnable wake);

    /** Calls {@code gone} once if the peer hangs up or resets before {@link #finish}; half-close alone is not that. Before the first wait. */
    void whenGone(Runnable gone);

    /** The calling thread is about to block until a callback has run: {@link Exchange#beforeWaiting}. */
    void beforeWaiting();

    /**
     * Sends what is left in the background and closes. When it is called, nobody may be inside {@link #read} or {@link #write}, and none of
     * them may be called afterwards. Does nothing if called again.
     */
    void finish();

    /** Cuts the connection. Any thread, any time; {@link #finish} is still to come. */
    void abort();
}
