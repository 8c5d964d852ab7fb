package org.dormouse.compat.jersey;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Answers that come later, or in pieces. */
@Path("")
public class EventsResource {
    static final CountDownLatch FIRST_EVENT_SEEN = new CountDownLatch(1);

    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@QueryParam("count") int count, @Context SseEventSink sink, @Context Sse sse) {
        Thread.startVirtualThread(() -> {
            try (sink) {
                for (int i = 1; i <= count; i++) {
                    sink.send(sse.newEventBuilder()
                                    .id(Integer.toString(i))
                                    .data("event " + i)
                                    .build())
                            .toCompletableFuture()
                            .join();
                    if (i == 1) FIRST_EVENT_SEEN.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @GET
    @Path("later")
    public void later(@QueryParam("say") String say, @Suspended AsyncResponse response) {
        Thread.startVirtualThread(() -> response.resume("later: " + say));
    }

    @GET
    @Path("never")
    public void never(@Suspended AsyncResponse response) {
        response.setTimeoutHandler(
                late -> late.resume(Response.status(503).entity("gave up").build()));
        response.setTimeout(50, TimeUnit.MILLISECONDS);
    }
}
