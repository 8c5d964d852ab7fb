package org.dormouse.benchmarks.workload;

/** Sleeps 50 ms in its initialiser. Loaded anew for each request, by a loader of its own. */
final class SlowClass {
    static {
        try {
            Thread.sleep(StallServlet.MILLIS);
        } catch (InterruptedException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SlowClass() {}
}
