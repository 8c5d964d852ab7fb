package org.dormouse.websocket;

import jakarta.websocket.MessageHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Delivers to a {@link MessageHandler} that was added to a session. */
final class HandlerReceiver extends Receiver {
    private final MessageHandler handler;
    private final Conversion conversion;

    private HandlerReceiver(MessageHandler handler, Conversions.Found found, boolean partial) {
        super(found, partial, NO_MAXIMUM);
        this.handler = handler;
        this.conversion = found.conversion();
    }

    /**
     * One for each kind of message that becomes a {@code type}: there may be decoders for both.
     *
     * @throws IllegalArgumentException if {@code type} cannot be made from a message
     */
    static List<HandlerReceiver> whole(Class<?> type, MessageHandler.Whole<?> handler, Codecs codecs) {
        return receivers(type, handler, Conversions.whole(type, codecs), false);
    }

    /** @throws IllegalArgumentException if {@code type} cannot be made from a part of a message */
    static List<HandlerReceiver> partial(Class<?> type, MessageHandler.Partial<?> handler) {
        Conversions.Found found = Conversions.partial(type);
        return receivers(type, handler, found == null ? List.of() : List.of(found), true);
    }

    /**
     * Finds the type of message by the class of the handler.
     *
     * @throws IllegalArgumentException if the class does not say it (a lambda), or it cannot be made from a message
     */
    static List<HandlerReceiver> of(MessageHandler handler, Codecs codecs) {
        if (handler instanceof MessageHandler.Whole<?> whole) {
            return whole(type(handler, MessageHandler.Whole.class), whole, codecs);
        }
        if (handler instanceof MessageHandler.Partial<?> partial) {
            return partial(type(handler, MessageHandler.Partial.class), partial);
        }
        throw new IllegalArgumentException(
                handler.getClass().getName() + " is neither MessageHandler.Whole nor MessageHandler.Partial");
    }

    private static List<HandlerReceiver> receivers(
            Class<?> type, @Nullable MessageHandler handler, List<Conversions.Found> found, boolean partial) {
        if (handler == null) throw new IllegalArgumentException("no handler for " + type.getName());
        if (found.isEmpty()) throw new IllegalArgumentException("no message can be delivered as " + type.getName());
        return found.stream()
                .map(one -> new HandlerReceiver(handler, one, partial))
                .toList();
    }

    MessageHandler handler() {
        return handler;
    }

    @Override
    @SuppressWarnings("unchecked") // the conversion was chosen by the type the handler was added with
    void deliver(WebSocketSession session, Object message, boolean last) throws Throwable {
        Object converted = conversion.convert(session, message);
        if (isPartial()) {
            ((MessageHandler.Partial<Object>) handler).onMessage(converted, last);
        } else {
            ((MessageHandler.Whole<Object>) handler).onMessage(converted);
        }
    }

    private static Class<?> type(MessageHandler handler, Class<?> form) {
        Class<?> type = GenericTypes.argument(handler.getClass(), form);
        if (type == null) {
            throw new IllegalArgumentException(handler.getClass().getName()
                    + " does not say which messages it takes: use addMessageHandler(Class, MessageHandler)");
        }
        return type;
    }
}
