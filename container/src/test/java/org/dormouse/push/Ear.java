package org.dormouse.push;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A recipient that writes down what it gets, with an executor that runs when the test says so. */
final class Ear implements Recipient {
    /** Runs tasks one by one, as a loop does. */
    static final class Loop implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public synchronized void execute(Runnable task) {
            tasks.add(task);
        }

        /** Runs the next task; false if there is none. */
        boolean turn() {
            Runnable task;
            synchronized (this) {
                task = tasks.poll();
            }
            if (task == null) return false;
            task.run();
            return true;
        }

        /** How many tasks it took until none was left. */
        int run() {
            int count = 0;
            while (turn()) count++;
            return count;
        }
    }

    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final Executor loop;
    private final Memberships memberships = new Memberships();
    Delivery answer = Delivery.SENT;

    Ear(Executor loop) {
        this.loop = loop;
    }

    @Override
    public Executor sender() {
        return loop;
    }

    @Override
    public Delivery deliver(Message message, Runnable droppedLater) {
        heard.add(message.form("text", bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
        return answer;
    }

    @Override
    public Memberships memberships() {
        return memberships;
    }

    void end() {
        memberships.end();
    }
}
