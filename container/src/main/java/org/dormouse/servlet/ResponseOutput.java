package org.dormouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response: a buffer that grows up to its size as it is filled, then the exchange. It blocks by parking until a {@link
 * WriteListener} is set; from then on it never waits, and keeps what the exchange does not take (Servlet 6.1 §5.7). One thread at a time.
 */
final class ResponseOutput extends ServletOutputStream {
    private static final int FIRST_BYTES = 128;
    private static final byte[] EMPTY = {};

    private final DormouseResponse response;
    private final Exchange exchange;

    /** Read and filled by {@link ResponseWriter} too, between 0 and {@link #count}. */
    byte[] buffer = EMPTY;

    int count;
    /** How far the buffer may grow before it is handed on. */
    int limit = DormouseResponse.DEFAULT_BUFFER_BYTES;
    /** What is written now is dropped: after close, sendError and sendRedirect. */
    boolean closed;

    /** Bytes that went through, those in the buffer not counted. */
    private long passedOn;

    private @Nullable WriteListener listener;
    private boolean awaited;
    private boolean flushAsked;

    ResponseOutput(DormouseResponse response, Exchange exchange) {
        this.response = response;
        this.exchange = exchange;
    }

    @Override
    public void write(int b) throws IOException {
        response.checkAlive();
        if (closed) return;
        if (count == limit) spill();
        reserve(1);
        buffer[count++] = (byte) b;
        endAtContentLength();
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        response.checkAlive();
        if (closed) return;
        if (length <= limit - count && !isWhole(length)) {
            reserve(length);
            System.arraycopy(source, offset, buffer, count, length);
            count += length;
        } else {
            enter();
            try {
                writeThrough(source, offset, length);
            } finally {
                leave();
            }
        }
        endAtContentLength();
    }

    /** Whether {@code length} bytes are all that is announced: then they need not wait in a buffer. */
    private boolean isWhole(int length) {
        return count == 0 && passedOn + length == response.announcedLength() && listener == null;
    }

    void enter() {
        response.enter(ExchangeUse.WRITING);
    }

    void leave() {
        if (response.leave(ExchangeUse.WRITING)) onWritable();
    }

    /** Makes room for {@code length} more bytes; they must be within the limit. */
    void reserve(int length) {
        int needed = count + length;
        if (needed <= buffer.length) return;
        int grown = Math.max(Math.max(FIRST_BYTES, needed), Math.min(4 * buffer.length, limit));
        buffer = buffer.length == 0 ? new byte[grown] : Arrays.copyOf(buffer, grown);
    }

    /** The buffer is full: hands it on and makes it empty; in non-blocking use, what is not taken stays and the limit gives way. */
    void spill() throws IOException {
        enter();
        try {
            response.commit();
            if (listener == null) {
                passOn(buffer, 0, count);
                count = 0;
            } else {
                pushWithoutWaiting();
                if (count == limit) limit = 2 * limit;
            }
        } finally {
            leave();
        }
    }

    private void writeThrough(byte[] source, int offset, int length) throws IOException {
        response.commit();
        if (listener == null) {
            passOn(buffer, 0, count);
            count = 0;
            if (length >= limit || isWhole(length)) {
                passOn(source, offset, length);
                return;
            }
        } else {
            pushWithoutWaiting();
            if (limit - count < length) limit = Math.addExact(count, length);
        }
        reserve(length);
        System.arraycopy(source, offset, buffer, count, length);
        count += length;
        if (listener != null) pushWithoutWaiting();
    }

    /** Once the announced length is there, nothing more can follow (Servlet 6.1 §5.6). */
    private void endAtContentLength() throws IOException {
        long announced = response.announcedLength();
        if (announced < 0 || passedOn + count < announced) return;
        enter();
        try {
            response.commit();
            if (listener == null) {
                passOn(buffer, 0, count);
                count = 0;
            }
        } finally {
            leave();
        }
    }

    /** What goes wrong here is the client's doing or its network's, and the dispatcher must be able to tell. */
    private int send(byte[] source, int offset, int length) throws IOException {
        try {
            return exchange.write(source, offset, length);
        } catch (IOException e) {
            throw PeerFailure.of(e);
        }
    }

    private void flushExchange() throws IOException {
        try {
            exchange.flush();
        } catch (IOException e) {
            throw PeerFailure.of(e);
        }
    }

    private void passOn(byte[] source, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int taken = send(source, at, end - at);
            at += taken;
            if (taken == 0) {
                flushExchange();
                var pause = new Pause();
                exchange.whenWritable(pause);
                pause.await(exchange, "the client to take the response");
            }
        }
        passedOn += length;
        Turn.afterMoving(length, exchange);
    }

    /** Hands on what is buffered, behind the head, so that something else may follow it. Inside the exchange, in blocking use. */
    void passOnBuffer() throws IOException {
        if (listener != null) throw new IllegalStateException("there is a WriteListener, so nothing may wait");
        response.commit();
        passOn(buffer, 0, count);
        count = 0;
    }

    /** So many bytes went past the buffer. */
    void passedOn(int bytes) {
        passedOn += bytes;
    }

    private void pushWithoutWaiting() throws IOException {
        int at = 0;
        while (at < count) {
            int taken = send(buffer, at, count - at);
            if (taken == 0) break;
            at += taken;
        }
        passedOn += at;
        if (at > 0 && at < count) System.arraycopy(buffer, at, buffer, 0, count - at);
        count -= at;
    }

    @Override
    public void flush() throws IOException {
        response.checkAlive();
        if (closed) return;
        enter();
        try {
            response.commit();
            if (listener == null) {
                passOn(buffer, 0, count);
                count = 0;
            } else {
                pushWithoutWaiting();
                flushAsked = count > 0;
            }
            flushExchange();
        } finally {
            leave();
        }
    }

    /** Commits with the length now known, hands everything on, and drops what comes later. */
    @Override
    public void close() throws IOException {
        if (closed || !response.isAlive()) return;
        enter();
        try {
            closed = true;
            if (listener != null) {
                response.commit();
                pushWithoutWaiting();
            } else {
                end();
            }
            if (!response.isUpgraded()) flushExchange();
        } finally {
            leave();
        }
    }

    /** The last bytes of the response, with its head if that has not been sent. Inside the exchange. */
    void end() throws IOException {
        closed = true;
        if (response.isUpgraded()) return;
        response.commitWhole(count);
        passOn(buffer, 0, count);
        count = 0;
        response.trail();
    }

    /** Nothing of the response itself: it only must not meet another thread's write. */
    void interim(int status, Fields fields) {
        enter();
        try {
            exchange.interim(status, fields);
        } finally {
            leave();
        }
    }

    /** Whether the application has closed it and all went out: what fails later takes nothing from the response. */
    boolean isWhole() {
        return closed && listener == null;
    }

    /** How many bytes are in the buffer. */
    int buffered() {
        return count;
    }

    boolean hasWritten() {
        return passedOn + count > 0;
    }

    void discard() {
        count = 0;
    }

    @Override
    public boolean isReady() {
        response.checkAlive();
        if (listener == null) return true;
        enter();
        try {
            if (count > 0 && response.isCommitted()) pushWithoutWaiting();
            if (count == 0 || !response.isCommitted()) return true;
            await();
            return false;
        } catch (IOException e) {
            return true; // the write that follows reports it
        } finally {
            leave();
        }
    }

    private void await() {
        if (awaited) return;
        awaited = true;
        exchange.whenWritable(this::onWritable);
    }

    @Override
    public void setWriteListener(WriteListener writeListener) {
        Objects.requireNonNull(writeListener, "listener");
        response.checkAlive();
        if (listener != null) throw new IllegalStateException("there is a WriteListener already");
        AsyncRequest async = response.request().async();
        if (async == null || !async.isStarted()) {
            throw new IllegalStateException("a WriteListener needs startAsync() first (Servlet 6.1 §5.7)");
        }
        listener = writeListener;
        awaited = true;
        async.later(this::tellWritable);
    }

    /** Sends what was kept; false if the exchange does not take all of it yet: then there will be another call. */
    private boolean isSentAsAsked() throws IOException {
        if (!response.enterOrMiss(ExchangeUse.WRITING)) return false;
        try {
            if (count > 0 && response.isCommitted()) {
                pushWithoutWaiting();
                if (count > 0) {
                    await();
                    return false;
                }
            }
            if (flushAsked) {
                flushAsked = false;
                flushExchange();
            }
            return true;
        } finally {
            leave();
        }
    }

    /** Any thread. */
    private void onWritable() {
        AsyncRequest async = response.request().async();
        if (async != null) async.later(this::tellWritable);
    }

    /** One callback at a time, by the async request. */
    private void tellWritable() {
        WriteListener told = listener;
        AsyncRequest async = response.request().async();
        if (told == null || async == null || async.isOver()) return;
        awaited = false;
        try {
            if (isSentAsAsked() && !closed) told.onWritePossible();
        } catch (Throwable e) {
            async.failed(e, told::onError);
        }
    }
}
