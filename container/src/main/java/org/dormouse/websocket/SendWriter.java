package org.dormouse.websocket;

import java.io.IOException;
import java.io.Writer;

/** A text message written as characters: a frame for each {@value #PART_CHARS} of them, the last one at close. One thread at a time. */
final class SendWriter extends Writer {
    private static final int PART_CHARS = 8 * 1024;

    private final BasicRemote remote;
    private final StringBuilder part = new StringBuilder();
    private boolean begun;
    private boolean closed;

    SendWriter(BasicRemote remote) {
        this.remote = remote;
    }

    @Override
    public void write(char[] chars, int offset, int count) throws IOException {
        requireOpen();
        begun = true;
        part.append(chars, offset, count);
        if (part.length() > PART_CHARS) send(false);
    }

    @Override
    public void flush() throws IOException {
        requireOpen();
        if (!part.isEmpty()) send(false);
    }

    @Override
    public void close() throws IOException {
        if (closed) return;
        closed = true;
        if (begun) send(true);
    }

    /** A surrogate at the end waits for its other half: each on its own would not be UTF-8. */
    private void send(boolean last) throws IOException {
        int end = part.length();
        if (!last && Character.isHighSurrogate(part.charAt(end - 1))) end--;
        if (end == 0 && !last) return;
        String text = part.substring(0, end);
        part.delete(0, end);
        remote.sendText(text, last);
    }

    private void requireOpen() throws IOException {
        if (closed) throw new IOException("the writer is closed");
    }
}
