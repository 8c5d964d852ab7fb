package org.dormouse.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dormouse.http.Exchange;
import org.dormouse.http.Printable;
import org.dormouse.http.RequestHead;
import org.dormouse.http1.ExchangeAtWork;
import org.dormouse.http1.Http1;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.transport.Connections;
import org.jspecify.annotations.Nullable;

/** Collects the requests in flight: each loop notes its own, and the caller looks at their threads, which may take time. */
final class RequestList {
    private record Noted(EventLoop loop, ExchangeAtWork exchange) {}

    private final ConcurrentLinkedQueue<Noted> noted = new ConcurrentLinkedQueue<>();

    /** Loop owner. */
    void note(Connections family) {
        family.forEach(protocol -> {
            ExchangeAtWork exchange = Http1.exchangeOf(protocol);
            if (exchange != null) noted.add(new Noted(family.loop(), exchange));
        });
    }

    /** Of the exchanges whose requests are {@code such}. */
    Set<Long> ids(Predicate<RequestHead> such) {
        return noted.stream()
                .map(each -> each.exchange.exchange())
                .filter(each -> such.test(each.request()))
                .map(Exchange::id)
                .collect(Collectors.toSet());
    }

    /** The oldest first. */
    List<RequestInFlight> look() {
        var requests = new ArrayList<RequestInFlight>();
        for (Noted each : noted) requests.add(look(each.loop, each.exchange));
        requests.sort(Comparator.comparing(RequestInFlight::age).reversed());
        return List.copyOf(requests);
    }

    private static RequestInFlight look(EventLoop loop, ExchangeAtWork at) {
        RequestHead head = at.exchange().request();
        var age = Duration.ofNanos(Math.max(0, loop.nanoTime() - at.beganNanos()));
        Thread thread = at.thread();
        if (thread == null || !thread.isAlive()) {
            var state = at.wasBegun() ? RequestInFlight.State.RETURNED : RequestInFlight.State.WAITING;
            return entry(loop, at, head, age, state, "", null, List.of());
        }
        return entry(
                loop,
                at,
                head,
                age,
                RequestInFlight.State.RUNNING,
                nameOf(thread),
                thread.getState(),
                List.of(thread.getStackTrace()));
    }

    private static RequestInFlight entry(
            EventLoop loop,
            ExchangeAtWork at,
            RequestHead head,
            Duration age,
            RequestInFlight.State state,
            String thread,
            Thread.@Nullable State threadState,
            List<StackTraceElement> stack) {
        return new RequestInFlight(
                at.exchange().id(),
                loop.index(),
                at.client(),
                age,
                Printable.text(head.method()),
                Printable.text(head.rawPath()),
                state,
                thread,
                threadState,
                stack);
    }

    private static String nameOf(Thread thread) {
        return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
    }
}
