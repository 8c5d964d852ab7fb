package org.dormouse.push;

import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who hear the same: a room of a chat, the watchers of a price. A name in its {@link Hub}; it takes no room there while nobody is in it,
 * and this object can be kept or asked for again as one likes.
 *
 * <pre>{@code
 * Group room = Hub.of(session).group("garden");
 * room.join(session, "Hazel");
 * room.broadcast("Hazel woke up", session);      // to all but Hazel
 * }</pre>
 *
 * <p>Any thread; nothing here waits. A broadcast goes to those who are members when it is called. It is encoded once, and compressed once where
 * members have agreed on that, and all share the bytes. What one thread broadcasts, each member gets in order; what two threads broadcast at
 * the same time may reach two members in different order. A member that reads too slowly is treated by its own policy ({@link SlowPeer}),
 * where {@code BLOCK} means what {@code FAIL} does: the message is left out for this member, and counted.
 */
public final class Group {
    private final Hub hub;
    private final String name;

    Group(Hub hub, String name) {
        this.hub = hub;
        this.name = name;
    }

    public Hub hub() {
        return hub;
    }

    public String name() {
        return name;
    }

    // --- members

    /** {@link #join(Session, Object)} without saying who. */
    public boolean join(Session session) {
        return join(session, null);
    }

    /**
     * Adds a session. It leaves when it closes, without being told to.
     *
     * @param who what {@link Member#who} gives
     * @return false if it was a member before, or is closed
     * @throws HubFullException if a limit does not allow it
     * @throws IllegalArgumentException if {@code session} is not one of this server, but a wrapper of somebody else's
     */
    public boolean join(Session session, @Nullable Object who) {
        return hub.join(name, Recipient.of(session), who);
    }

    /** {@link #join(EventStream, Object)} without saying who. */
    public boolean join(EventStream stream) {
        return join(stream, null);
    }

    /**
     * Adds an event stream. It leaves when it ends, without being told to.
     *
     * @return false if it was a member before, or has ended
     * @throws HubFullException if a limit does not allow it
     */
    public boolean join(EventStream stream, @Nullable Object who) {
        return hub.join(name, stream, who);
    }

    /** Removes a session; it still gets what was broadcast before. False if it was no member. */
    public boolean leave(Session session) {
        return hub.leave(name, Recipient.of(session), null);
    }

    /** Removes a stream; it still gets what was broadcast before. False if it was no member. */
    public boolean leave(EventStream stream) {
        return hub.leave(name, stream, null);
    }

    /** How many members there are now. */
    public int size() {
        GroupState state = hub.find(name);
        return state == null ? 0 : state.members().size();
    }

    /** Who is there now, in no order. */
    public Collection<Member> members() {
        GroupState state = hub.find(name);
        return state == null ? List.of() : List.copyOf(state.members().values());
    }

    public boolean has(Session session) {
        GroupState state = hub.find(name);
        return state != null && state.members().containsKey(Recipient.of(session));
    }

    // --- messages

    /** Sends a text to all; see {@link #broadcast(Message)}. */
    public boolean broadcast(String text) {
        return broadcast(Message.text(text));
    }

    /** Sends a text to all but {@code except}; see {@link #broadcast(Message)}. */
    public boolean broadcast(String text, Session except) {
        return broadcast(Message.text(text), except);
    }

    /** Sends a copy of what remains of {@code bytes} to all; see {@link #broadcast(Message)}. */
    public boolean broadcast(ByteBuffer bytes) {
        return broadcast(Message.binary(bytes));
    }

    /** Sends a copy of what remains of {@code bytes} to all but {@code except}; see {@link #broadcast(Message)}. */
    public boolean broadcast(ByteBuffer bytes, Session except) {
        return broadcast(Message.binary(bytes), except);
    }

    /**
     * Sends a message to all who are members now.
     *
     * @return false, and nobody gets it, if more than {@code push.max-pending} would wait for the loops to send it
     */
    public boolean broadcast(Message message) {
        return hub.broadcast(name, message, null);
    }

    /** Sends a message to all who are members now but {@code except}; see {@link #broadcast(Message)}. */
    public boolean broadcast(Message message, Session except) {
        return hub.broadcast(name, message, Recipient.of(except));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Group group && group.hub.equals(hub) && group.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "group \"" + name + "\"";
    }
}
