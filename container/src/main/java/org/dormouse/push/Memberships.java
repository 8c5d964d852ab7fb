package org.dormouse.push;

import java.util.ArrayList;
import java.util.List;

/** The groups that one recipient is in, so that it can leave them when it ends. Any thread; the lock is held for a few assignments. */
public final class Memberships {
    /** Of a recipient that ended without having been in any. */
    public static final Memberships ENDED = new Memberships();

    static {
        ENDED.end();
    }

    private final List<Member> members = new ArrayList<>(1); // guarded by this
    private boolean hasEnded; // guarded by this

    /** False, and nothing is added, if the recipient has ended. */
    synchronized boolean add(Member member, HubLimits limits) {
        if (hasEnded) return false;
        if (members.size() >= limits.maxGroupsPerMember())
            throw new HubFullException("one client in " + members.size() + " groups", HubLimits.MAX_GROUPS_PER_MEMBER);
        members.add(member);
        return true;
    }

    synchronized void remove(Member member) {
        members.remove(member);
    }

    synchronized boolean has(Member member) {
        return members.contains(member);
    }

    /** The recipient ends: it leaves its groups, and joins no other. */
    public void end() {
        List<Member> left;
        synchronized (this) {
            hasEnded = true;
            left = List.copyOf(members);
            members.clear();
        }
        for (Member member : left) member.leave();
    }
}
