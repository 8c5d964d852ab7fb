package org.dormouse.poller;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.poller.ScriptedKernel.ScriptedDescriptor;
import org.dormouse.poller.backend.Backend;

/** A readiness queue of a {@link ScriptedKernel}: edge-triggered as epoll is, events in the order of their edges. */
public final class ScriptedPoller implements Backend {
    private static final int CAPACITY = 512;
    private static final long WAKE_UP = -1;

    private record Watch(ScriptedDescriptor descriptor, int interest, long token) {}

    private record Event(long token, int readiness) {}

    private final ScriptedKernel kernel;

    // under the kernel's lock
    private final Map<ScriptedDescriptor, Watch> watches = new LinkedHashMap<>();
    private final Map<ScriptedDescriptor, Watch> edges = new LinkedHashMap<>();
    private boolean isWoken;
    private boolean isClosed;

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
        synchronized (kernel) {
            var found = kernel.find(descriptor);
            if (found == null) throw new IOException("descriptor " + descriptor + " is not open");
            if (watches.containsKey(found)) throw new IOException("descriptor " + descriptor + " is watched already");
            watches.put(found, new Watch(found, interest, token));
            trigger(found);
        }
    }

    @Override
    public void remove(int descriptor) {
        synchronized (kernel) {
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
        synchronized (kernel) {
            return !edges.isEmpty();
        }
    }

    @Override
    public int await(long nanos) throws IOException {
        synchronized (kernel) {
            if (isClosed) throw new IOException("this poller is closed");
            if (edges.isEmpty() && !isWoken && nanos != 0) {
                try {
                    // Only loops on threads of their own come here. Their clock may be moved by hand, so they look now
                    // and then.
                    kernel.wait(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
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
        synchronized (kernel) {
            isWoken = true;
            kernel.notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (kernel) {
            isClosed = true;
            watches.clear();
            edges.clear();
        }
    }
}
