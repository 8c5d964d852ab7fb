package org.dormouse.poller.loop;

import java.util.List;

/** What the sentinel wants to know of the threads that lost a loop. It asks the kernel without holding anybody up: over a copy of their list. */
final class StuckThreads {
    /** How many the kernel is asked about at a time. */
    private static final int MAX_LOOKS = 8;

    private final Spares spares;
    private final boolean letsGiveWay;
    private final int processors = Runtime.getRuntime().availableProcessors();
    private int looks;

    /** @param letsGiveWay whether stuck threads get a lower priority when more of them compute than there are processors */
    StuckThreads(Spares spares, boolean letsGiveWay) {
        this.spares = spares;
        this.letsGiveWay = letsGiveWay;
    }

    /** How many there are. */
    int count() {
        return spares.stuckCount();
    }

    /**
     * How many crowd the loops out: those that compute and have not been made to give way. Looks at a few of them at each call, first at those
     * that are not known to wait. More than one for each processor are made to give way, if that is possible.
     *
     * @param harmless so many need not be looked at
     */
    int crowding(int harmless) {
        int all = spares.stuckCount();
        if (all <= Math.min(harmless, processors)) return all;
        List<Worker> stuck = spares.stuck();
        lookAtSome(stuck);
        int count = 0;
        for (Worker worker : stuck) if (crowds(worker)) count++;
        if (!letsGiveWay || count <= processors) return count;
        for (Worker worker : stuck)
            if (crowds(worker) && worker.demeanour().computesForLong() && spares.letGiveWay(worker)) count--;
        return count;
    }

    private static boolean crowds(Worker worker) {
        return !worker.demeanour().isKnownToWait() && !worker.givesWay();
    }

    private void lookAtSome(List<Worker> stuck) {
        if (stuck.isEmpty()) return; // they have come back meanwhile
        int left = MAX_LOOKS;
        for (int i = 0; i < stuck.size() && left > 0; i++) {
            Worker worker = stuck.get((looks + i) % stuck.size());
            if (!crowds(worker)) continue;
            worker.demeanour().look(worker.processorTime());
            left--;
        }
        for (int i = 0; i < stuck.size() && left > 0; i++) {
            Worker worker = stuck.get((looks + i) % stuck.size());
            if (!worker.demeanour().isKnownToWait()) continue;
            worker.demeanour().look(worker.processorTime());
            left--;
        }
        looks = (looks + MAX_LOOKS) % stuck.size();
    }

    /**
     * Finds who broke the promise of an {@link InlineTask}: those that wait, be it for a lock or in the kernel, rather than compute. Has the
     * reporter show by their names that they are stuck, too.
     *
     * @return whether some are to be looked at again
     */
    boolean tellBlocked(Reporter reporter) {
        boolean again = false;
        boolean areNamed = true;
        for (Worker worker : spares.stuck()) {
            again |= isSuspect(worker, reporter);
            areNamed &= worker.showsTitle();
        }
        if (!areNamed) reporter.note(this::showTitles);
        return again;
    }

    private static boolean isSuspect(Worker worker, Reporter reporter) {
        InlineTask task = worker.thread().inline();
        if (task == null || task.isSettled()) return false;
        boolean isBlocked = worker.demeanour().isBlocked(worker.thread(), worker.processorTime());
        if (!task.isBlockedForLong(isBlocked)) return true;
        StackTraceElement[] stack = worker.thread().getStackTrace();
        reporter.note(() -> task.tell(stack));
        return false;
    }

    /** The reporter's thread, which may wait. */
    private void showTitles() {
        for (Worker worker : spares.stuck()) if (!worker.showsTitle()) worker.showTitle();
    }
}
