package org.dormouse.websocket;

import java.io.IOException;
import org.dormouse.push.Message;
import org.dormouse.push.Recipient.Delivery;
import org.jspecify.annotations.Nullable;

/** Sends what goes to all members of a group, from bytes that they share. Never waits. Made for each message: it keeps nothing. */
final class GroupRemote extends Remote {
    /** Names the form of a message for all sessions of all groups. */
    static final Object PREPARED = new Object();

    GroupRemote(WebSocketSession session) {
        super(session);
    }

    /** See {@link org.dormouse.push.Recipient#deliver}. */
    Delivery deliver(Message message, Runnable droppedLater) {
        WebSocketConnection connection = connection();
        if (!connection.isOpen()) return Delivery.GONE;
        int opcode = message.isText() ? Opcode.TEXT : Opcode.BINARY;
        PreparedMessage prepared = message.form(PREPARED, payload -> PreparedMessage.of(opcode, payload));
        WebSocketOutput output = connection.output();
        // Behind the last part it would come late, and an endless stream would make it wait for ever.
        if (output.isInParts() || !mayTake(connection, prepared.length())) return Delivery.DROPPED;
        SessionDeflate.Outgoing frame = outgoing(output, prepared);
        try {
            connection.sent(
                    output.send(frame.first, frame.payload, new DroppedLater(droppedLater), asyncTimeoutNanos()));
            return Delivery.SENT;
        } catch (IOException e) {
            return Delivery.GONE;
        }
    }

    /** By the policy for slow peers, of which this cannot wait. */
    private static boolean mayTake(WebSocketConnection connection, int length) {
        WebSocketOutput output = connection.output();
        if (output.hasBudget(length)) return true;
        return switch (output.slowPeer()) {
            case FAIL, BLOCK -> false;
            case DROP_OLDEST -> true;
            case CLOSE -> {
                connection.breakOff(new ProtocolViolation(Breach.SLOW_PEER, "message of " + output.overBudget(length)));
                yield false;
            }
        };
    }

    /** A client has to mask its own copy. */
    private SessionDeflate.Outgoing outgoing(WebSocketOutput output, PreparedMessage message) {
        boolean isServer = output.role() == Role.SERVER;
        if (session().isCompressed()) {
            SessionDeflate deflate = session().deflate();
            return isServer ? deflate.wire(message) : deflate.outgoing(message);
        }
        int first = FrameHead.LAST | message.opcode();
        return isServer
                ? new SessionDeflate.Outgoing(first | FrameWriter.WIRE, message.frame())
                : new SessionDeflate.Outgoing(first, message.payload());
    }

    private record DroppedLater(Runnable dropped) implements AsyncCompletion {
        @Override
        public void completed(@Nullable Throwable failure) {
            if (failure != null) dropped.run();
        }
    }
}
