package org.dormouse.quarkus;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.FedExchange;
import org.dormouse.http.Fields;
import org.dormouse.http.ForeignConnection;
import org.dormouse.http.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * One request and response of Vert.x as an exchange uses them.
 *
 * <pre>
 *   body      handler -> offer; false -> pause; resume -> resume, as a task of the event loop
 *   response  gathered up to {@link #GATHERED_BYTES}, then handed to Vert.x; what it has not sent yet is counted
 * </pre>
 *
 * Not {@code writeQueueFull} but the futures of the writes tell what is unsent: called from another thread than the event loop's, a write
 * is only a task, and its bytes do not count for Vert.x until that has run.
 */
final class VertxConnection implements ForeignConnection {
    /** Small writes leave together; larger ones are not kept back. */
    private static final int GATHERED_BYTES = 8 * 1024;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final Executor carrier;
    private final long maxUnsentBytes;
    private final long maxBodyBytes;

    // set once, before the exchange is handed to anybody
    private @Nullable FedExchange exchange;

    // event loop only
    private long bodyBytes;

    // any thread
    private final AtomicLong unsentBytes = new AtomicLong();
    private volatile boolean isContinueAwaited;
    private volatile boolean isBodyRefused;
    private volatile boolean hasEnded;

    // writer only
    private Buffer gathered = Buffer.buffer();
    private boolean isOpenEnded;
    private boolean closesAtEnd;

    /** @param maxBodyBytes more of a request body is an error; {@link Long#MAX_VALUE} for no limit */
    VertxConnection(
            HttpServerRequest request, Context context, Executor carrier, long maxUnsentBytes, long maxBodyBytes) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.carrier = carrier;
        this.maxUnsentBytes = maxUnsentBytes;
        this.maxBodyBytes = maxBodyBytes;
        this.isContinueAwaited = "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    }

    /** Connects both directions to {@code exchange}. In the event loop, while the request is paused. */
    void feed(FedExchange exchange) {
        this.exchange = exchange;
        if (request.isEnded()) {
            exchange.end();
            return;
        }
        request.exceptionHandler(error -> exchange.gone(new ClientGone("request failed: " + error)));
        request.endHandler(nothing -> exchange.end());
        request.handler(buffer -> offer(exchange, buffer));
        request.resume();
    }

    private void offer(FedExchange exchange, Buffer buffer) {
        isContinueAwaited = false;
        bodyBytes += buffer.length();
        if (bodyBytes > maxBodyBytes) {
            refuse(exchange);
            return;
        }
        if (!exchange.offer(buffer.getBytes())) request.pause();
    }

    /** The body passed its limit: no more of it is read, and the connection closes when the answer has gone. */
    private void refuse(FedExchange exchange) {
        request.handler(null);
        request.pause();
        isBodyRefused = true;
        if (hasEnded) {
            request.connection().close();
            return;
        }
        exchange.fail(new BadRequest(
                413,
                "body of at least " + bodyBytes + " bytes, limit quarkus.http.limits.max-body-size " + maxBodyBytes));
    }

    @Override
    public void resume() {
        context.runOnContext(nothing -> request.resume());
    }

    @Override
    public void sendContinue() {
        isContinueAwaited = false;
        context.runOnContext(nothing -> {
            if (!response.headWritten()) response.writeContinue();
        });
    }

    @Override
    public void head(int status, @Nullable String reason, Fields fields, ResponseBody body) {
        if (response.headWritten()) return;
        response.setStatusCode(status);
        if (reason != null) response.setStatusMessage(reason);
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        for (int i = 0; i < fields.size(); i++) {
            if (isHttp2 && fields.name(i).equalsIgnoreCase("Upgrade")) continue; // RFC 9113 §8.2.2
            response.headers().add(fields.name(i), fields.value(i));
        }
        if (body.contentLength() >= 0) response.putHeader("Content-Length", Long.toString(body.contentLength()));
        isOpenEnded = body.isOpenEnded();
        // Whether the rest of the request still comes is not known, so nothing may follow on this connection.
        closesAtEnd = isContinueAwaited || (isOpenEnded && request.version() == HttpVersion.HTTP_1_0);
        if (closesAtEnd && !isHttp2) response.putHeader("Connection", "close");
    }

    @Override
    public int write(byte[] source, int offset, int length) throws ClientGone {
        if (response.closed()) throw new ClientGone("connection closed");
        int taken = (int) Math.min(length, Math.max(0, maxUnsentBytes - unsentBytes.get()));
        gathered.appendBytes(source, offset, taken);
        unsentBytes.addAndGet(taken);
        if (gathered.length() >= GATHERED_BYTES || taken < length) send();
        return taken;
    }

    @Override
    public boolean isFull() {
        return unsentBytes.get() >= maxUnsentBytes;
    }

    @Override
    public boolean flush() {
        if (!response.headWritten() && gathered.length() == 0) {
            if (isOpenEnded) response.setChunked(true);
            response.writeHead();
        } else {
            send();
        }
        return unsentBytes.get() == 0;
    }

    private void send() {
        int length = gathered.length();
        if (length == 0) return;
        Buffer sent = gathered;
        gathered = Buffer.buffer();
        try {
            if (isOpenEnded && !response.headWritten()) response.setChunked(true);
            response.write(sent).onComplete(result -> sent(length));
        } catch (IllegalStateException aborted) {
            sent(length); // by another thread, meanwhile; whoever waits is told by the exchange
        }
    }

    private void sent(int length) {
        long before = unsentBytes.getAndAdd(-length);
        boolean drained = before > maxUnsentBytes / 2 && before - length <= maxUnsentBytes / 2;
        if (drained && exchange != null) exchange.drained();
    }

    @Override
    public void end(boolean whole) {
        hasEnded = true;
        if (response.ended() || response.closed()) return;
        if (!whole) {
            send();
            if (request.version() == HttpVersion.HTTP_2) response.reset();
            else request.connection().close();
            return;
        }
        var done = gathered.length() > 0 ? response.end(gathered) : response.end();
        if ((closesAtEnd || isBodyRefused) && request.version() != HttpVersion.HTTP_2) {
            done.onComplete(nothing -> request.connection().close());
        }
    }

    @Override
    public void abort() {
        if (!response.reset()) request.connection().close();
    }

    @Override
    public Executor carrier() {
        return carrier;
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        // Long.MAX_VALUE is a usual way to say: never.
        long roundedUp = Math.min(delayNanos, Long.MAX_VALUE - 999_999) + 999_999;
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(roundedUp));
        var vertx = context.owner();
        long timer = vertx.setTimer(millis, fired -> task.run());
        return () -> vertx.cancelTimer(timer);
    }
}
