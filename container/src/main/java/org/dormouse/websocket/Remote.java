package org.dormouse.websocket;

import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.dormouse.push.SlowPeer;
import org.jspecify.annotations.Nullable;

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

    /** For all remotes of the session: messages wait until {@value WebSocketOutput#BATCH_BYTES} bytes have come together, or for a flush. */
    @Override
    public final void setBatchingAllowed(boolean allowed) throws IOException {
        connection().output().batching(allowed);
        if (!allowed) flushBatch();
    }

    @Override
    public final boolean getBatchingAllowed() {
        return connection().output().isBatching();
    }

    @Override
    public final void flushBatch() throws IOException {
        await(connection().output().flushBatch(ParkedSender.HERE, sendTimeoutNanos()));
    }

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
        sendAndWait(FrameHead.LAST | opcode, bytes(data));
    }

    // --- frames, compressed where that was agreed on and is worth it

    /**
     * Sends a text message, or a part of one, and waits until the network has taken it.
     *
     * @throws IOException if it was not sent: the session is closed, the peer left, or did not read for too long
     */
    final void sendTextAndWait(int first, String text) throws IOException {
        if (session.isCompressed() && !session.deflate().isShort(first, text.length())) {
            sendDataAndWait(first, text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        WebSocketConnection connection = connection();
        connection.requireOpen();
        await(connection.output().sendText(first, text, ParkedSender.HERE, sendTimeoutNanos()));
    }

    /** Like {@link #sendTextAndWait}, for bytes, which nobody changes any more. */
    final void sendDataAndWait(int first, byte[] payload) throws IOException {
        if (!session.isCompressed()) {
            sendAndWait(first, payload);
            return;
        }
        connection().requireOpen();
        SessionDeflate.Outgoing frame = session.deflate().outgoing(first, payload);
        sendAndWait(frame.first, frame.payload);
    }

    /** Sends a whole message; {@code completion} is told what became of it. Waits only where the policy for slow peers says so. */
    final void sendDataAsync(int first, byte[] payload, AsyncCompletion completion) {
        if (!session.isCompressed()) {
            sendAsync(first, payload, completion);
            return;
        }
        SessionDeflate.Outgoing frame = session.deflate().outgoing(first, payload);
        sendAsync(frame.first, frame.payload, completion);
    }

    private void sendAndWait(int first, byte[] payload) throws IOException {
        WebSocketConnection connection = connection();
        connection.requireOpen();
        await(connection.output().send(first, payload, ParkedSender.HERE, sendTimeoutNanos()));
    }

    /** Sends a frame as it is. */
    final void sendAsync(int first, byte[] payload, AsyncCompletion completion) {
        WebSocketConnection connection = connection();
        OutboundFrame frame;
        try {
            connection.requireOpen();
            if (!connection.output().hasBudget(payload.length) && !isDropping(payload.length)) {
                sendAndWait(first, payload);
                frame = null;
            } else {
                frame = connection.output().send(first, payload, completion, asyncTimeoutNanos());
            }
        } catch (IOException e) {
            completion.completed(e);
            return;
        }
        connection.sent(frame);
        if (frame == null) completion.completed(null);
    }

    /**
     * What to do with an asynchronous message beyond the budget.
     *
     * @return true if it takes the place of older ones, false if this thread has to wait
     * @throws IOException if it is not to be sent
     */
    private boolean isDropping(int length) throws IOException {
        WebSocketOutput output = connection().output();
        SlowPeer policy = output.slowPeer();
        if (policy == SlowPeer.DROP_OLDEST) return true;
        if (policy == SlowPeer.BLOCK) return false;
        String over = "message of " + output.overBudget(length);
        if (policy == SlowPeer.CLOSE) connection().breakOff(new ProtocolViolation(Breach.SLOW_PEER, over));
        throw new IOException(over + ": not sent");
    }

    private void await(@Nullable OutboundFrame frame) throws IOException {
        connection().sent(frame);
        if (frame != null && frame.completion() instanceof ParkedSender parked) parked.await();
    }

    private long sendTimeoutNanos() {
        return session.limits().sendTimeout().toNanos();
    }

    final long asyncTimeoutNanos() {
        long millis = session.asyncTimeoutMillis();
        return millis <= 0 ? OutboundFrame.NEVER : Math.min(millis, Long.MAX_VALUE / 2_000_000) * 1_000_000;
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
