package org.dormouse.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dormouse.push.EventStream;
import org.jspecify.annotations.Nullable;

/** What one {@code startAsync} returned: its listeners, its timeout, its request and response. Any thread. */
final class AsyncCycle implements AsyncContext, EventStream.Watched {
    private static final long DEFAULT_TIMEOUT_MILLIS = 30_000;

    private final AsyncRequest async;
    private final DormouseRequest own;
    /** Of the application that began this cycle. */
    private final DormouseContext context;

    private final ServletRequest request;
    private final ServletResponse response;
    private final boolean original;
    private final Target begun;
    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private volatile long timeoutMillis = DEFAULT_TIMEOUT_MILLIS;
    /** The dispatch in which it began is over. */
    private volatile boolean returned;

    private record Listening(AsyncListener listener, ServletRequest request, ServletResponse response) {}

    /** One method of {@link AsyncListener}. */
    private interface Event {
        void tell(AsyncListener listener, AsyncEvent event) throws IOException;
    }

    AsyncCycle(
            AsyncRequest async,
            DormouseRequest own,
            ServletRequest request,
            ServletResponse response,
            boolean original,
            Target begun) {
        this.async = async;
        this.own = own;
        this.context = own.servletContext();
        this.request = request;
        this.response = response;
        this.original = original;
        this.begun = begun;
    }

    /** Where {@link #dispatch()} leads. */
    Target begun() {
        return begun;
    }

    ServletRequest request() {
        return request;
    }

    ServletResponse response() {
        return response;
    }

    /** The container's thread has left the dispatch that began this. */
    void returned() {
        returned = true;
    }

    @Override
    public ServletRequest getRequest() {
        checkOpen("getRequest");
        return request;
    }

    @Override
    public ServletResponse getResponse() {
        checkOpen("getResponse");
        return response;
    }

    /** Somebody else may be at work on request and response already. */
    private void checkOpen(String what) {
        if (!async.isOpen(this)) {
            throw new IllegalStateException(what + ": dispatch() or complete() of this AsyncContext was called before");
        }
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return original;
    }

    @Override
    public void dispatch() {
        async.dispatch(this, context, null);
    }

    @Override
    public void dispatch(String path) {
        dispatch(context, path);
    }

    @Override
    public void dispatch(@Nullable ServletContext to, String path) {
        if (!(to instanceof DormouseContext next)) {
            throw new IllegalArgumentException("dispatch to " + path + ": "
                    + (to == null ? "there is no context" : to.getClass().getName() + " is no context of this server"));
        }
        PathDispatcher dispatcher = path.startsWith("/") ? PathDispatcher.to(next, path) : null;
        if (dispatcher == null) throw new IllegalArgumentException("no path below the context: \"" + path + "\"");
        async.dispatch(this, next, dispatcher.target(own, DispatcherType.ASYNC));
    }

    @Override
    public void complete() {
        async.complete(this);
    }

    @Override
    public void start(Runnable task) {
        async.start(task);
    }

    @Override
    public void addListener(AsyncListener listener) {
        checkStarted("addListener");
        // Without a pair of its own it is told of that of the context: the Javadoc leaves it open, and listeners rely
        // on it.
        listeners.add(new Listening(listener, request, response));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest passed, ServletResponse answer) {
        checkStarted("addListener");
        listeners.add(new Listening(listener, passed, answer));
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return own.servletContext().create(type, "createListener");
    }

    @Override
    public void watch(EventStream.Watch told) {
        checkStarted("watch");
        async.watch(told);
    }

    /** Runs from the return of the dispatch that began this cycle; 0 or less: for ever. */
    @Override
    public void setTimeout(long millis) {
        checkBeginning("setTimeout");
        timeoutMillis = millis;
    }

    @Override
    public long getTimeout() {
        return timeoutMillis;
    }

    private void checkStarted(String what) {
        if (!async.isStarted()) throw new IllegalStateException(what + ": this AsyncContext is over");
    }

    /** Later, the timeout runs. Listeners may still come then: the Javadoc forbids it, and frameworks do it on Tomcat and Jetty (Javalin). */
    private void checkBeginning(String what) {
        checkStarted(what);
        if (returned) {
            throw new IllegalStateException(
                    what + ": the dispatch that called startAsync has returned to the container;"
                            + " call it before the service method returns");
        }
    }

    void tellRestart(AsyncCycle next) {
        tell(next, null, AsyncListener::onStartAsync);
    }

    void tellTimeout() {
        tell(this, null, AsyncListener::onTimeout);
    }

    void tellError(Throwable failure) {
        tell(this, failure, AsyncListener::onError);
    }

    void tellComplete() {
        tell(this, null, AsyncListener::onComplete);
    }

    /** The request may be in another application by now. */
    private void tell(AsyncContext now, @Nullable Throwable failure, Event method) {
        if (listeners.isEmpty()) return;
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(context.getClassLoader());
        try {
            tellAll(now, failure, method);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private void tellAll(AsyncContext now, @Nullable Throwable failure, Event method) {
        for (Listening listening : listeners) {
            var event = new AsyncEvent(now, listening.request, listening.response, failure);
            try {
                method.tell(listening.listener, event);
            } catch (Throwable e) { // whatever it is, the others are told and the exchange ends
                ContextListeners.failed(listening.listener, e);
            }
        }
    }
}
