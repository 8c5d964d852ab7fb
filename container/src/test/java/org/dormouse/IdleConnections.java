package org.dormouse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.openjdk.jol.info.ClassLayout;

/**
 * Opens connections over the kernel in memory and prints for {@link Footprint} what one of them takes: the difference between the objects
 * of {@value #COUNT} and of twice as many, of those that the roots lead to. The kernel in memory is not counted, and a real socket is.
 */
public final class IdleConnections {
    /** A power of two: tables that double are full then, and grow by exactly what a connection needs. */
    private static final int COUNT = 1 << 13;

    private static final String REAL_SOCKET = "org.dormouse.poller.socket.KernelStreamSocket";

    private final ScriptedKernel kernel;
    private final Object[] roots;
    private final List<ScriptedPeer> peers = new ArrayList<>(2 * COUNT);

    /** Brings one more connection to its idle state. */
    public interface Opening {
        ScriptedPeer open() throws Exception;
    }

    /**
     * Opens nothing yet.
     *
     * @param roots what leads to everything that connections leave behind
     */
    public IdleConnections(ScriptedKernel kernel, Object... roots) {
        this.kernel = kernel;
        this.roots = roots;
    }

    /** Opens connections and prints {@code bytes}, {@code graph} and {@code heap} of one, and what the bytes are. */
    public void print(Opening opening) throws Exception {
        open(opening);
        ObjectGraph smaller = ours();
        ObjectGraph allSmaller = everything();
        LiveHeap heapBefore = LiveHeap.now();
        open(opening);
        ObjectGraph larger = ours();
        ObjectGraph allLarger = everything();
        LiveHeap heapAfter = LiveHeap.now();

        long socket = ClassLayout.parseClass(Class.forName(REAL_SOCKET)).instanceSize();
        System.out.printf(Locale.ROOT, "bytes=%.1f%n", (double) (larger.bytes() - smaller.bytes()) / COUNT + socket);
        System.out.printf(Locale.ROOT, "graph=%.1f%n", (double) (allLarger.bytes() - allSmaller.bytes()) / COUNT);
        System.out.printf(Locale.ROOT, "heap=%.1f%n", (double) (heapAfter.bytes() - heapBefore.bytes()) / COUNT);
        System.out.print(larger.growthSince(smaller, COUNT));
        System.out.printf(
                Locale.ROOT, "%8.1f B in 1.00  %s, in the place of the one in memory%n", (double) socket, REAL_SOCKET);
    }

    private void open(Opening opening) throws Exception {
        for (int i = 0; i < COUNT; i++) peers.add(opening.open());
    }

    private ObjectGraph ours() {
        return ObjectGraph.of(object -> object.getClass().getName().startsWith("org.dormouse.poller.Scripted"), roots);
    }

    private ObjectGraph everything() {
        Object[] all = Arrays.copyOf(roots, roots.length + 2);
        all[roots.length] = kernel;
        all[roots.length + 1] = peers;
        return ObjectGraph.of(object -> false, all);
    }
}
