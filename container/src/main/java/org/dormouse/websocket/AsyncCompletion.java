package org.dormouse.websocket;

import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How the application learns what became of an asynchronous send: by a future or by its handler. */
interface AsyncCompletion extends OutboundFrame.Completion {
    /** Completes a future. */
    final class OfFuture extends CompletableFuture<@Nullable Void> implements AsyncCompletion {
        @Override
        public void completed(@Nullable Throwable failure) {
            if (failure == null) {
                complete(null);
            } else {
                completeExceptionally(failure);
            }
        }
    }

    /** Calls a handler, in a task of the application: a handler may send the next message, and must not do so on our stack. */
    record OfHandler(WebSocketSession session, SendHandler handler) implements AsyncCompletion {
        @Override
        public void completed(@Nullable Throwable failure) {
            session.executeForApplication(() ->
                    handler.onResult(failure == null ? new SendResult(session) : new SendResult(session, failure)));
        }
    }
}
