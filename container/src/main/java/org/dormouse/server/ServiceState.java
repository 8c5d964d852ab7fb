package org.dormouse.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.Ticker;
import org.dormouse.poller.socket.NotifySocket;
import org.jspecify.annotations.Nullable;

/**
 * Tells the service manager how the server is, if it wants to know. Its watchdog hears from the loops themselves: a baton goes from loop to
 * loop, and the last one reports; so a single loop that is stuck is silence. One thread at a time.
 */
final class ServiceState {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ServiceManager manager;
    private @Nullable NotifySocket socket;
    private @Nullable Ticker watchdog;
    private boolean isConnected;

    ServiceState(ServiceManager manager) {
        this.manager = manager;
    }

    /** The server listens. */
    void ready(List<EventLoop> loops) {
        NotifySocket connected = connect();
        if (connected == null) return;
        tell(connected, "READY=1\nSTATUS=listening");
        Duration patience = manager.watchdog();
        if (patience == null || watchdog != null) return;
        // Half of what it allows, as sd_watchdog_enabled(3) recommends.
        long period = Math.max(1_000_000, patience.toNanos() / 2);
        watchdog = Ticker.start(loops.getFirst(), period, () -> passOn(loops, 1, connected));
    }

    private static void passOn(List<EventLoop> loops, int next, NotifySocket socket) {
        if (next < loops.size()) loops.get(next).execute(() -> passOn(loops, next + 1, socket));
        else socket.send("WATCHDOG=1");
    }

    /** The server has begun to close. The watchdog goes on hearing of its loops until it {@linkplain #close has}. */
    void stopping() {
        if (socket != null) tell(socket, "STOPPING=1\nSTATUS=draining");
    }

    /** The loops are about to end. */
    void close() {
        if (watchdog != null) watchdog.close();
        if (socket != null) socket.close();
    }

    private @Nullable NotifySocket connect() {
        if (isConnected) return socket;
        isConnected = true;
        try {
            socket = manager.connect();
        } catch (IOException | IllegalArgumentException e) {
            Complaints.warn("the service manager cannot be told that the server is ready: " + e.getMessage());
        }
        return socket;
    }

    /** Who loses this is stopped for having never been ready: where the manager is busy, as when a machine starts, it waits for a while. */
    private static void tell(NotifySocket socket, String state) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean isTold = socket.send(state);
        while (!isTold && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(STEP_NANOS);
            isTold = socket.send(state);
        }
        if (!isTold) Complaints.warn("the service manager did not take \"" + state.replace('\n', ' ') + "\"");
    }
}
