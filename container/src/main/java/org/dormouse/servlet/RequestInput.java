package org.dormouse.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Objects;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request. It blocks by parking until a {@link ReadListener} is set; from then on it never waits (Servlet 6.1 §3.7). One
 * thread at a time.
 */
final class RequestInput extends ServletInputStream {
    private final DormouseRequest request;
    private final Exchange exchange;
    private final ExchangeUse use;
    private boolean finished;
    private boolean closed;

    private @Nullable ReadListener listener;
    private final ReadAhead ahead;
    private @Nullable IOException failure;
    private boolean awaited;
    private boolean toldEnd;

    RequestInput(DormouseRequest request, Exchange exchange, ReadAhead ahead) {
        this.request = request;
        this.exchange = exchange;
        this.ahead = ahead;
        this.use = request.response();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        request.checkAlive();
        if (closed) throw new IOException("input stream is closed");
        if (length == 0) return 0;
        int taken = ahead.take(target, offset, length);
        if (taken > 0) return taken;
        IOException broken = failure;
        if (broken != null) throw broken;
        if (finished) return -1;
        use.enter(ExchangeUse.READING);
        try {
            int count = await(target, offset, length);
            if (count < 0) finished = true;
            return count;
        } finally {
            leave();
        }
    }

    private void leave() {
        if (use.leave(ExchangeUse.READING)) onReadable();
    }

    private int await(byte[] target, int offset, int length) throws IOException {
        int count = receive(target, offset, length);
        if (count == 0 && listener != null) {
            throw new IllegalStateException("read without isReady() having returned true (Servlet 6.1 §3.7)");
        }
        while (count == 0) {
            var pause = new Pause();
            exchange.whenReadable(pause);
            pause.await(exchange, "the request body");
            count = receive(target, offset, length);
        }
        if (listener == null) Turn.afterMoving(count, exchange);
        return count;
    }

    /** What goes wrong here is the client's doing or its network's, and the dispatcher must be able to tell. */
    private int receive(byte[] target, int offset, int length) throws IOException {
        try {
            return exchange.read(target, offset, length);
        } catch (BadRequest | ClientGone e) {
            throw e;
        } catch (IOException e) {
            throw PeerFailure.of(e);
        }
    }

    @Override
    public int available() {
        return ahead.size();
    }

    @Override
    public boolean isFinished() {
        request.checkAlive();
        return ahead.size() == 0 && (finished || exchange.isBodyRead());
    }

    /** In blocking use: true. With a listener: whether a read would return at once; after false the listener is called when it would. */
    @Override
    public boolean isReady() {
        request.checkAlive();
        if (listener == null) return true;
        use.enter(ExchangeUse.READING);
        return isReadyInside();
    }

    /** Leaves the exchange, which the caller has entered. */
    private boolean isReadyInside() {
        try {
            if (peek()) return true;
            if (!awaited) {
                awaited = true;
                exchange.whenReadable(this::onReadable);
            }
            return false;
        } finally {
            leave();
        }
    }

    /** For the container: false too if a thread of the application reads, or the request has ended. */
    private boolean isReadyForListener() {
        return use.enterOrMiss(ExchangeUse.READING) && isReadyInside();
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
        request.checkAlive();
        if (listener != null) throw new IllegalStateException("there is a ReadListener already");
        AsyncRequest async = request.async();
        if (async == null || !async.isStarted()) {
            throw new IllegalStateException("a ReadListener needs startAsync() first (Servlet 6.1 §3.7)");
        }
        listener = readListener;
        async.later(this::tellReadable);
    }

    /** Any thread. */
    private void onReadable() {
        AsyncRequest async = request.async();
        if (async != null) async.later(this::tellReadable);
    }

    /** One callback at a time, by the async request. */
    private void tellReadable() {
        ReadListener told = listener;
        AsyncRequest async = request.async();
        if (told == null || async == null || async.isOver() || toldEnd) return;
        awaited = false;
        if (!isReadyForListener()) return;
        try {
            IOException broken = failure;
            if (broken != null) throw broken;
            if (!isFinished()) told.onDataAvailable();
            // peek() may have found the end without anybody asking; asking once more finds an end that arrived
            // meanwhile.
            if (!async.isOver() && !awaited && isReadyForListener() && ahead.size() == 0 && finished && !toldEnd) {
                toldEnd = true;
                told.onAllDataRead();
            }
        } catch (Throwable e) {
            toldEnd = true;
            async.failed(e, told::onError);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
