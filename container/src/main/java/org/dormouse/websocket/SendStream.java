package org.dormouse.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A binary message written as a stream: a frame for each {@value #PART_BYTES} bytes, the last one at close. One thread at a time. */
final class SendStream extends OutputStream {
    private static final int PART_BYTES = 8 * 1024;

    private final BasicRemote remote;
    private final byte[] part = new byte[PART_BYTES];
    private int length;
    private boolean begun;
    private boolean closed;

    SendStream(BasicRemote remote) {
        this.remote = remote;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        requireOpen();
        begun = true;
        int at = offset;
        int end = offset + count;
        while (at < end) {
            if (length == PART_BYTES) send(false);
            int more = Math.min(end - at, PART_BYTES - length);
            System.arraycopy(bytes, at, part, length, more);
            length += more;
            at += more;
        }
    }

    @Override
    public void flush() throws IOException {
        requireOpen();
        if (length > 0) send(false);
    }

    @Override
    public void close() throws IOException {
        if (closed) return;
        closed = true;
        if (begun) send(true);
    }

    private void send(boolean last) throws IOException {
        remote.sendBinary(ByteBuffer.wrap(part, 0, length), last);
        length = 0;
    }

    private void requireOpen() throws IOException {
        if (closed) throw new IOException("the stream is closed");
    }
}
