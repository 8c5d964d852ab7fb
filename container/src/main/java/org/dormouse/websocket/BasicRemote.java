package org.dormouse.websocket;

import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends and waits. Any thread, several at once: whole messages are sent in the order of the calls. A frame is refused with an
 * {@link IllegalStateException} while a message of another type is unfinished in parts.
 */
final class BasicRemote extends Remote implements RemoteEndpoint.Basic {
    BasicRemote(WebSocketSession session) {
        super(session);
    }

    @Override
    public void sendText(String text) throws IOException {
        required(text);
        sendTextAndWait(fragments().whole(Opcode.TEXT), text);
    }

    @Override
    public void sendBinary(ByteBuffer data) throws IOException {
        sendDataAndWait(fragments().whole(Opcode.BINARY), bytes(required(data)));
    }

    @Override
    public void sendText(String part, boolean last) throws IOException {
        required(part);
        sendTextAndWait(fragments().part(Opcode.TEXT, last), part);
    }

    @Override
    public void sendBinary(ByteBuffer part, boolean last) throws IOException {
        required(part);
        sendDataAndWait(fragments().part(Opcode.BINARY, last), bytes(part));
    }

    @Override
    public OutputStream getSendStream() {
        return new SendStream(this);
    }

    @Override
    public Writer getSendWriter() {
        return new SendWriter(this);
    }

    @Override
    public void sendObject(Object data) throws IOException, EncodeException {
        sendAny(required(data));
    }

    /** Sends what {@code data} is or is encoded to: text or binary. */
    void sendAny(Object data) throws IOException, EncodeException {
        Object encoded = encoded(data);
        if (encoded instanceof String text) {
            sendText(text);
        } else {
            sendBinary((ByteBuffer) encoded);
        }
    }

    static <T> T required(@Nullable T argument) {
        if (argument == null) throw new IllegalArgumentException("null cannot be sent");
        return argument;
    }
}
