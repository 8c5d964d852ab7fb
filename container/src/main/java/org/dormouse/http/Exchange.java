package org.dormouse.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request with its response. A protocol (HTTP/1.1, HTTP/2, a foreign server, a test) makes it; an {@link ExchangeHandler} consumes it.
 *
 * <p>Nothing here waits. Who wants to block parks until the callback of {@link #whenReadable} or {@link #whenWritable} has run. One thread
 * at a time reads, and one at a time writes; they need not be the same. Callbacks come from any thread and must not block.
 *
 * <pre>
 *   interim*, commit, write*, flush*, finish      the ordinary way
 *   upgrade                               instead of commit: the bytes belong to somebody else now
 *   abort                                 at any time: the connection is cut
 * </pre>
 */
public interface Exchange {
    RequestHead request();

    Peer peer();

    /** Identifies this exchange among all of this server. */
    long id();

    /** Who follows this exchange; null if nobody does. */
    default @Nullable ExchangeObserver observer() {
        return null;
    }

    /** From now on {@code follower} follows it, in the place of another: who wants that to go on tells it. Nobody learns of it elsewhere. */
    default void observer(ExchangeObserver follower) {}

    /** Starts tasks where this exchange is at home: as virtual threads carried by the loop of its connection, or what comes closest. */
    Executor carrier();

    /**
     * Says who serves this exchange, for those who list requests. By {@code thread} itself, when it begins; null when it has returned. Costs a
     * field write.
     */
    default void servedBy(@Nullable Thread thread) {}

    /** Runs tasks that never block on the thread of that loop itself; where there is none of ours, as {@link #carrier} does. */
    default Executor loop() {
        return carrier();
    }

    /** The calling thread is about to block until a callback has run: one that carries others gives them away first. */
    default void beforeWaiting() {}

    /** Whether the calling thread, which could go on for long, has kept others of its loop waiting for a while: {@link #giveTurn}. */
    default boolean isOverdue() {
        return false;
    }

    /** Lets others of the loop go first where the calling thread is one that it carries. By a thread that may block. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: without it, others of the loop only wait longer
    default void giveTurn() {
        if (Thread.currentThread().isVirtual()) Thread.yield();
    }

    /** Whether the client can be asked for a certificate within its connection, since it was not in its handshake. By who reads and writes. */
    default boolean mayAskForCertificate() {
        return false;
    }

    /**
     * Asks the client for a certificate. The body must have been read, and nothing committed.
     *
     * @return null if it cannot be asked any more, such as when it has sent more than this request already
     */
    default @Nullable CertificateRequest askForCertificate() {
        return null;
    }

    // --- request body

    /**
     * Copies bytes of the body that have arrived. The first call answers {@code Expect: 100-continue}.
     *
     * @return 1 to {@code length}: so many bytes; 0: none has arrived yet; -1: the body has ended
     * @throws BadRequest if the body breaks its framing or a limit
     * @throws IOException if the peer left
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Whether every byte of the body has been read; true from the start where there is no body. */
    boolean isBodyRead();

    /**
     * Calls {@code wake} once, as soon as {@link #read} would return something other than 0, or throw: at once if it would now. A second
     * call before the first was answered replaces it. It may come early, when what arrived is not yet a byte of the body: who then reads 0
     * asks again. The same holds for {@link #whenWritable}.
     */
    void whenReadable(Runnable wake);

    /** The fields behind the body, once {@link #isBodyRead}; none before, and where the protocol has none (RFC 9110 §6.5). */
    default Fields trailers() {
        return new Headers();
    }

    /** The request is answered with {@code reason}, which is not one that {@link #read} threw: for those who count and log refusals. */
    default void refused(BadRequest reason) {}

    // --- response

    /**
     * Sends an interim response, such as 103 (Early Hints): the client gets it now, and the response still comes. May be called several times.
     * Nothing is sent to a client that does not take what it got before, nor where the protocol or what carries it has no such thing, as
     * HTTP/1.0 (RFC 9110 §15.2). By the writer.
     *
     * @param status 102 to 199; 100 and 101 are the protocol's own
     * @return false if nothing was sent
     * @throws IllegalStateException if already committed
     */
    default boolean interim(int status, Fields fields) {
        if (isCommitted())
            throw new IllegalStateException("interim response " + status + " after the response was committed");
        return false;
    }

    /**
     * Fixes status and fields. The head leaves together with the first bytes of the body, so this alone sends nothing. Content-Length,
     * Transfer-Encoding, Connection and Date are the protocol's business; a Content-Length among {@code fields} is ignored.
     *
     * @param reason the phrase for the status line; null for the usual one
     * @param contentLength how many bytes will be written; -1 if only {@link #finish} will tell
     * @throws IllegalStateException if already committed
     */
    void commit(int status, @Nullable String reason, Fields fields, long contentLength);

    boolean isCommitted();

    /**
     * Copies bytes of the body. Where the response has none (HEAD, 204, 304), they are taken and dropped; so are those beyond the
     * content length.
     *
     * @return how many bytes were taken; fewer than {@code length}, down to 0, when the output is full: see {@link #whenWritable}
     * @throws IOException if the peer left
     * @throws IllegalStateException before {@link #commit} or after {@link #finish}
     */
    int write(byte[] source, int offset, int length) throws IOException;

    /** Whether {@link #transfer} can be used for this response; asked again once it is committed, the answer may have become no. */
    default boolean canTransfer() {
        return false;
    }

    /**
     * Sends bytes of a file as part of the body, behind what was written, without a copy in this process. May wait for a disk, so it is not for
     * callbacks.
     *
     * @param file the kernel's number of a regular file, which the caller keeps open meanwhile
     * @param position of the first byte
     * @param length at least 1
     * @return how many bytes were taken, at most {@code length}; 0 when the output is full: see {@link #whenWritable}; -1 where the file has
     *     ended, or the kernel cannot send it: the next bytes must be written, or there are none
     * @throws IOException if the peer left
     * @throws UnsupportedOperationException if {@link #canTransfer} says no
     * @throws IllegalStateException before {@link #commit} or after {@link #finish}
     */
    default int transfer(int file, long position, int length) throws IOException {
        throw new UnsupportedOperationException("this exchange sends no files");
    }

    /**
     * Hands everything written so far, the head included, to the network as far as it takes it.
     *
     * @return true if nothing is left unsent
     */
    boolean flush() throws IOException;

    /** Calls {@code wake} once, as soon as {@link #write} would take a byte or throw: at once if it would now. */
    void whenWritable(Runnable wake);

    /**
     * Whether fields can follow the body of this response (RFC 9110 §6.5). Before {@link #commit}: if it is committed without a content length.
     */
    default boolean mayHaveTrailers() {
        return false;
    }

    /**
     * Fields for {@link #finish} to send behind the body, in the place of those given before. By the writer.
     *
     * @throws IllegalArgumentException if one of them may not stand there: {@link TrailerNames}
     * @throws IllegalStateException if this response can have none: {@link #mayHaveTrailers}
     */
    default void endWith(Fields trailers) {
        throw new IllegalStateException("this response can have no trailers");
    }

    /**
     * Ends the response and sends what is left of it in the background. A body shorter than its content length closes the connection, so
     * that the next response is never taken for the rest of this one. Does nothing if called again. Nothing of this exchange may be
     * called afterwards, except {@link #request}, {@link #peer} and {@link #id}.
     */
    void finish();

    /**
     * Cuts the connection (or resets the stream): what the client has got so far is all there will be. Any thread, any time. The exchange
     * still ends with {@link #finish}: only then it is certain that nobody is inside {@link #read} or {@link #write}, and the descriptor can
     * be given back.
     */
    void abort();

    /** Whether the request can be upgraded to what is no HTTP: whether it asks for that, has no body left, and what carries it can. */
    default boolean mayUpgrade() {
        return false;
    }

    /**
     * Answers 101 with {@code fields} and hands the connection to {@code successor}. A {@link StreamUpgrade} is taken by everything that can
     * upgrade at all.
     *
     * @throws UnsupportedOperationException if what carries this exchange cannot be upgraded to that
     * @throws IllegalStateException if already committed
     */
    void upgrade(Fields fields, Upgrade successor);

    // --- while nobody reads or writes

    /**
     * Calls {@code gone} once if the peer hangs up or resets before {@link #finish}; half-close alone is not that, and is told only to a {@link
     * ClientWatch}. Null takes it back.
     */
    void whenGone(@Nullable Runnable gone);

    /** Runs {@code task} (quick, not blocking) after {@code delayNanos}, unless the returned handle is run before. Any thread. */
    Runnable schedule(long delayNanos, Runnable task);
}
