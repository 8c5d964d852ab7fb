package org.dormouse.poller.loop;

/** A clock that only goes forward. Tests move theirs by hand. */
@FunctionalInterface
public interface NanoClock {
    /** The system's monotonic clock, counted from the start of this class, so that it is never negative. */
    NanoClock SYSTEM = new NanoClock() {
        private final long origin = System.nanoTime();

        @Override
        public long nanoTime() {
            return System.nanoTime() - origin;
        }
    };

    /** Nanoseconds since some fixed moment; never negative, never less than before. */
    long nanoTime();
}
