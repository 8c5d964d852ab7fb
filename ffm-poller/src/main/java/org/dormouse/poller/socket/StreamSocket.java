package org.dormouse.poller.socket;

/**
 * One connection, TCP or Unix, non-blocking. Results are counts or {@code -errno}, never exceptions; {@link SocketError} tells what a
 * negative one means. One thread at a time may receive and one at a time may send; they need not be the same. A call that a signal
 * interrupted has been repeated.
 */
public interface StreamSocket {
    /**
     * The most bytes that one call moves: the system call runs without leaving Java, so it must be short. What 16 KiB become in a record of
     * TLS fits.
     */
    int MAX_TRANSFER = 17 * 1024;

    /** The most bytes of a file that one call moves, so that others of the loop get their turn. */
    int MAX_FILE_TRANSFER = 256 * 1024;

    /** The kernel's number for this socket. It is given to another one as soon as this is closed. */
    int descriptor();

    /**
     * Moves bytes that have arrived into {@code target}.
     *
     * @param length at least 1; of more than {@link #MAX_TRANSFER} only so many are used
     * @return how many bytes; 0 at the end of the stream; {@code -errno}
     */
    int receive(byte[] target, int offset, int length);

    /**
     * Hands bytes to the kernel; lends {@code source} for the call. A peer that is gone is a result, not a signal.
     *
     * @param length at least 1; of more than {@link #MAX_TRANSFER} only so many are used
     * @return how many bytes the kernel took, at least 1; {@code -errno}
     */
    int send(byte[] source, int offset, int length);

    /**
     * {@link #send} of bytes that others follow at once: the kernel may keep them until those come, to put both into one packet.
     *
     * @return as {@link #send}
     */
    default int sendAhead(byte[] source, int offset, int length) {
        return send(source, offset, length);
    }

    /** Whether {@link #sendFile} can be used. */
    default boolean sendsFiles() {
        return false;
    }

    /**
     * Has the kernel move bytes of a file into this socket, without a copy in this process. May wait for a disk, so it is for continuations and
     * threads that may block.
     *
     * @param file the descriptor of a regular file; its own position is left alone
     * @param position of the first byte, 0 or more
     * @param length at least 1; of more than {@link #MAX_FILE_TRANSFER} only so many are used
     * @return how many bytes the kernel took; 0 where the file has ended; {@code -errno}
     * @throws UnsupportedOperationException if {@link #sendsFiles} says no
     */
    default int sendFile(int file, long position, int length) {
        throw new UnsupportedOperationException("this socket sends no files");
    }

    /**
     * What became of the connection, of a socket whose connecting was begun: to be asked at each readiness until it is no longer
     * {@linkplain SocketError#wouldBlock under way}. Before that nothing is sent or received; after a failure it can only be closed.
     *
     * @return 0 once it is connected; {@code -EAGAIN} as long as it is not; another {@code -errno}, once, if it will not be
     */
    default int finishConnect() {
        return 0;
    }

    /**
     * Whether the last receive, though it gave less than was asked, has left bytes that no event will tell of. Never of a plain socket; of one
     * that decrypts. For who receives.
     */
    default boolean holdsMore() {
        return false;
    }

    /**
     * Says in what is spoken over this socket that nothing more will come, if that has a way to say so; before {@link #close} in order. What
     * does not leave at once is lost.
     */
    default void endOutput() {}

    /** Tells the peer that nothing more will come; input goes on, to be dropped. */
    void shutdownOutput();

    /**
     * Ends a connection that nobody will serve so that its peer sees an end and not a reset: to be followed by {@link #close}. What has come is
     * read and dropped, up to a bound, since unread input makes the kernel send a reset.
     *
     * @param scratch at least a byte; overwritten
     */
    default void finish(byte[] scratch) {
        shutdownOutput();
        int receives = 4;
        while (receives > 0 && receive(scratch, 0, scratch.length) > 0) receives--;
    }

    /** Ends both directions at once but keeps the descriptor's number: an abort while others may still use this socket. Any thread. */
    void shutdown();

    /**
     * Gives the descriptor back: only when no other thread can be inside or before a call of this socket, since its number may reach a
     * stranger's connection at once. Unread input makes the kernel send a reset. A second call does nothing.
     */
    void close();

    /** Whether it is a Unix domain socket: its peer has no address of IP, and the loopback address with port 0 stands for it. */
    default boolean isUnix() {
        return false;
    }

    /** The first 64 bits of the peer's address as IPv6; 0 for IPv4, which is kept in its mapped form ({@code ::ffff:a.b.c.d}). */
    long peerHigh();

    /** The last 64 bits of the peer's address as IPv6. */
    long peerLow();

    /** The peer's port, 0 to 65535; 0 of a Unix domain socket. */
    int peerPort();

    /** The address on this side, asked of the kernel at each call; null once the socket is closed. */
    @org.jspecify.annotations.Nullable
    SocketAddress local();
}
