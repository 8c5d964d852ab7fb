package org.dormouse.quarkus;

import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.http.ClientGone;
import org.dormouse.http.ExchangeHandler;
import org.dormouse.http.FedExchange;
import org.dormouse.http.TextHead;
import org.jboss.logging.Logger;

/** The last route of the application: makes an exchange of each request and hands it to the servlets. Called in event loops. */
final class VertxDoor implements Handler<RoutingContext> {
    private static final Logger LOG = Logger.getLogger(VertxDoor.class);

    private final ExchangeHandler applications;
    private final Executor carrier;
    private final int maxHeldBytes;
    private final long maxUnsentBytes;
    private final AtomicLong exchanges = new AtomicLong();

    VertxDoor(ExchangeHandler applications, Executor carrier, int maxHeldBytes, long maxUnsentBytes) {
        this.applications = applications;
        this.carrier = carrier;
        this.maxHeldBytes = maxHeldBytes;
        this.maxUnsentBytes = maxUnsentBytes;
    }

    @Override
    public void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        TextHead head;
        try {
            head = VertxHead.of(request);
        } catch (IllegalArgumentException refused) {
            LOG.debugf("refused a request head: %s", refused.getMessage());
            routing.response().setStatusCode(400).end(refused.getMessage());
            return;
        }
        Long bodyLimit = routing.get(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY); // quarkus.http.limits.max-body-size
        var connection = new VertxConnection(
                request,
                Vertx.currentContext(),
                carrier,
                maxUnsentBytes,
                bodyLimit == null ? Long.MAX_VALUE : bodyLimit);
        var exchange =
                new FedExchange(exchanges.incrementAndGet(), head, new VertxPeer(request), connection, maxHeldBytes);
        routing.addEndHandler(end -> {
            if (end.failed()) exchange.gone(new ClientGone("response not sent: " + end.cause()));
        });
        connection.feed(exchange);
        applications.handle(exchange);
    }
}
