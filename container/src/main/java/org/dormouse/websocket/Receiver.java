package org.dormouse.websocket;

/** What the messages of one kind are delivered to: a method of an annotated endpoint, or a {@code MessageHandler}. */
abstract class Receiver {
    /** No limit of its own: that of the session holds. */
    static final long NO_MAXIMUM = -1;

    /** For the rest of a compressed message that nobody reads: what comes after it may refer to it. */
    static final Receiver NOBODY =
            new Receiver(new Conversions.Found(MessageKind.BINARY, (s, m) -> m, false), true, NO_MAXIMUM) {
                @Override
                void deliver(WebSocketSession session, Object message, boolean last) {}
            };

    private final MessageKind kind;
    private final boolean partial;
    private final boolean stream;
    private final long maxMessageSize;

    Receiver(Conversions.Found found, boolean partial, long maxMessageSize) {
        this.kind = found.kind();
        this.partial = partial;
        this.stream = found.isStream();
        this.maxMessageSize = maxMessageSize;
    }

    final MessageKind kind() {
        return kind;
    }

    /** Whether it takes messages in parts, as they arrive. */
    final boolean isPartial() {
        return partial;
    }

    /** Whether it can begin before the message is complete: it takes an {@link InboundStream} too. */
    final boolean isStream() {
        return stream;
    }

    /** Bytes of a whole message it takes, or {@link #NO_MAXIMUM}. */
    final long maxMessageSize() {
        return maxMessageSize;
    }

    /**
     * Calls the application. In a thread of the application, one call at a time for a session.
     *
     * @param message a String for text, a {@code byte[]} for binary, a {@code PongMessage} for pongs; the receiver's own from now on. One
     *     that {@link #isStream} may get an {@link InboundStream} instead
     * @param last whether the message ends with it; always true for whole messages
     * @throws Throwable what the application threw
     */
    abstract void deliver(WebSocketSession session, Object message, boolean last) throws Throwable;
}
