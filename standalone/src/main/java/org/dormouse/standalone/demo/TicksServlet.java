package org.dormouse.standalone.demo;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Server-Sent Events: twice a second, one event to everybody who listens. Listeners are asynchronous requests, so they cost no thread; one
 * clock serves them all, and what each is sent goes out on a virtual thread of its own, so that a slow one delays nobody.
 */
final class TicksServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int MAX_LISTENERS = 1000;
    private static final int PERIOD_MILLIS = 500;

    private final transient Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final RequestCounter counter;
    private transient @Nullable Thread clock;

    TicksServlet(RequestCounter counter) {
        this.counter = counter;
    }

    @Override
    public void init() {
        clock = Thread.ofPlatform().name("demo-clock").daemon().start(this::tickUntilInterrupted);
    }

    @Override
    public void destroy() {
        if (clock != null) clock.interrupt();
        for (Listener listener : listeners) listener.end();
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (listeners.size() >= MAX_LISTENERS) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, MAX_LISTENERS + " listen already");
            return;
        }
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.flushBuffer();
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        var listener = new Listener(async);
        async.addListener(listener);
        listeners.add(listener);
    }

    private void tickUntilInterrupted() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        if (listeners.isEmpty()) return;
        String event = "data: "
                + new Json()
                        .field("time", System.currentTimeMillis())
                        .field("requests", counter.requests())
                        .field("threads", ManagementFactory.getThreadMXBean().getThreadCount())
                        .field("heapBytes", FactsServlet.usedHeap())
                        .field("listeners", listeners.size())
                        .field("chatters", ChatEndpoint.people())
                + "\n\n";
        for (Listener listener : listeners) listener.send(event);
    }

    /** One who listens. Never has more than one event under way: what comes meanwhile is skipped. */
    private final class Listener implements AsyncListener {
        private final AsyncContext async;
        private final java.util.concurrent.atomic.AtomicBoolean sending =
                new java.util.concurrent.atomic.AtomicBoolean();

        Listener(AsyncContext async) {
            this.async = async;
        }

        void send(String event) {
            if (!sending.compareAndSet(false, true)) return;
            async.start(() -> {
                try {
                    var out = async.getResponse().getWriter();
                    out.write(event);
                    if (out.checkError()) end();
                } catch (IOException e) {
                    end();
                } finally {
                    sending.set(false);
                }
            });
        }

        void end() {
            if (listeners.remove(this)) async.complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            listeners.remove(this);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            end();
        }

        @Override
        public void onError(AsyncEvent event) {
            end();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
