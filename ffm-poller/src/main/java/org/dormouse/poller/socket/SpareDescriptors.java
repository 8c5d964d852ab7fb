package org.dormouse.poller.socket;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors without use, as many as the process has listening sockets: where no other is left, one is given up, so that a connection can be
 * accepted and ended in order. They belong to all loops together, or what one gives up would be taken by the next connection of another.
 * So while one of them lacks descriptors, each accepts under the lock. Any thread; the lock is taken only then, and when a socket begins or
 * ends to listen.
 */
public final class SpareDescriptors {
    private static final Object LOCK = new Object();

    // guarded by LOCK
    private static final ArrayDeque<Spare> KEPT = new ArrayDeque<>();
    private static int wanted;

    /** Sockets that have found no descriptor, and have not found everybody accepted since. */
    private static final AtomicInteger LACKING = new AtomicInteger();

    private SpareDescriptors() {}

    /** One descriptor. */
    public interface Spare {
        /** Closes it. */
        void giveUp();
    }

    /** A listening socket. */
    public interface Listening {
        /** Opens something that takes a descriptor; null if there is none. */
        @Nullable
        Spare openSpare();

        /** As {@link ListenSocket#accept}. */
        @Nullable
        StreamSocket acceptNow();
    }

    /** One more socket listens. What a lack will need is used once: there must be descriptors to read classes with. */
    public static void add(Listening socket) {
        synchronized (LOCK) {
            wanted++;
            fill(socket);
            Spare used = KEPT.poll();
            if (used == null) return;
            used.giveUp();
            fill(socket);
        }
    }

    /** One socket less listens. */
    public static void remove() {
        synchronized (LOCK) {
            wanted--;
            while (KEPT.size() > wanted) KEPT.remove().giveUp();
        }
    }

    /** A socket has found no descriptor, and lacks them until {@link #lacksNoMore}. */
    public static void lacks() {
        LACKING.incrementAndGet();
    }

    /** The end of {@link #lacks} for that socket. */
    public static void lacksNoMore() {
        LACKING.decrementAndGet();
    }

    /** {@link ListenSocket#accept}. While descriptors lack, those that are to be kept come first. */
    public static @Nullable StreamSocket accept(Listening socket) {
        if (LACKING.get() == 0) return socket.acceptNow();
        synchronized (LOCK) {
            fill(socket);
            return socket.acceptNow();
        }
    }

    /** See {@link ListenSocket#turnAway}. */
    public static boolean turnAway(Listening socket, byte[] scratch) {
        synchronized (LOCK) {
            Spare used = KEPT.poll();
            if (used != null) used.giveUp();
            StreamSocket accepted = socket.acceptNow();
            if (accepted != null) {
                accepted.finish(scratch);
                accepted.close();
            }
            fill(socket);
            return accepted != null;
        }
    }

    /** See {@link ListenSocket#keepOneBack}. */
    public static void keep(Listening socket) {
        synchronized (LOCK) {
            fill(socket);
        }
    }

    private static void fill(Listening socket) {
        while (KEPT.size() < wanted) {
            Spare spare = socket.openSpare();
            if (spare == null) return;
            KEPT.add(spare);
        }
    }
}
