package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.servlet.NonBlockingPromise;
import org.dormouse.servlet.TaskThreads;

/** One request on the thread of its loop, and where its async dispatches and callbacks run: there too, as long as the promise is kept. */
final class InlineRequest extends InlineTask implements TaskThreads {
    private final Exchange exchange;
    private final NonBlockingPromise promise;
    private final Runnable request;
    private final RequestThreads otherwise;

    InlineRequest(Exchange exchange, NonBlockingPromise promise, Runnable request, RequestThreads otherwise) {
        this.exchange = exchange;
        this.promise = promise;
        this.request = request;
        this.otherwise = otherwise;
    }

    @Override
    public void run() {
        // Another request may have broken the promise since this one got in line.
        if (promise.isKept()) request.run();
        else forBlocking().execute(request);
    }

    @Override
    protected void blocked(StackTraceElement[] stack) {
        promise.broken(stack, otherwise.execution());
    }

    @Override
    public void execute(Runnable task) {
        InlineStep.run(task, exchange.loop(), promise, otherwise.execution(), forBlocking());
    }

    /** For the connection that the exchange becomes. */
    Executor forSockets(NonBlockingPromise ofEndpoints) {
        return new InlineSockets(exchange.loop(), ofEndpoints, otherwise.execution(), forBlocking());
    }

    @Override
    public Executor forBlocking() {
        return otherwise.later(exchange);
    }
}
