package org.dormouse.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Objects;
import org.dormouse.http.ByteStream;
import org.jspecify.annotations.Nullable;

/**
 * What comes over an upgraded connection. It blocks by parking until a {@link ReadListener} is set; from then on it never waits. One thread
 * at a time.
 */
final class UpgradedInput extends ServletInputStream {
    private final UpgradedConnection connection;
    private final ByteStream stream;
    private boolean finished;
    private volatile @Nullable Pause pause;

    private @Nullable ReadListener listener;
    private final ReadAhead ahead = new ReadAhead(null);
    private @Nullable IOException failure;
    private boolean awaited;
    private boolean toldEnd;

    UpgradedInput(UpgradedConnection connection, ByteStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) return 0;
        int taken = ahead.take(target, offset, length);
        if (taken > 0) return taken;
        IOException broken = failure;
        if (broken != null) throw broken;
        if (finished) return -1;
        int count = receive(target, offset, length);
        if (count == 0 && listener != null) {
            throw new IllegalStateException("read without isReady() having returned true (Servlet 6.1 §3.7)");
        }
        while (count == 0) {
            var waiting = new Pause();
            pause = waiting;
            awaitReadable(waiting);
            waiting.await(stream, "the peer of an upgraded connection");
            count = receive(target, offset, length);
        }
        if (count < 0) finished = true;
        return count;
    }

    private int receive(byte[] target, int offset, int length) throws IOException {
        connection.enter();
        try {
            return stream.read(target, offset, length);
        } finally {
            connection.leave();
        }
    }

    private void awaitReadable(Runnable wake) throws IOException {
        connection.enter();
        try {
            stream.whenReadable(wake);
        } finally {
            connection.leave();
        }
    }

    @Override
    public int available() {
        return ahead.size();
    }

    @Override
    public boolean isFinished() {
        return finished && ahead.size() == 0;
    }

    /** In blocking use: true. With a listener: whether a read would return at once; after false the listener is called when it would. */
    @Override
    public boolean isReady() {
        if (listener == null || peek()) return true;
        if (awaited) return false;
        awaited = true;
        try {
            awaitReadable(this::onReadable);
        } catch (IOException e) {
            failure = e;
            return true;
        }
        return false;
    }

    /** Whether there are bytes, an end or a failure to be read. */
    private boolean peek() {
        if (ahead.size() > 0 || finished || failure != null) return true;
        try {
            int count = ahead.fill(this::receive);
            if (count < 0) finished = true;
            return count != 0;
        } catch (IOException e) {
            failure = e;
            return true;
        }
    }

    @Override
    public void setReadListener(ReadListener readListener) {
        Objects.requireNonNull(readListener, "listener");
        if (listener != null) throw new IllegalStateException("there is a ReadListener already");
        listener = readListener;
        onReadable();
    }

    /** Any thread. */
    private void onReadable() {
        connection.later(this::tellReadable);
    }

    /** Ends a wait, since the connection is closed. Any thread. */
    void interrupt() {
        Pause waiting = pause;
        if (waiting != null) waiting.run();
    }

    /** One callback at a time, by the connection. */
    void tellReadable() {
        ReadListener told = listener;
        if (told == null || toldEnd || connection.isClosed()) return;
        awaited = false;
        if (!isReady()) return;
        try {
            IOException broken = failure;
            if (broken != null) throw broken;
            if (!isFinished()) told.onDataAvailable();
            if (!connection.isClosed() && !awaited && isReady() && isFinished()) {
                toldEnd = true;
                told.onAllDataRead();
            }
            connection.getOutputStream().flushIfOpen();
        } catch (Throwable e) {
            toldEnd = true;
            told.onError(e);
            connection.failed(e);
        }
    }
}
