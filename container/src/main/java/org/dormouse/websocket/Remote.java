package org.dormouse.websocket;

import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What both ways of sending have in common. Made for each call of the session that asks for it: it keeps nothing. */
abstract class Remote implements RemoteEndpoint {
    private final WebSocketSession session;

    Remote(WebSocketSession session) {
        this.session = session;
    }

    final WebSocketSession session() {
        return session;
    }

    final WebSocketConnection connection() {
        return session.connection();
    }

    final Fragments fragments() {
        return session.connection().output();
    }

    /** Batching is not supported, as the specification allows: every message is sent at once. */
    @Override
    public final void setBatchingAllowed(boolean allowed) {}

    @Override
    public final boolean getBatchingAllowed() {
        return false;
    }

    @Override
    public final void flushBatch() {}

    @Override
    public final void sendPing(ByteBuffer data) throws IOException {
        sendControl(Opcode.PING, data);
    }

    @Override
    public final void sendPong(ByteBuffer data) throws IOException {
        sendControl(Opcode.PONG, data);
    }

    private void sendControl(int opcode, ByteBuffer data) throws IOException {
        int length = BasicRemote.required(data).remaining();
        if (length > 125) throw new IllegalArgumentException("control frame of " + length + " bytes, limit 125");
        byte[] bytes = bytes(data);
        connection().sendAndWait(FrameHead.LAST | opcode, bytes, 0, bytes.length);
    }

    /** The String or ByteBuffer to send for {@code data}. An encoder of the endpoint goes before what the container can do. */
    final Object encoded(Object data) throws EncodeException, IOException {
        Codecs.Codec encoder = session.declaredCodecs().encoder(data.getClass());
        if (encoder != null) return session.codecs().encode(encoder, data);
        if (data instanceof String || data instanceof ByteBuffer) return data;
        if (data instanceof byte[] bytes) return ByteBuffer.wrap(bytes);
        if (TextConversion.isPrimitive(data.getClass())) return data.toString();
        throw new EncodeException(
                data, "there is no encoder for " + data.getClass().getName());
    }

    /** Takes what remains in {@code data}. A copy: the caller may use the buffer again although the frame still waits. */
    static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }
}
