package org.dormouse.push;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Somebody in a group. Any thread. */
public final class Member {
    private static final AtomicIntegerFieldUpdater<Member> TOLD =
            AtomicIntegerFieldUpdater.newUpdater(Member.class, "told");
    private static final int NOTHING = 0;
    private static final int JOINED = 1;
    private static final int LEFT = 2;

    private final Hub hub;
    private final String group;
    private final Recipient recipient;
    private final @Nullable Object who;

    /** What listeners know: who joins tells that first, and who leaves it meanwhile leaves the rest to that thread. */
    private volatile int told = NOTHING;

    /** Where it is among those that its branch sends to; -1 outside of it. The branch's task. */
    int index = -1;

    Member(Hub hub, String group, Recipient recipient, @Nullable Object who) {
        this.hub = hub;
        this.group = group;
        this.recipient = recipient;
        this.who = who;
    }

    /** The group. */
    public Group group() {
        return new Group(hub, group);
    }

    /** The {@link jakarta.websocket.Session} or {@link EventStream}. */
    public Object source() {
        return recipient;
    }

    /** What was given with it when it joined: a name, a user. */
    public @Nullable Object who() {
        return who;
    }

    Recipient recipient() {
        return recipient;
    }

    /** Listeners have been told that it joined; false if it has left meanwhile, and they are to be told that too. */
    boolean joinedIsTold() {
        return TOLD.compareAndSet(this, NOTHING, JOINED);
    }

    /** It has left; false if the thread that joins will tell. */
    boolean mayTellLeft() {
        return told == JOINED || !TOLD.compareAndSet(this, NOTHING, LEFT);
    }

    /** False if it has left before. */
    boolean leave() {
        return hub.leave(group, recipient, this);
    }
}
