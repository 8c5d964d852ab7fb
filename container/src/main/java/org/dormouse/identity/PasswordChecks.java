package org.dormouse.identity;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets few passwords be checked at once and few wait, since a check is dear on purpose and a request that waits for one counts as in flight.
 * The same name with the same password is checked once for all who bring it meanwhile: a browser that loads a page brings it six times.
 * Safe for many threads; a virtual one that waits is unmounted.
 */
final class PasswordChecks {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordChecks.class);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Requests that wait for a check that another has begun. */
    static final int MAX_FOLLOWERS = 256;

    private final Semaphore turns;
    private final int maxChecks;
    private final int maxOfPlace;
    private final LongSupplier nanoClock;
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicInteger followers = new AtomicInteger();
    private final ConcurrentHashMap<String, CompletableFuture<@Nullable Caller>> underWay = new ConcurrentHashMap<>();
    /** Checks under way or waiting, by where they come from: no more entries than checks. */
    private final ConcurrentHashMap<String, Integer> byPlace = new ConcurrentHashMap<>();

    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicLong warnedAt;

    /**
     * Nothing is under way.
     *
     * @param atOnce how many are checked at a time, 1 or more
     * @param waiting how many more wait for their turn
     */
    PasswordChecks(int atOnce, int waiting, LongSupplier nanoClock) {
        this.turns = new Semaphore(atOnce, true);
        this.maxChecks = atOnce + waiting;
        this.maxOfPlace = Math.max(1, maxChecks / 4);
        this.nanoClock = nanoClock;
        this.warnedAt = new AtomicLong(nanoClock.getAsLong() - WARN_NANOS);
    }

    /**
     * Runs {@code check} when it is its turn, or takes the result of an equal one that is under way.
     *
     * @param attempt equal for equal names and passwords, and only for those
     * @param place where it comes from, which may take a quarter of the room; empty if that cannot be told
     * @throws TooManyLogins if too many are under way or wait
     */
    @Nullable
    Caller run(String attempt, String place, Supplier<@Nullable Caller> check) {
        var own = new CompletableFuture<@Nullable Caller>();
        CompletableFuture<@Nullable Caller> other = underWay.putIfAbsent(attempt, own);
        if (other != null) return follow(other);
        try {
            Caller caller = place.isEmpty() ? inTurn(check) : inShare(place, check);
            own.complete(caller);
            return caller;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(attempt);
        }
    }

    private @Nullable Caller follow(CompletableFuture<@Nullable Caller> other) {
        try {
            if (followers.incrementAndGet() > MAX_FOLLOWERS) throw refuse();
            return other.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TooManyLogins) throw refuse();
            throw e;
        } finally {
            followers.decrementAndGet();
        }
    }

    private @Nullable Caller inShare(String place, Supplier<@Nullable Caller> check) {
        int count = byPlace.merge(place, 1, Integer::sum);
        try {
            if (count > maxOfPlace) throw refuse();
            return inTurn(check);
        } finally {
            byPlace.computeIfPresent(place, (key, before) -> before == 1 ? null : before - 1);
        }
    }

    private @Nullable Caller inTurn(Supplier<@Nullable Caller> check) {
        try {
            if (checks.incrementAndGet() > maxChecks) throw refuse();
            turns.acquireUninterruptibly();
            try {
                return check.get();
            } finally {
                turns.release();
            }
        } finally {
            checks.decrementAndGet();
        }
    }

    private TooManyLogins refuse() {
        int count = refused.incrementAndGet();
        long now = nanoClock.getAsLong();
        long before = warnedAt.get();
        if (now - before >= WARN_NANOS && warnedAt.compareAndSet(before, now)) {
            refused.addAndGet(-count);
            LOG.warn(
                    "{} passwords were not checked and their requests answered 503: {} at once, or {} of one address, are"
                            + " being checked or wait, and more than that may be guessing; the next such line comes in a"
                            + " minute at the earliest",
                    count,
                    maxChecks,
                    maxOfPlace);
        }
        return new TooManyLogins("too many passwords are being checked, limit " + maxChecks);
    }

    /** How many wait or are at work, their followers included. */
    int inside() {
        return checks.get() + followers.get();
    }
}
