package org.dormouse.poller.loop;

/**
 * Something that happens unless it is put off. All of it belongs to the owner of one loop.
 *
 * <pre>{@code
 * timeout.expireAt(loop.nanoTime() + idleNanos);   // each time something arrives: a field write
 * loop.schedule(timeout);                          // needed the first time and when it moved to an earlier moment; harmless otherwise
 * }</pre>
 */
public abstract class Timeout {
    /** The moment that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The tick at which the wheel looks at this next, if it is in the wheel at all. */
    static final long NOT_PLANNED = Long.MAX_VALUE;

    private long deadlineNanos = NEVER;
    long plannedTick = NOT_PLANNED;

    /** The moment, on the loop's clock, after which {@link #expired} is called; {@link #NEVER} if none. */
    public final long expiresAt() {
        return deadlineNanos;
    }

    /**
     * Moves the deadline; {@link #NEVER} takes it back. An earlier one than before needs a call of {@link EventLoop#schedule} as well.
     *
     * @param nanos on the loop's clock
     */
    public final void expireAt(long nanos) {
        deadlineNanos = nanos;
    }

    /** The deadline has passed; it is {@link #NEVER} again. Called by the loop's owner; must not block. */
    protected abstract void expired();
}
