package org.dormouse.push;

import jakarta.servlet.ServletContext;
import jakarta.websocket.Session;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups by their names. Each application has one, with the limits of the server's configuration ({@link #of(ServletContext)}, {@link
 * #of(Session)}); it may make others. Any thread; no lock is held while anything is sent or anybody is called.
 */
public final class Hub implements AutoCloseable {
    /** Name of the context attribute that has the application's. */
    public static final String ATTRIBUTE = "org.dormouse.push.Hub";

    /** What has a hub: the WebSocket container of an application of this server. */
    public interface Owner {
        /** Its hub. */
        Hub hub();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    /** What a message that waits takes beside its bytes. */
    private static final int MESSAGE_COST = 128;

    private final HubLimits limits;
    private final Map<String, GroupState> groups = new ConcurrentHashMap<>();
    private final AtomicInteger groupCount = new AtomicInteger();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final CopyOnWriteArrayList<PresenceListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicInteger memberships = new AtomicInteger();
    private final LongAdder broadcasts = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    public Hub() {
        this(HubLimits.DEFAULT);
    }

    public Hub(HubLimits limits) {
        this.limits = limits;
    }

    /**
     * The application's own.
     *
     * @throws IllegalStateException if the server is not Dormouse
     */
    public static Hub of(ServletContext context) {
        if (context.getAttribute(ATTRIBUTE) instanceof Hub hub) return hub;
        throw new IllegalStateException(context.getServerInfo() + " gives applications no " + ATTRIBUTE);
    }

    /**
     * That of the application whose session this is.
     *
     * @throws IllegalArgumentException if it is none of an endpoint of this server
     */
    public static Hub of(Session session) {
        if (session.getContainer() instanceof Owner owner) return owner.hub();
        throw new IllegalArgumentException(
                session.getClass().getName() + " is no session of an endpoint of this server");
    }

    public HubLimits limits() {
        return limits;
    }

    /** The group of this name, whether anybody is in it or not. */
    public Group group(String name) {
        return new Group(this, name);
    }

    /** The names of the groups that somebody is in now. */
    public Set<String> names() {
        var names = new TreeSet<String>();
        groups.forEach((name, state) -> {
            if (!state.members().isEmpty()) names.add(name);
        });
        return names;
    }

    /**
     * Has {@code listener} told of everybody who comes and goes, in all groups.
     *
     * @return run it to end that
     */
    public Runnable onPresence(PresenceListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    public HubCounts counts() {
        return new HubCounts(
                names().size(), memberships.get(), broadcasts.sum(), refused.sum(), sent.sum(), dropped.sum());
    }

    /** The application stops: its event streams end. */
    @Override
    public void close() {
        for (EventStream stream : streams) stream.close();
    }

    // --- for groups

    @Nullable
    GroupState find(String name) {
        return groups.get(name);
    }

    boolean join(String name, Recipient recipient, @Nullable Object who) {
        var member = new Member(this, name, recipient, who);
        GroupState known = groups.get(name);
        if (known != null && known.members().containsKey(recipient)) return false;
        if (!recipient.memberships().add(member, limits)) return false;
        boolean isIn = false;
        try {
            isIn = enter(member, name);
        } finally {
            if (!isIn) recipient.memberships().remove(member);
        }
        if (!isIn) return false;
        for (PresenceListener listener : listeners) tell(listener, l -> l.joined(member));
        if (!member.joinedIsTold()) tellLeft(member);
        // who ended after it was asked whether it had did not find itself here
        return recipient.memberships().has(member) || !member.leave();
    }

    private boolean enter(Member member, String name) {
        boolean[] isIn = new boolean[1];
        groups.compute(name, (key, present) -> {
            GroupState state = present == null ? begin(key) : present;
            Map<Recipient, Member> members = state.members();
            if (members.containsKey(member.recipient())) return state;
            if (members.size() >= limits.maxMembers())
                throw new HubFullException(state + " has " + members.size() + " members", HubLimits.MAX_MEMBERS);
            state.join(member);
            isIn[0] = true;
            return state;
        });
        if (isIn[0]) memberships.incrementAndGet();
        return isIn[0];
    }

    private GroupState begin(String name) {
        int before;
        do {
            before = groupCount.get();
            if (before >= limits.maxGroups())
                throw new HubFullException("there are " + before + " groups", HubLimits.MAX_GROUPS);
        } while (!groupCount.compareAndSet(before, before + 1));
        return new GroupState(this, name);
    }

    /** @param only if not null, who leaves: the recipient may have joined again since */
    boolean leave(String name, Recipient recipient, @Nullable Member only) {
        Member[] left = new Member[1];
        groups.computeIfPresent(name, (key, state) -> {
            if (only == null || only.equals(state.members().get(recipient))) left[0] = state.leave(recipient);
            return state;
        });
        Member member = left[0];
        if (member == null) return false;
        memberships.decrementAndGet();
        recipient.memberships().remove(member);
        if (member.mayTellLeft()) tellLeft(member);
        return true;
    }

    void retire(String name, GroupState done) {
        groups.computeIfPresent(name, (key, state) -> {
            if (state != done || !state.isDone()) return state;
            groupCount.decrementAndGet();
            return null;
        });
    }

    boolean broadcast(String name, Message message, @Nullable Recipient except) {
        GroupState state = groups.get(name);
        if (state == null) return true;
        if (state.broadcast(message, except)) {
            broadcasts.increment();
            return true;
        }
        refused.increment();
        return false;
    }

    private void tellLeft(Member member) {
        for (PresenceListener listener : listeners) tell(listener, l -> l.left(member));
    }

    private static void tell(PresenceListener listener, Consumer<PresenceListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) { // the others are told, and the member is where it belongs
            LOG.error("{} failed", listener.getClass().getName(), e);
        }
    }

    // --- for what sends

    boolean reserve(Message message, int times) {
        long cost = (long) times * (message.size() + MESSAGE_COST);
        long present = pending.getAndAdd(cost);
        if (present == 0 || present + cost <= limits.maxPending()) return true;
        pending.addAndGet(-cost);
        return false;
    }

    void release(Message message) {
        pending.addAndGet(-(message.size() + MESSAGE_COST));
    }

    void count(long moreSent, long moreDropped) {
        if (moreSent > 0) sent.add(moreSent);
        if (moreDropped > 0) dropped.add(moreDropped);
    }

    void droppedLater() {
        sent.decrement();
        dropped.increment();
    }

    // --- for event streams

    void opened(EventStream stream) {
        streams.add(stream);
    }

    void ended(EventStream stream) {
        streams.remove(stream);
    }
}
