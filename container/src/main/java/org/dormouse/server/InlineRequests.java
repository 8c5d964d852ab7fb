package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.servlet.NonBlockingPromise;
import org.dormouse.servlet.ServletDispatcher;

/**
 * On the thread of the connection's loop itself, for servlets that promise not to block; elsewhere for the others, and for those that broke
 * their promise. One for each application that has any. An exchange that is at home with no loop of ours runs where it is at home.
 */
final class InlineRequests implements RequestThreads {
    private final ServletDispatcher application;
    private final RequestThreads otherwise;

    InlineRequests(ServletDispatcher application, RequestThreads otherwise) {
        this.application = application;
        this.otherwise = otherwise;
    }

    @Override
    public String execution() {
        return "INLINE";
    }

    @Override
    public boolean start(Exchange exchange, Runnable request) {
        NonBlockingPromise promise = application.promiseAt(exchange.request().rawPath());
        if (promise == null) return otherwise.start(exchange, request);
        var inline = new InlineRequest(exchange, promise, request, otherwise);
        if (promise.isReady()) {
            exchange.loop().execute(inline);
            return true;
        }
        return otherwise.start(exchange, () -> {
            if (promise.makeReady()) exchange.loop().execute(inline);
            else request.run();
        });
    }

    @Override
    public Executor later(Exchange exchange) {
        // Asked by the request itself, so what the thread runs is the request.
        return InlineTask.current() instanceof InlineRequest own ? own : otherwise.later(exchange);
    }
}
