package org.dormouse.push;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A group that somebody is in, or was a moment ago. Any thread; members come and go while the hub's map holds the group's entry. */
final class GroupState {
    private final Hub hub;
    private final String name;
    private final Map<Recipient, Member> members = new ConcurrentHashMap<>(4);
    private final Map<Executor, Branch> branches = new ConcurrentHashMap<>(2);
    private final Runnable droppedLater;

    GroupState(Hub hub, String name) {
        this.hub = hub;
        this.name = name;
        this.droppedLater = hub::droppedLater;
    }

    Map<Recipient, Member> members() {
        return members;
    }

    boolean isDone() {
        return members.isEmpty() && branches.values().stream().allMatch(Branch::isIdle);
    }

    /** Within the hub's map. */
    void join(Member member) {
        members.put(member.recipient(), member);
        branches.computeIfAbsent(member.recipient().sender(), executor -> new Branch(this, executor))
                .add(new Branch.Step.Join(member));
    }

    /** Within the hub's map. */
    @Nullable
    Member leave(Recipient recipient) {
        Member member = members.remove(recipient);
        if (member == null) return null;
        Branch branch = branches.get(recipient.sender());
        if (branch == null) throw new AssertionError("a member of no branch");
        branch.add(new Branch.Step.Leave(member));
        return member;
    }

    /** False, and nobody gets it, if there is no room. */
    boolean broadcast(Message message, @Nullable Recipient except) {
        var targets = branches.values().toArray(Branch[]::new);
        if (!hub.reserve(message, targets.length)) return false;
        var step = new Branch.Step.Broadcast(message, except);
        for (Branch branch : targets) branch.add(step);
        return true;
    }

    // --- for branches

    void delivered(Message message) {
        hub.release(message);
    }

    void count(long sent, long dropped) {
        hub.count(sent, dropped);
    }

    Runnable droppedLater() {
        return droppedLater;
    }

    /** Nobody is here: the hub forgets it, unless somebody comes. */
    void retire() {
        hub.retire(name, this);
    }

    @Override
    public String toString() {
        return "group \"" + name + "\"";
    }
}
