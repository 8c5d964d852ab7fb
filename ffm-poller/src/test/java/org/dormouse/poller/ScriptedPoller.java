package org.dormouse.poller;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.ScriptedKernel.ScriptedDescriptor;
import org.dormouse.poller.backend.Backend;

/** A readiness queue of a {@link ScriptedKernel}: edge-triggered as epoll is, events in the order of their edges. */
public final class ScriptedPoller implements Backend {
    private static final int CAPACITY = 512;
    private static final long WAKE_UP = -1;
    private static final long MAX_SLEEP_NANOS = 10_000_000;

    private record Watch(ScriptedDescriptor descriptor, int interest, long token) {}

    private record Event(long token, int readiness) {}

    private final ScriptedKernel kernel;

    // under the kernel's lock
    private final Map<ScriptedDescriptor, Watch> watches = new LinkedHashMap<>();
    private final Map<ScriptedDescriptor, Watch> edges = new LinkedHashMap<>();
    private boolean isWoken;
    private boolean isClosed;

    /** Who waits here, or is about to. */
    private volatile Thread sleeper;

    // loop owner only
    private List<Event> events = List.of();

    ScriptedPoller(ScriptedKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public void add(int descriptor, int interest, long token) throws IOException {
        try (var _ = kernel.hold()) {
            var found = kernel.find(descriptor);
            if (found == null) throw new IOException("descriptor " + descriptor + " is not open");
            if (watches.containsKey(found)) throw new IOException("descriptor " + descriptor + " is watched already");
            watches.put(found, new Watch(found, interest, token));
            trigger(found);
        }
    }

    @Override
    public void remove(int descriptor) {
        try (var _ = kernel.hold()) {
            forget(kernel.find(descriptor));
        }
    }

    void forget(ScriptedDescriptor descriptor) {
        watches.remove(descriptor);
        edges.remove(descriptor);
    }

    void trigger(ScriptedDescriptor descriptor) {
        Watch watch = watches.get(descriptor);
        if (watch != null && readiness(watch) != 0) edges.put(descriptor, watch);
    }

    private static int readiness(Watch watch) {
        int interest = watch.interest | GONE | ((watch.interest & IN) != 0 ? PEER_FINISHED : 0);
        return watch.descriptor.readiness() & interest;
    }

    /** Whether {@link #await} would return events at once. */
    public boolean hasEvents() {
        try (var _ = kernel.hold()) {
            return !edges.isEmpty();
        }
    }

    @Override
    public int await(long nanos) throws IOException {
        if (nanos != 0) sleepUntilWoken();
        try (var _ = kernel.hold()) {
            if (isClosed) throw new IOException("this poller is closed");
            var taken = new ArrayList<Event>();
            if (isWoken) taken.add(new Event(WAKE_UP, IN));
            isWoken = false;
            var iterator = edges.values().iterator();
            while (iterator.hasNext() && taken.size() < CAPACITY) {
                Watch watch = iterator.next();
                iterator.remove();
                int readiness = readiness(watch);
                if (readiness != 0) taken.add(new Event(watch.token, readiness));
            }
            events = taken;
            return taken.size();
        }
    }

    /** Only loops on threads of their own come here. Their clock may be moved by hand, so they look now and then. */
    private void sleepUntilWoken() {
        sleeper = Thread.currentThread();
        boolean isToSleep;
        try (var _ = kernel.hold()) {
            isToSleep = edges.isEmpty() && !isWoken && !isClosed;
        }
        if (isToSleep) LockSupport.parkNanos(this, MAX_SLEEP_NANOS);
        sleeper = null;
    }

    /** Under the kernel's lock. */
    void wake() {
        LockSupport.unpark(sleeper);
    }

    @Override
    public long token(int index) {
        return events.get(index).token;
    }

    @Override
    public int readiness(int index) {
        return events.get(index).readiness;
    }

    @Override
    public void wakeUp() {
        try (var _ = kernel.hold()) {
            isWoken = true;
            wake();
        }
    }

    @Override
    public void close() {
        try (var _ = kernel.hold()) {
            isClosed = true;
            watches.clear();
            edges.clear();
        }
    }
}
