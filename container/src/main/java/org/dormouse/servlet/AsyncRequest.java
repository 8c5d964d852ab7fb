package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dormouse.http.ClientGone;
import org.dormouse.http.ClientWatch;
import org.dormouse.http.Exchange;
import org.dormouse.push.EventStream;
import org.dormouse.servlet.mapping.ServletMatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The asynchronous life of one request (Servlet 6.1 §2.3.3.3). Everything that happens to it, dispatches, callbacks, timeout, the client's
 * leaving and completion, is a task of one queue, and one thread at a time works on the queue: the container's thread as long as it is
 * inside a dispatch, then one of the executor. So what was asked for first, happens, and the rest finds it happened.
 *
 * <pre>
 *   IDLE -> STARTED -> DISPATCH_ASKED -> IDLE (in the dispatch) -> STARTED again or OVER
 *                   -> COMPLETE_ASKED -> OVER
 * </pre>
 */
final class AsyncRequest implements ClientWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncRequest.class);

    private enum Phase {
        IDLE,
        STARTED,
        DISPATCH_ASKED,
        COMPLETE_ASKED,
        OVER
    }

    private final DormouseRequest request;
    private final DormouseResponse response;
    private final Exchange exchange;
    private final Executor executor;

    // under this object's monitor; nothing of the application is called with it held
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean working = true;
    private Phase phase = Phase.IDLE;
    private @Nullable AsyncCycle cycle;
    private @Nullable Runnable timer;
    private boolean clientGone;
    private boolean clientFinished;
    private EventStream.@Nullable Watch watch;

    AsyncRequest(DormouseRequest request, DormouseResponse response, Exchange exchange, Executor executor) {
        this.request = request;
        this.response = response;
        this.exchange = exchange;
        this.executor = executor;
    }

    // --- asked by the application, any thread

    AsyncCycle begin(ServletRequest passed, ServletResponse answer, Target from, boolean original) {
        AsyncCycle before;
        AsyncCycle begun;
        boolean first;
        synchronized (this) {
            if (phase != Phase.IDLE) throw new IllegalStateException("startAsync: async is " + phase + " already");
            if (response.isCommitted() && response.output().closed) {
                throw new IllegalStateException("startAsync: response is closed");
            }
            phase = Phase.STARTED;
            before = cycle;
            first = before == null;
            begun = new AsyncCycle(this, request, passed, answer, original, from);
            cycle = begun;
        }
        if (first) exchange.whenGone(this);
        if (before != null) before.tellRestart(begun);
        return begun;
    }

    synchronized boolean isStarted() {
        return phase != Phase.IDLE && phase != Phase.OVER;
    }

    /** Whether neither a dispatch nor the end of {@code asking} has been asked for. */
    synchronized boolean isOpen(AsyncCycle asking) {
        return asking == cycle && phase == Phase.STARTED;
    }

    synchronized boolean isOver() {
        return phase == Phase.OVER || phase == Phase.COMPLETE_ASKED;
    }

    synchronized AsyncCycle current() {
        AsyncCycle known = cycle;
        if (known == null) throw new IllegalStateException("startAsync() was not called");
        return known;
    }

    /**
     * Asks for a dispatch.
     *
     * @param context of the application that it leads to
     * @param target null for where the cycle began
     */
    void dispatch(AsyncCycle asking, DormouseContext context, @Nullable Target target) {
        ask(asking, Phase.DISPATCH_ASKED);
        later(() -> dispatchNow(asking, context, target));
    }

    void complete(AsyncCycle asking) {
        ask(asking, Phase.COMPLETE_ASKED);
        later(this::completeNow);
    }

    private synchronized void ask(AsyncCycle asking, Phase asked) {
        String what = asked == Phase.DISPATCH_ASKED ? "dispatch" : "complete";
        if (asking != cycle || phase != Phase.STARTED) {
            throw new IllegalStateException(
                    what + "() of an AsyncContext that is " + (asking == cycle ? phase : Phase.OVER) + ", not STARTED");
        }
        phase = asked;
        cancelTimer();
    }

    void start(Runnable task) {
        Executor threads = executor instanceof TaskThreads own ? own.forBlocking() : executor;
        threads.execute(() ->
                inApplication(task, e -> LOG.error("{}: what was given to AsyncContext.start failed", request, e)));
    }

    // --- the queue

    /** Queues {@code task}; if nobody works on the queue, the executor does. Any thread. */
    void later(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (working) return;
            working = true;
        }
        execute(this::work);
    }

    /** Where the application runs its tasks; if there is no room, what has to happen happens where the exchange is at home. */
    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.warn("{}: its executor is full, asynchronous work goes to the carrier: {}", request, e.toString());
            exchange.carrier().execute(task);
        }
    }

    /** Works on the queue until it is empty. Called when the container's thread has left a dispatch, and by the executor. */
    void work() {
        returned();
        while (true) {
            Runnable task;
            synchronized (this) {
                task = tasks.poll();
                if (task == null) {
                    working = false;
                    break;
                }
            }
            inApplication(task, this::giveUp);
        }
        waitForEvents();
    }

    /** A dispatch is over: what it began goes on without it. */
    private void returned() {
        AsyncCycle begun;
        synchronized (this) {
            begun = cycle;
        }
        if (begun != null) begun.returned();
    }

    /** A step of this queue broke, which what the application throws does not do: nobody shall wait for the rest. */
    private void giveUp(Throwable bug) {
        LOG.error("{}: it is given up", request, bug);
        synchronized (this) {
            phase = Phase.OVER;
            cancelTimer();
        }
        request.response().abort();
        request.servletContext().dispatcher().end(request);
    }

    private void inApplication(Runnable task, Consumer<Throwable> failed) {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(request.servletContext().deployment().classLoader());
        try {
            task.run();
        } catch (Throwable e) {
            failed.accept(e);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    /** The container has let go: the timeout begins to run (§9.6). */
    private void waitForEvents() {
        synchronized (this) {
            AsyncCycle waiting = cycle;
            if (phase != Phase.STARTED || waiting == null || working) return;
            if (!clientGone) {
                // Under the monitor: whoever ends the request needs it, so the exchange is not finished meanwhile.
                if (timer == null && waiting.getTimeout() > 0) {
                    long nanos = TimeUnit.MILLISECONDS.toNanos(waiting.getTimeout());
                    timer = exchange.schedule(nanos, () -> later(() -> timeoutNow(waiting)));
                }
                return;
            }
        }
        later(this::clientGoneNow);
    }

    /** The client left. Any thread; may come at any time until the exchange is finished. */
    @Override
    public void run() {
        synchronized (this) {
            clientGone = true;
        }
        later(this::clientGoneNow);
    }

    @Override
    public void finishedSending() {
        EventStream.Watch told;
        synchronized (this) {
            clientFinished = true;
            told = watch;
        }
        if (told != null) later(() -> tell(told::clientFinished));
    }

    @Override
    public void draining() {
        EventStream.Watch told;
        synchronized (this) {
            told = watch;
        }
        if (told != null) later(() -> tell(told::serverStops));
    }

    /** See {@link EventStream.Watched}. Whoever asks last is told. */
    void watch(EventStream.Watch told) {
        synchronized (this) {
            watch = told;
            if (!clientFinished) return;
        }
        later(() -> tell(told::clientFinished));
    }

    private void tell(Runnable told) {
        if (isOver()) return;
        try {
            told.run();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void cancelTimer() {
        Runnable running = timer;
        timer = null;
        if (running != null) running.run();
    }

    // --- what happens, one at a time

    private synchronized boolean become(Phase from, Phase to) {
        if (phase != from) return false;
        phase = to;
        return true;
    }

    private void dispatchNow(AsyncCycle asked, DormouseContext context, @Nullable Target target) {
        if (!become(Phase.DISPATCH_ASKED, Phase.IDLE)) return;
        request.enter(context);
        Thread.currentThread().setContextClassLoader(context.getClassLoader());
        Target begun = asked.begun();
        Target next = target != null ? target : again(begun);
        Dispatches.setAsync(request, begun);
        request.dispatchedTo(next);
        request.servletContext()
                .dispatcher()
                .run(request, asked.request(), asked.response(), next.chain().first());
        returned();
        endIfIdle();
    }

    synchronized boolean isIdle() {
        return phase == Phase.IDLE;
    }

    private static Target again(Target begun) {
        ServletMatch<ServletPlan> match = begun.match();
        return new Target(
                DispatcherType.ASYNC,
                begun.requestUri(),
                begun.contextPath(),
                begun.path(),
                begun.query(),
                begun.addedQuery(),
                match,
                match.target().chain(DispatcherType.ASYNC, begun.path()));
    }

    private void completeNow() {
        if (isAsked()) over();
    }

    private synchronized boolean isAsked() {
        return phase == Phase.COMPLETE_ASKED;
    }

    private void timeoutNow(AsyncCycle waiting) {
        synchronized (this) {
            if (phase != Phase.STARTED || cycle != waiting) return;
            timer = null;
        }
        waiting.tellTimeout();
        if (!become(Phase.STARTED, Phase.IDLE)) return;
        request.servletContext()
                .dispatcher()
                .answerError(request, 500, "no answer within " + waiting.getTimeout() + " ms", null);
        if (isIdle()) over();
    }

    private void clientGoneNow() {
        failed(new ClientGone("the client left while the request was asynchronous"));
    }

    /** Something of the cycle failed: its listeners are told, then an error is answered and it is over. Only from the queue. */
    void failed(Throwable failure) {
        // Whatever the listeners make of it: what the application threw is in the log once, and here.
        request.servletContext().dispatcher().report(request, failure);
        AsyncCycle broken;
        synchronized (this) {
            broken = cycle;
            if (phase != Phase.STARTED || broken == null) return;
            cancelTimer();
        }
        broken.tellError(failure);
        if (!become(Phase.STARTED, Phase.IDLE)) return;
        request.servletContext().dispatcher().answerFailure(request, failure);
        if (isIdle()) over();
    }

    /** As {@link #failed(Throwable)}, behind a non-blocking listener that is told first and may fail too. Only from the queue. */
    void failed(Throwable failure, Consumer<Throwable> onError) {
        try {
            onError.accept(failure);
        } catch (Throwable again) {
            if (!Causes.includes(again, failure)) failure.addSuppressed(again);
        }
        failed(failure);
    }

    /** A dispatch let {@code failure} escape after it had asked for a dispatch or for completion: the error is the answer. */
    boolean failsAfterAsking() {
        return become(Phase.DISPATCH_ASKED, Phase.IDLE) || become(Phase.COMPLETE_ASKED, Phase.IDLE);
    }

    /** Listeners are told while request and response can still be used; then both end. */
    private void over() {
        ServletDispatcher dispatcher = request.servletContext().dispatcher();
        try {
            dispatcher.answerPendingError(request);
            AsyncCycle last;
            synchronized (this) {
                if (phase == Phase.STARTED) return; // by the servlet of the error page
                phase = Phase.OVER;
                cancelTimer();
                last = cycle;
            }
            if (last != null) last.tellComplete();
        } finally {
            if (isOver()) dispatcher.end(request);
        }
    }

    /** After a dispatch that is over and has not started anything new. */
    void endIfIdle() {
        if (isIdle()) over();
    }
}
