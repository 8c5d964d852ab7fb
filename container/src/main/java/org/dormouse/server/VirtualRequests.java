package org.dormouse.server;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.dormouse.http.Exchange;

/** A virtual thread per request on the JDK's scheduler. */
final class VirtualRequests implements RequestThreads, Executor {
    private final ThreadFactory threads = Thread.ofVirtual()
            .name("request-", 0)
            .inheritInheritableThreadLocals(false)
            .factory();

    @Override
    public String execution() {
        return "VIRTUAL";
    }

    @Override
    public boolean start(Exchange exchange, Runnable request) {
        execute(request);
        return true;
    }

    @Override
    public Executor later(Exchange exchange) {
        return this;
    }

    @Override
    public void execute(Runnable task) {
        threads.newThread(task).start();
    }
}
