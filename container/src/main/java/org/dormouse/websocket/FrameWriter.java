package org.dormouse.websocket;

import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames into the output of a connection: small ones in place in one buffer, large ones from the array they lie in, so that both leave in one
 * system call. Whoever owns the output, if nothing else is said.
 */
abstract class FrameWriter extends Fragments {
    /** To be compressed when its turn comes: it may refer to what was sent before, or belongs to a message in parts. */
    static final int IN_ORDER = 0x100;

    /** Compressed without the session's deflater, whose context it is not in. */
    static final int FOREIGN = 0x200;

    /** The payload has its head already, and is sent from where it lies: a server's frame for many sessions. */
    static final int WIRE = 0x400;

    /** The first reserved bit: the message is compressed (RFC 7692 §6). */
    static final int COMPRESSED = 0x40;

    /** From here on a payload is not copied into pooled buffers, but sent from the array it lies in. */
    private static final int SHARE_FROM = 8 * 1024;

    /** Up to here a text is encoded where it is sent from; longer ones are faster by the JDK's intrinsic, through an array. */
    static final int IN_PLACE = 512;

    private final Connection connection;
    private final Role role;
    private final @Nullable SessionDeflate deflate;

    // owner of the output
    private long written; // bytes ever written to the connection
    private boolean closeWritten;

    FrameWriter(Connection connection, Role role, @Nullable SessionDeflate deflate) {
        this.connection = connection;
        this.role = role;
        this.deflate = deflate;
    }

    /** Any thread. */
    final Connection connection() {
        return connection;
    }

    /** Any thread. */
    final Role role() {
        return role;
    }

    /** Bytes ever written to the connection. */
    final long written() {
        return written;
    }

    /** Whether the Close frame has been written, behind which nothing may follow. */
    final boolean isCloseWritten() {
        return closeWritten;
    }

    /** Nothing is written any more. */
    final void endCompression() {
        if (deflate != null) deflate.endOutput();
    }

    /**
     * Writes one frame.
     *
     * @param first its first byte: {@link FrameHead#LAST}, {@link #COMPRESSED} and the opcode; with {@link #IN_ORDER}, {@link #FOREIGN} or {@link #WIRE}
     * @param payload not changed by anybody until it is sent
     */
    final void write(int first, byte[] payload) {
        int opcode = first & 0x0F;
        if (opcode == Opcode.CLOSE) closeWritten = true;
        if (deflate != null && (first & IN_ORDER) != 0) {
            byte[] compressed = deflate.frame(first, payload);
            boolean isMarked = compressed != null && opcode != Opcode.CONTINUATION;
            put(isMarked ? first | COMPRESSED : first, compressed == null ? payload : compressed);
            return;
        }
        if (deflate != null && (first & FOREIGN) != 0) deflate.forget();
        if ((first & WIRE) != 0) share(payload);
        else put(first, payload);
    }

    private void share(byte[] frame) {
        written += frame.length;
        connection.enqueue(PooledBuffer.sharing(frame, 0, frame.length));
    }

    private void put(int first, byte[] payload) {
        int length = payload.length;
        // a client's has to be masked, which the sender's array must not be
        if (length >= SHARE_FROM && role == Role.SERVER) {
            byte[] head = new byte[FrameHead.size(length, role)];
            append(head, FrameHead.write(head, 0, first, length, role));
            append(payload, length);
        } else if (length < SHARE_FROM && connection.unsentBytes() == 0) {
            PooledBuffer buffer = connection.pool().take();
            byte[] array = buffer.array();
            int at = FrameHead.write(array, buffer.end(), first, length, role);
            System.arraycopy(payload, 0, array, at, length);
            FrameHead.mask(array, at, length, role);
            enqueue(buffer, at + length - buffer.end());
        } else {
            byte[] frame = FrameHead.frame(first, payload, 0, length, role);
            append(frame, frame.length);
        }
    }

    /** Writes {@code text} without an array in between; returns false, and has done nothing, if it is not ASCII. */
    final boolean writeAscii(int first, String text) {
        int length = text.length();
        PooledBuffer buffer = connection.pool().take();
        byte[] array = buffer.array();
        int payload = FrameHead.write(array, buffer.end(), first, length, role);
        int at = payload;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                buffer.close();
                return false;
            }
            array[at++] = (byte) c;
        }
        FrameHead.mask(array, payload, length, role);
        enqueue(buffer, at - buffer.end());
        return true;
    }

    private void enqueue(PooledBuffer buffer, int length) {
        buffer.produced(length);
        written += length;
        connection.enqueue(buffer);
    }

    private void append(byte[] bytes, int length) {
        written += length;
        if (length >= SHARE_FROM) {
            connection.enqueue(PooledBuffer.sharing(bytes, 0, length));
        } else {
            connection.copyIn(bytes, 0, length);
        }
    }

    static {
        assert IN_PLACE + 14 <= BufferPool.BUFFER_SIZE && SHARE_FROM + 14 <= BufferPool.BUFFER_SIZE;
    }
}
