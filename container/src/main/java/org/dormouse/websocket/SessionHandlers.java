package org.dormouse.websocket;

import jakarta.websocket.MessageHandler;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who gets the messages of a session, at most one for each kind. Any thread; a message is its receiver's from its first byte on. */
abstract class SessionHandlers extends SessionOpening {
    private volatile @Nullable Receiver text;
    private volatile @Nullable Receiver binary;
    private volatile @Nullable Receiver pong;

    SessionHandlers(HandshakeResult handshake, EndpointModel model) {
        super(handshake);
        this.text = model.receiver(MessageKind.TEXT);
        this.binary = model.receiver(MessageKind.BINARY);
        this.pong = model.receiver(MessageKind.PONG);
    }

    abstract Codecs declaredCodecs();

    @Nullable
    final Receiver receiver(MessageKind kind) {
        return switch (kind) {
            case TEXT -> text;
            case BINARY -> binary;
            case PONG -> pong;
        };
    }

    @Override
    public final synchronized void addMessageHandler(MessageHandler handler) {
        add(HandlerReceiver.of(handler, declaredCodecs()));
    }

    @Override
    public final synchronized <T> void addMessageHandler(Class<T> type, MessageHandler.Whole<T> handler) {
        add(HandlerReceiver.whole(type, handler, declaredCodecs()));
    }

    @Override
    public final synchronized <T> void addMessageHandler(Class<T> type, MessageHandler.Partial<T> handler) {
        add(HandlerReceiver.partial(type, handler));
    }

    private void add(List<HandlerReceiver> receivers) {
        requireOpen();
        for (HandlerReceiver one : receivers) {
            if (receiver(one.kind()) == null) continue;
            throw new IllegalStateException("the session has a handler for messages of kind " + one.kind());
        }
        for (HandlerReceiver one : receivers) set(one.kind(), one);
    }

    @Override
    public final synchronized Set<MessageHandler> getMessageHandlers() {
        requireOpen();
        Set<MessageHandler> handlers = new LinkedHashSet<>();
        for (MessageKind kind : MessageKind.values()) {
            if (receiver(kind) instanceof HandlerReceiver added) handlers.add(added.handler());
        }
        return Collections.unmodifiableSet(handlers);
    }

    @Override
    public final synchronized void removeMessageHandler(MessageHandler handler) {
        requireOpen();
        for (MessageKind kind : MessageKind.values()) {
            if (receiver(kind) instanceof HandlerReceiver added
                    && added.handler().equals(handler)) set(kind, null);
        }
    }

    private void set(MessageKind kind, @Nullable Receiver receiver) {
        switch (kind) {
            case TEXT -> text = receiver;
            case BINARY -> binary = receiver;
            case PONG -> pong = receiver;
        }
    }
}
