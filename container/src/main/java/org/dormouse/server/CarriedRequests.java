package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;

/** A virtual thread per request, carried by the loop of its connection. */
final class CarriedRequests implements RequestThreads {
    @Override
    public String execution() {
        return "LOOP";
    }

    @Override
    public boolean start(Exchange exchange, Runnable request) {
        exchange.carrier().execute(request);
        return true;
    }

    @Override
    public Executor later(Exchange exchange) {
        return exchange.carrier();
    }
}
