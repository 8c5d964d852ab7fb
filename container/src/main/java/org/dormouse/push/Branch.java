package org.dormouse.push;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of one group that one executor sends to, most often a loop. Who joins, leaves or has something to say leaves a step, and one task
 * takes them in order; so a message goes to those who were members when it was broadcast, however long it takes. After a few hundred sends the
 * task goes to the end of its executor's queue: a large group must not hold up a loop's other connections.
 */
final class Branch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Branch.class);

    /** Steps and sends in one go: about a millisecond. */
    private static final int GO = 256;

    /** Something that members of a group are told, or that changes who they are. */
    sealed interface Step {
        /** {@code member} belongs to those who are sent to. */
        record Join(Member member) implements Step {}

        /** {@code member} does not any more. */
        record Leave(Member member) implements Step {}

        /** {@code message} goes to all but {@code except}. */
        record Broadcast(Message message, @Nullable Recipient except) implements Step {}
    }

    private final GroupState group;
    private final Executor executor;

    // any thread
    private final ConcurrentLinkedQueue<Step> steps = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isAsked = new AtomicBoolean();

    // the task
    private Member[] members = new Member[4];
    private int size;
    private Step.@Nullable Broadcast present;
    private int next; // of the members that the present message goes to

    Branch(GroupState group, Executor executor) {
        this.group = group;
        this.executor = executor;
    }

    /** Any thread; steps of one caller keep their order. */
    void add(Step step) {
        steps.add(step);
        if (isAsked.compareAndSet(false, true)) executor.execute(this);
    }

    /** Whether nothing is left to do. Any thread. */
    boolean isIdle() {
        return steps.isEmpty() && !isAsked.get();
    }

    @Override
    public void run() {
        int left = GO;
        long sent = 0;
        long dropped = 0;
        while (left > 0) {
            Step.Broadcast message = present;
            if (message == null) {
                Step step = steps.poll();
                if (step == null) break;
                left--;
                take(step);
            } else if (next == size) {
                present = null;
                group.delivered(message.message());
            } else {
                Member member = members[next++];
                if (member.recipient().equals(message.except())) continue;
                left--;
                switch (deliver(member, message.message())) {
                    case SENT -> sent++;
                    case DROPPED -> dropped++;
                    case GONE -> {}
                }
            }
        }
        group.count(sent, dropped);
        if (left == 0) {
            executor.execute(this);
            return;
        }
        isAsked.set(false);
        if (!steps.isEmpty()) {
            if (isAsked.compareAndSet(false, true)) executor.execute(this);
        } else if (size == 0) {
            group.retire();
        }
    }

    private void take(Step step) {
        switch (step) {
            case Step.Join(Member member) -> {
                if (size == members.length) members = Arrays.copyOf(members, 2 * size);
                member.index = size;
                members[size++] = member;
            }
            case Step.Leave(Member member) -> {
                Member last = members[--size];
                members[member.index] = last;
                last.index = member.index;
                members[size] = null;
                member.index = -1;
                if (size < members.length / 4 && size >= 4) members = Arrays.copyOf(members, members.length / 2);
            }
            case Step.Broadcast message -> {
                present = message;
                next = 0;
            }
        }
    }

    private Recipient.Delivery deliver(Member member, Message message) {
        try {
            return member.recipient().deliver(message, group.droppedLater());
        } catch (RuntimeException e) { // the others are not to blame
            LOG.error("{} could not be sent to a member of {}", message, group, e);
            return Recipient.Delivery.DROPPED;
        }
    }
}
