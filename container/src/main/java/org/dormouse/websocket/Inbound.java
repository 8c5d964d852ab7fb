package org.dormouse.websocket;

import org.jspecify.annotations.Nullable;

/** A message, or a part of one, on its way from the loop to the application. Its receiver was chosen when the message began. */
final class Inbound {
    final Receiver receiver;
    final Object message;
    final boolean last;

    @Nullable
    Inbound next;

    Inbound(Receiver receiver, Object message, boolean last) {
        this.receiver = receiver;
        this.message = message;
        this.last = last;
    }
}
