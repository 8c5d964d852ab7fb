package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.dormouse.filter.FilterSettings.Kind;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.transport.AddressText;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * Lets each client send so many requests in a time, and answers 429 with Retry-After beyond (RFC 6585 §4). A client is an address, of IPv6 its
 * first 64 bits, or the value of a field. Takes the same memory however many clients there are: {@link TokenTable}.
 */
public final class RateLimitFilter extends ConfiguredFilter {
    private static final String HEADER = "header:";
    private static final int MAX_KEYS = 1 << 24;

    private final LongSupplier nanoTime;
    private final long began;
    private final LongAdder refused = new LongAdder();

    private TokenTable table = new TokenTable(1, 1, 1);
    private @Nullable String header;
    private @Nullable TrustedSources exempt;
    private boolean announces;
    private String policy = "";
    private String reason = "";
    private long nanosPerToken;

    public RateLimitFilter() {
        this(System::nanoTime);
    }

    RateLimitFilter(LongSupplier nanoTime) {
        super("rate-limit", names());
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    private static Map<String, Kind> names() {
        var names = new HashMap<String, Kind>();
        names.put("requests", Kind.COUNT);
        names.put("period", Kind.DURATION);
        names.put("burst", Kind.COUNT);
        names.put("key", Kind.TEXT);
        names.put("max-keys", Kind.COUNT);
        names.put("exempt", Kind.TEXT);
        names.put("announce", Kind.SWITCH);
        return names;
    }

    @Override
    public String main() {
        return "requests";
    }

    @Override
    void configure(FilterSettings settings) {
        settings.required("requests");
        long requests = settings.count("requests", 1, 1, 1_000_000);
        Duration period =
                settings.duration("period", Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofDays(1));
        long burst = settings.count("burst", requests, 1, 1_000_000);
        double eachNanos = (double) period.toNanos() / requests;
        nanosPerToken = Math.max(1, (long) eachNanos);
        table = new TokenTable((int) settings.count("max-keys", 1 << 16, 8, MAX_KEYS), burst, eachNanos);
        String key = settings.text("key", "address");
        header = key.startsWith(HEADER) ? key.substring(HEADER.length()) : null;
        boolean isKnown = header == null ? key.equals("address") : FieldNames.isToken(header);
        if (!isKnown) throw settings.wrong("key", "address or header:NAME");
        exempt = settings.sources("exempt");
        announces = settings.isOn("announce", false);
        reason = "more than " + requests + " requests in " + period + " (rate-limit.requests)";
        policy = "\"default\";q=" + requests + ";w=" + Math.max(1, period.toSeconds());
    }

    /** How many requests were answered 429. */
    public long refused() {
        return refused.sum();
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        SocketAddress client = addressOf(request);
        TrustedSources free = exempt;
        if (client != null && free != null && free.contains(client)) {
            chain.doFilter(request, response);
            return;
        }
        long left = table.take(keyOf(request, client), nanoTime.getAsLong() - began);
        if (left < 0) {
            turnAway(request, response, -left);
            return;
        }
        if (announces) announce(response, left, nanosPerToken);
        chain.doFilter(request, response);
    }

    private void turnAway(HttpServletRequest request, HttpServletResponse response, long waitNanos) throws IOException {
        refused.increment();
        announce(response, 0, waitNanos);
        response.setHeader("Retry-After", Long.toString(seconds(waitNanos)));
        refuse(request, response, 429, "too many requests (rate-limit.requests)", reason);
    }

    /** The fields that the HTTP API working group of the IETF is about to agree on. */
    private void announce(HttpServletResponse response, long left, long resetNanos) {
        response.setHeader("RateLimit-Policy", policy);
        response.setHeader("RateLimit", "\"default\";r=" + left + ";t=" + seconds(resetNanos));
    }

    private static long seconds(long nanos) {
        long second = TimeUnit.SECONDS.toNanos(1);
        return (nanos + second - 1) / second;
    }

    private static @Nullable SocketAddress addressOf(HttpServletRequest request) {
        try {
            return AddressText.parse(request.getRemoteAddr());
        } catch (IllegalArgumentException e) {
            return null; // another filter has put a name in its place
        }
    }

    /** Who does not bring the field is counted by address: leaving it out buys nothing. */
    private long keyOf(HttpServletRequest request, @Nullable SocketAddress client) {
        String name = header;
        String value = name == null ? null : request.getHeader(name);
        if (value != null) return table.key(value);
        if (client == null) return table.key(request.getRemoteAddr());
        return client.isIpv4() ? client.low() : client.high();
    }
}
