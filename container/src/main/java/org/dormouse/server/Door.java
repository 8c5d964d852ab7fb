package org.dormouse.server;

import org.dormouse.filter.AccessLog;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeHandler;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** Where the exchanges of one loop come in: finds the application, counts the request in and starts its thread. Loop owner. */
final class Door implements ExchangeHandler {
    /** The clock is never negative. */
    private static final long AT_ONCE = -1;

    private final Applications applications;
    private final Admission admission;
    private final Admission.Counter counter;
    private final @Nullable AccessLog log;

    Door(Applications applications, Admission admission, int loop) {
        this(applications, admission, loop, null);
    }

    /** @param log has a line for each request; null for none */
    Door(Applications applications, Admission admission, int loop, @Nullable AccessLog log) {
        this.applications = applications;
        this.admission = admission;
        this.counter = admission.counter(loop);
        this.log = log;
    }

    /** Requests that came in here and whose servlet is at work. */
    int admitted() {
        return counter.get();
    }

    @Override
    public void handle(Exchange exchange) {
        if (log != null) exchange.observer(log.follow(exchange));
        RequestHead head = exchange.request();
        String path = head.rawPath();
        if (path.equals("*")) {
            answerForTheServer(exchange);
            return;
        }
        Application application;
        try {
            application = applications.find(path);
        } catch (BadRequest e) {
            exchange.refused(e);
            PlainAnswer.send(exchange, e.status(), String.valueOf(e.getMessage()));
            return;
        }
        start(exchange, application);
    }

    @Override
    public void refused(Peer peer, @Nullable RequestHead head, int status, long bytes) {
        if (log != null) log.refused(peer, head, status, bytes);
    }

    private void start(Exchange exchange, @Nullable Application application) {
        if (application == null) {
            PlainAnswer.send(exchange, 404, "no application is deployed here");
            return;
        }
        // Who waits is not overtaken.
        if (!admission.line().isEmpty() || !counter.enter()) {
            joinTheLine(exchange, application);
            return;
        }
        boolean begun = false;
        try {
            begun = begin(exchange, application, counter.isBusy() ? admission.nanoTime() : AT_ONCE);
        } finally {
            if (!begun) counter.leave();
        }
    }

    private void joinTheLine(Exchange exchange, Application application) {
        long arrived = admission.nanoTime();
        admission.pass(arrived);
        var waiting = new WaitingLine.Waiting(exchange, counter) {
            @Override
            boolean begin() {
                return Door.this.begin(exchange, application, arrived);
            }
        };
        boolean joined;
        try {
            joined = admission.line().join(waiting);
        } finally {
            admission.line().admit(); // while it joined, those behind it were not looked at
        }
        if (joined) return;
        counter.turnAway(
                exchange,
                "as many requests in flight as server.max-requests-in-flight allows: " + admission.limit()
                        + ", and as many waiting as server.queue-length: "
                        + admission.settings().queueLength());
    }

    /**
     * Begins a request that was counted in; false if there is no thread for it: it is answered then, and still counted.
     *
     * @param arrived when, for one that may have to wait for its thread; or {@link #AT_ONCE}
     */
    private boolean begin(Exchange exchange, Application application, long arrived) {
        boolean started = false;
        try {
            var request = new Request(exchange, application, counter);
            Runnable task = arrived == AT_ONCE ? request : new Punctual(request, admission, arrived);
            if (admission.measures()) task = new Measured(task, admission, admission.nanoTime());
            started = application.threads().start(exchange, task);
        } catch (RuntimeException | Error bug) {
            Complaints.report("request " + exchange.request().rawPath() + " could not begin", bug);
        }
        if (!started) {
            counter.turnAway(
                    exchange, "every thread is busy, and so is the queue: server.pool-threads, server.pool-queue");
        }
        return started;
    }

    /** {@code OPTIONS *} asks for the server as a whole (RFC 9110 §9.3.7); the parser lets no other method through with it. */
    private static void answerForTheServer(Exchange exchange) {
        var fields = new Headers();
        fields.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        exchange.commit(200, null, fields, 0);
        exchange.finish();
    }

    /** One request at work. */
    private record Request(Exchange exchange, Application application, Admission.Counter counter) implements Runnable {
        @Override
        public void run() {
            exchange.servedBy(Thread.currentThread());
            try {
                application.dispatch().dispatch(exchange, application.threads().later(exchange));
            } catch (Throwable bug) {
                giveUp(bug);
            } finally {
                exchange.servedBy(null);
                counter.leave();
            }
        }

        /**
         * The dispatcher answers whatever a servlet throws, so this is ours; a stack or heap that ran out again while it did, too. So the
         * connection comes first, and the log, which takes memory, last.
         */
        private void giveUp(Throwable bug) {
            try {
                PlainAnswer.cut(exchange);
            } finally {
                Complaints.report("request " + exchange.request().rawPath() + " was given up", bug);
            }
        }
    }

    /** A request that is not begun any more when its thread comes too late: its client gets an answer while it still wants one. */
    private record Punctual(Request request, Admission admission, long arrived) implements Runnable {
        @Override
        public void run() {
            if (!admission.isLate(arrived)) {
                request.run();
                return;
            }
            try {
                request.counter()
                        .turnAway(
                                request.exchange(),
                                "no thread within server.queue-timeout, "
                                        + admission.settings().queueTimeout().toMillis() + " ms");
            } finally {
                request.counter().leave();
            }
        }
    }

    /** A request whose time an adaptive limit wants to know: from its admission, so that waiting for a thread counts. */
    private record Measured(Runnable request, Admission admission, long began) implements Runnable {
        @Override
        public void run() {
            try {
                request.run();
            } finally {
                admission.measured(began);
            }
        }
    }
}
