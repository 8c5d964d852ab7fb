package org.dormouse.websocket;

import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sends without waiting. Any thread, several at once: messages are sent in the order of the calls. What a slow peer does not take waits in
 * the session, up to {@code websocket.send-budget}; beyond it a send fails, and the session goes on.
 */
final class AsyncRemote extends Remote implements RemoteEndpoint.Async {
    AsyncRemote(WebSocketSession session) {
        super(session);
    }

    @Override
    public long getSendTimeout() {
        return session().asyncTimeoutMillis();
    }

    @Override
    public void setSendTimeout(long millis) {
        session().asyncTimeoutMillis(millis);
    }

    @Override
    public void sendText(String text, SendHandler handler) {
        text(BasicRemote.required(text), handler(handler));
    }

    @Override
    public Future<@Nullable Void> sendText(String text) {
        AsyncCompletion.OfFuture future = new AsyncCompletion.OfFuture();
        text(BasicRemote.required(text), future);
        return future;
    }

    @Override
    public Future<@Nullable Void> sendBinary(ByteBuffer data) {
        AsyncCompletion.OfFuture future = new AsyncCompletion.OfFuture();
        binary(BasicRemote.required(data), future);
        return future;
    }

    @Override
    public void sendBinary(ByteBuffer data, SendHandler handler) {
        binary(BasicRemote.required(data), handler(handler));
    }

    @Override
    public Future<@Nullable Void> sendObject(Object data) {
        AsyncCompletion.OfFuture future = new AsyncCompletion.OfFuture();
        object(BasicRemote.required(data), future);
        return future;
    }

    @Override
    public void sendObject(Object data, SendHandler handler) {
        object(BasicRemote.required(data), handler(handler));
    }

    private AsyncCompletion handler(SendHandler handler) {
        return new AsyncCompletion.OfHandler(session(), BasicRemote.required(handler));
    }

    private void text(String text, AsyncCompletion completion) {
        sendDataAsync(fragments().whole(Opcode.TEXT), text.getBytes(StandardCharsets.UTF_8), completion);
    }

    private void binary(ByteBuffer data, AsyncCompletion completion) {
        int first = fragments().whole(Opcode.BINARY);
        sendDataAsync(first, bytes(data), completion);
    }

    private void object(Object data, AsyncCompletion completion) {
        Object encoded;
        try {
            encoded = encoded(data);
        } catch (EncodeException | IOException | RuntimeException e) {
            completion.completed(e);
            return;
        }
        if (encoded instanceof String text) {
            text(text, completion);
        } else {
            binary((ByteBuffer) encoded, completion);
        }
    }
}
