package org.dormouse.push;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link EventStream} behaves. Immutable; {@link #DEFAULT} with what is to be different.
 *
 * @param retry how long the client waits before it connects again; null leaves that to the client
 * @param heartbeat after so long without an event a comment is sent; null: {@code push.heartbeat}; {@link Duration#ZERO}: never
 * @param budget bytes that may wait for a client that reads slowly; 0: {@code push.stream-budget}
 * @param slowPeer what becomes of an event beyond that; {@link SlowPeer#BLOCK} is as {@link SlowPeer#FAIL}
 * @param endsOnHalfClose whether a client that closes its sending side only counts as gone. Some scripts do that and go on to read; a browser
 *     never does
 */
public record StreamOptions(
        @Nullable Duration retry,
        @Nullable Duration heartbeat,
        int budget,
        SlowPeer slowPeer,
        boolean endsOnHalfClose) {
    public static final StreamOptions DEFAULT = new StreamOptions(null, null, 0, SlowPeer.CLOSE, false);

    public StreamOptions {
        if (retry != null && retry.isNegative()) throw new IllegalArgumentException("retry " + retry + " is negative");
        if (heartbeat != null && heartbeat.isNegative())
            throw new IllegalArgumentException("heartbeat " + heartbeat + " is negative");
        if (budget < 0) throw new IllegalArgumentException("budget " + budget + " is negative");
    }

    public StreamOptions withRetry(Duration time) {
        return new StreamOptions(time, heartbeat, budget, slowPeer, endsOnHalfClose);
    }

    public StreamOptions withHeartbeat(Duration time) {
        return new StreamOptions(retry, time, budget, slowPeer, endsOnHalfClose);
    }

    public StreamOptions withBudget(int bytes) {
        return new StreamOptions(retry, heartbeat, bytes, slowPeer, endsOnHalfClose);
    }

    public StreamOptions onSlowPeer(SlowPeer policy) {
        return new StreamOptions(retry, heartbeat, budget, policy, endsOnHalfClose);
    }

    public StreamOptions endingOnHalfClose() {
        return new StreamOptions(retry, heartbeat, budget, slowPeer, true);
    }
}
