package org.dormouse.standalone.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.dormouse.push.EventStream;
import org.dormouse.push.Group;
import org.dormouse.push.Hub;
import org.dormouse.push.SlowPeer;
import org.dormouse.push.StreamOptions;
import org.jspecify.annotations.Nullable;

/** Server-Sent Events: twice a second, one event to everybody who listens. Who listens costs no thread; one clock serves them all. */
final class TicksServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int MAX_LISTENERS = 1000;
    private static final int PERIOD_MILLIS = 500;
    /** A tick that comes late is worth nothing. */
    private static final StreamOptions OPTIONS = StreamOptions.DEFAULT
            .withRetry(Duration.ofSeconds(2))
            .withBudget(4096)
            .onSlowPeer(SlowPeer.DROP_OLDEST);

    private final RequestCounter counter;
    private transient @Nullable Thread clock;

    TicksServlet(RequestCounter counter) {
        this.counter = counter;
    }

    @Override
    public void init() {
        Hub hub = Hub.of(getServletContext());
        clock = Thread.ofPlatform().name("demo-clock").daemon().start(() -> tickUntilInterrupted(hub));
    }

    @Override
    public void destroy() {
        if (clock != null) clock.interrupt();
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Group listeners = listeners(Hub.of(request.getServletContext()));
        if (listeners.size() >= MAX_LISTENERS) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, MAX_LISTENERS + " listen already");
            return;
        }
        listeners.join(EventStream.open(request, response, OPTIONS));
    }

    private static Group listeners(Hub hub) {
        return hub.group("ticks");
    }

    private void tickUntilInterrupted(Hub hub) {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                tick(hub);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick(Hub hub) {
        int present = listeners(hub).size();
        if (present == 0) return;
        listeners(hub)
                .broadcast(new Json()
                        .field("time", System.currentTimeMillis())
                        .field("requests", counter.requests())
                        .field("threads", ManagementFactory.getThreadMXBean().getThreadCount())
                        .field("heapBytes", FactsServlet.usedHeap())
                        .field("listeners", present)
                        .field("chatters", ChatRooms.people(hub))
                        .toString());
    }
}
