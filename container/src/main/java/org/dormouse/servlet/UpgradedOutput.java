package org.dormouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.dormouse.http.ByteStream;
import org.jspecify.annotations.Nullable;

/**
 * What goes out over an upgraded connection; it leaves with {@link #flush}, and when a callback returns. It blocks by parking until a {@link
 * WriteListener} is set; from then on it never waits, and keeps what the connection does not take. One thread at a time.
 */
final class UpgradedOutput extends ServletOutputStream {
    private final UpgradedConnection connection;
    private final ByteStream stream;
    private volatile @Nullable Pause pause;

    private @Nullable WriteListener listener;
    /** What was not taken, in non-blocking use. */
    private byte[] kept = {};

    private int keptEnd;
    private boolean awaited;
    private boolean closesWhenSent;

    UpgradedOutput(UpgradedConnection connection, ByteStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (closesWhenSent) throw new IOException("the upgraded connection is closed");
        int at = offset;
        int end = offset + length;
        if (listener != null) {
            if (keptEnd == 0) at += send(source, at, end - at);
            keep(source, at, end - at);
            return;
        }
        while (at < end) {
            int taken = send(source, at, end - at);
            at += taken;
            if (taken == 0) awaitRoom();
        }
    }

    private int send(byte[] source, int offset, int length) throws IOException {
        if (length == 0) return 0;
        connection.enter();
        try {
            return stream.write(source, offset, length);
        } finally {
            connection.leave();
        }
    }

    private void awaitRoom() throws IOException {
        var waiting = new Pause();
        pause = waiting;
        awaitWritable(waiting);
        waiting.await(stream, "the peer of an upgraded connection to take bytes");
    }

    private void awaitWritable(Runnable wake) throws IOException {
        connection.enter();
        try {
            stream.flush();
            stream.whenWritable(wake);
        } finally {
            connection.leave();
        }
    }

    private void keep(byte[] source, int offset, int length) {
        if (keptEnd + length > kept.length) kept = Arrays.copyOf(kept, Math.max(keptEnd + length, 2 * kept.length));
        System.arraycopy(source, offset, kept, keptEnd, length);
        keptEnd += length;
    }

    private boolean pushKept() throws IOException {
        int sent = send(kept, 0, keptEnd);
        System.arraycopy(kept, sent, kept, 0, keptEnd - sent);
        keptEnd -= sent;
        return keptEnd == 0;
    }

    @Override
    public void flush() throws IOException {
        pushKept();
        connection.enter();
        try {
            stream.flush();
        } finally {
            connection.leave();
        }
    }

    void flushIfOpen() throws IOException {
        if (!connection.isClosed()) flush();
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public boolean isReady() {
        if (listener == null) return true;
        try {
            if (pushKept()) return true;
            if (!awaited) {
                awaited = true;
                awaitWritable(this::onWritable);
            }
            return false;
        } catch (IOException e) {
            return true; // the write that follows reports it
        }
    }

    @Override
    public void setWriteListener(WriteListener writeListener) {
        Objects.requireNonNull(writeListener, "listener");
        if (listener != null) throw new IllegalStateException("there is a WriteListener already");
        listener = writeListener;
        onWritable();
    }

    /** Any thread. */
    private void onWritable() {
        connection.later(this::tellWritable);
    }

    /** Ends a wait, since the connection is closed. Any thread. */
    void interrupt() {
        Pause waiting = pause;
        if (waiting != null) waiting.run();
    }

    /** Whether the connection may be closed at once; if not, what was kept is sent first. */
    boolean isSentBeforeClosing() {
        if (keptEnd == 0 || connection.isClosed()) return true;
        closesWhenSent = true;
        onWritable();
        return false;
    }

    /** One callback at a time, by the connection. */
    void tellWritable() {
        WriteListener told = listener;
        if (told == null || connection.isClosed()) return;
        awaited = false;
        try {
            if (!isReady()) return;
            if (keptEnd > 0) flush(); // throws what isReady kept to itself
            if (closesWhenSent) connection.closeNow();
            else told.onWritePossible();
            flushIfOpen();
        } catch (Throwable e) {
            told.onError(e);
            connection.failed(e);
        }
    }
}
