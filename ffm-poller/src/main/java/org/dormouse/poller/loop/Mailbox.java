package org.dormouse.poller.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What others bring to a loop: tasks for its owner, in the order of each sender, and continuations that became ready. Adding never
 * waits and never throws, but for a lack of memory; the same Runnable may be in it twice.
 */
final class Mailbox {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> continuations = new ConcurrentLinkedQueue<>();

    /** Any thread. */
    void addTask(Runnable task) {
        tasks.add(task);
    }

    /** Any thread. */
    void addContinuation(Runnable continuation) {
        continuations.add(continuation);
    }

    boolean isEmpty() {
        return tasks.isEmpty() && continuations.isEmpty();
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    boolean hasContinuations() {
        return !continuations.isEmpty();
    }

    /** Counts one by one. Any thread. */
    int waitingTasks() {
        return tasks.size();
    }

    /** Counts one by one. Any thread. */
    int waitingContinuations() {
        return continuations.size();
    }

    /** Loop owner. Moves what is there now, so that what these tasks send is for the next turn. */
    void takeTasks(Queue<Runnable> target) {
        for (Runnable task = tasks.peek(); task != null; task = tasks.peek()) {
            target.add(task); // first: it may fail for lack of memory
            tasks.remove();
        }
    }

    /** Loop owner. */
    void takeContinuations(RunQueue target) {
        while (!continuations.isEmpty()) {
            target.makeRoom(); // first: others take from here too, so what fails for lack of memory could not be put
            // back
            Runnable next = continuations.poll();
            if (next != null) target.add(next);
        }
    }

    /** Any thread: for whoever helps out while the owner stands still, and after the end. */
    @Nullable
    Runnable pollContinuation() {
        return continuations.poll();
    }

    /** After the end, one thread at a time. */
    @Nullable
    Runnable pollTask() {
        return tasks.poll();
    }
}
