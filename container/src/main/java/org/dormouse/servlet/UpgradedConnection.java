package org.dormouse.servlet;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.http.ByteStream;
import org.dormouse.http.StreamUpgrade;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request becomes with {@code HttpServletRequest.upgrade} (Servlet 6.1 §2.3.3.5): two streams for the handler of the application. Its
 * {@code init}, the callbacks of its listeners and its {@code destroy} are tasks of one queue, one at a time, in threads of the application
 * that may block. The streams may be used from any thread, each from one at a time.
 *
 * <pre>
 *   begun -> init -> reading, writing, callbacks -> close, or the peer leaves -> destroy
 * </pre>
 */
final class UpgradedConnection implements WebConnection, StreamUpgrade {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradedConnection.class);
    private static final int CLOSED = Integer.MIN_VALUE;

    private final DormouseContext context;
    private final HttpUpgradeHandler handler;
    private final String protocol;
    private final Executor executor;

    /** How many are inside a call of the stream; negative once it is closed: the last to leave finishes it. */
    private final AtomicInteger use = new AtomicInteger();

    // written before the first task
    private @Nullable ByteStream stream;
    private @Nullable UpgradedInput input;
    private @Nullable UpgradedOutput output;

    // under this object's monitor; nothing of the application is called with it held
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean working;

    UpgradedConnection(DormouseContext context, HttpUpgradeHandler handler, String protocol, Executor executor) {
        this.context = context;
        this.handler = handler;
        this.protocol = protocol;
        this.executor = executor;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void begun(ByteStream taken) {
        stream = taken;
        input = new UpgradedInput(this, taken);
        output = new UpgradedOutput(this, taken);
        later(this::init);
        taken.whenGone(() -> later(this::lost));
    }

    // --- the application, any thread

    @Override
    public UpgradedInput getInputStream() {
        return there(input);
    }

    @Override
    public UpgradedOutput getOutputStream() {
        return there(output);
    }

    private static <T> T there(@Nullable T part) {
        if (part == null) throw new IllegalStateException("the connection is not upgraded yet");
        return part;
    }

    /** Sends what was written, closes, and has the handler destroyed. */
    @Override
    public void close() {
        if (getOutputStream().isSentBeforeClosing()) closeNow();
    }

    void closeNow() {
        while (true) {
            int now = use.get();
            if (now < 0) return;
            if (!use.compareAndSet(now, now | CLOSED)) continue;
            if (now == 0) there(stream).finish();
            break;
        }
        getInputStream().interrupt();
        getOutputStream().interrupt();
        later(this::destroy);
    }

    boolean isClosed() {
        return use.get() < 0;
    }

    /** @throws IOException if it is closed */
    void enter() throws IOException {
        while (true) {
            int now = use.get();
            if (now < 0) throw new IOException("the upgraded connection is closed");
            if (use.compareAndSet(now, now + 1)) return;
        }
    }

    void leave() {
        if (use.decrementAndGet() == CLOSED) there(stream).finish();
    }

    // --- the queue

    /** Queues {@code task}; if nobody works on the queue, the executor does. Any thread. */
    void later(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (working) return;
            working = true;
        }
        boolean isBegun = false;
        try {
            begin();
            isBegun = true;
        } finally {
            if (!isBegun) nobodyWorks();
        }
    }

    private void begin() {
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) { // a full pool; this may be the loop, which neither waits nor logs
            Thread.startVirtualThread(this::work);
        }
    }

    /** Memory lacked for a thread: who queues something next tries again, and finds what waits. */
    private synchronized void nobodyWorks() {
        working = false;
    }

    private void work() {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(context.deployment().classLoader());
        try {
            for (Runnable task = next(); task != null; task = next()) task.run();
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = tasks.poll();
        if (task == null) working = false;
        return task;
    }

    private void init() {
        try {
            handler.init(this);
            getOutputStream().flushIfOpen();
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** What the application let escape ends the connection; what the client did is no news. */
    void failed(Throwable failure) {
        if (failure instanceof IOException) LOG.debug("upgrade to {}: {}", protocol, failure.toString());
        else LOG.error("upgrade to {}: {} failed", protocol, handler.getClass().getName(), failure);
        closeNow();
    }

    /** The peer has left: who waits for it learns of that by its listener, and for who does not the connection is closed. */
    private void lost() {
        getInputStream().tellReadable();
        getOutputStream().tellWritable();
        closeNow();
    }

    private void destroy() {
        try {
            handler.destroy();
        } catch (Throwable e) {
            LOG.error(
                    "upgrade to {}: destroy of {} failed",
                    protocol,
                    handler.getClass().getName(),
                    e);
        }
        context.release(handler);
    }
}
