package org.dormouse.websocket;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes of the frames of one session what its application gets: whole messages, or parts of them, checked as they arrive. Answers pings. What is
 * compressed stays so: the task of the session makes messages of it, one at a time ({@link SessionDeflate}). Loop owner only.
 */
final class MessageReader extends FrameParser implements FrameParser.Frames {
    /** A receiver of parts gets one when a frame ends, or when so many bytes have come together. */
    static final int PART_BYTES = 8 * 1024;

    private final WebSocketConnection connection;
    private @Nullable Receiver receiver; // of the data message that is arriving; null to skip it
    private @Nullable MessageAssembly assembly;
    private @Nullable InboundStream stream; // of a message whose end has not come
    private byte @Nullable [] control; // payload so far of a control frame that came in pieces
    private int utf8;
    private boolean inMessage; // a data message has begun and not ended

    MessageReader(WebSocketConnection connection, Role role, boolean compresses) {
        super(role, compresses);
        this.connection = connection;
    }

    /**
     * Takes {@code bytes[from..to)}, which are unmasked in place.
     *
     * @return false if nothing that follows is of interest
     */
    boolean take(byte[] bytes, int from, int to) throws ProtocolViolation {
        return parse(bytes, from, to, this);
    }

    @Override
    public void frame(int opcode, boolean compressed, boolean last, long length) throws ProtocolViolation {
        if (Opcode.isControl(opcode)) return;
        if (!inMessage) {
            inMessage = true;
            utf8 = Utf8.BOUNDARY;
            receiver = connection.session().receiver(opcode == Opcode.TEXT ? MessageKind.TEXT : MessageKind.BINARY);
        }
        Receiver target = receiver;
        if (target == null || target.isPartial()) return;
        if (target.isStream() && target.maxMessageSize() == Receiver.NO_MAXIMUM) return;
        long present = stream != null ? stream.total() : assembly == null ? 0 : assembly.length();
        if (compressed) connection.session().checkCompressedSize(target, present, length);
        else connection.session().checkSize(target, present, length);
    }

    @Override
    public boolean payload(byte[] bytes, int from, int to, boolean complete) throws ProtocolViolation {
        int opcode = opcode();
        if (Opcode.isControl(opcode)) return controlPayload(bytes, from, to, complete);
        boolean end = complete && isLastFrame();
        if (opcode == Opcode.TEXT && !isCompressed()) checkText(bytes, from, to, end);
        Receiver target = receiver;
        if (target != null && connection.delivers()) {
            if (isCompressed() && target.isPartial()) compressedPart(target, bytes, from, to, end);
            else if (target.isStream() && (!end || stream != null || isCompressed()))
                streamPayload(target, bytes, from, to, end);
            else dataPayload(target, bytes, from, to, complete, end);
        }
        if (end) {
            inMessage = false;
            receiver = null;
            assembly = null;
            stream = null;
        }
        return true;
    }

    /** Whether a message is being read while it arrives, and there is room for more of it: then the input need not wait for its reader. */
    boolean isStreaming() {
        return stream != null && stream.hasRoom();
    }

    /** Nothing more comes; who reads a message that is unfinished is told {@code why}. */
    void endStream(String why) {
        if (stream != null) stream.fail(why);
    }

    private void streamPayload(Receiver target, byte[] bytes, int from, int to, boolean end) {
        InboundStream present = stream;
        if (present == null) {
            SessionDeflate deflate = isCompressed() ? connection.session().deflate() : null;
            stream = present = new InboundStream(connection, target, deflate);
            connection.add(target, present, true);
        }
        if (!present.append(bytes, from, to, end) && isCompressed())
            compressedPart(Receiver.NOBODY, bytes, from, to, end);
    }

    private void checkText(byte[] bytes, int from, int to, boolean end) throws ProtocolViolation {
        utf8 = Utf8.check(utf8, bytes, from, to);
        if (utf8 == Utf8.MALFORMED || (end && utf8 != Utf8.BOUNDARY)) {
            throw new ProtocolViolation(Breach.TEXT, "text message is not UTF-8");
        }
    }

    private void dataPayload(Receiver target, byte[] bytes, int from, int to, boolean complete, boolean end) {
        if (end && assembly == null) {
            Object message = isCompressed()
                    ? new Compressed(Arrays.copyOfRange(bytes, from, to))
                    : MessageAssembly.message(target.kind(), bytes, from, to);
            connection.add(target, message, true);
            return;
        }
        if (assembly == null) assembly = new MessageAssembly();
        assembly.append(bytes, from, to);
        if (end) {
            Object message = isCompressed() ? new Compressed(assembly.takeBytes()) : assembly.takeAll(target.kind());
            connection.add(target, message, true);
        } else if (target.isPartial() && (complete || assembly.length() >= PART_BYTES)) {
            Object part = assembly.takePart(target.kind());
            if (part != null) connection.add(target, part, false);
        }
    }

    private void compressedPart(Receiver target, byte[] bytes, int from, int to, boolean end) {
        if (from < to || end) connection.add(target, new Compressed(Arrays.copyOfRange(bytes, from, to)), end);
    }

    private boolean controlPayload(byte[] bytes, int from, int to, boolean complete) throws ProtocolViolation {
        byte[] before = control;
        if (before == null && complete) return onControl(bytes, from, to);
        byte[] joined = before == null ? new byte[to - from] : Arrays.copyOf(before, before.length + to - from);
        System.arraycopy(bytes, from, joined, joined.length - (to - from), to - from);
        control = complete ? null : joined;
        return !complete || onControl(joined, 0, joined.length);
    }

    private boolean onControl(byte[] payload, int from, int to) throws ProtocolViolation {
        switch (opcode()) {
            case Opcode.PING -> {
                if (connection.delivers()) connection.output().sendPong(Arrays.copyOfRange(payload, from, to));
            }
            case Opcode.PONG -> {
                Receiver pongs = connection.session().receiver(MessageKind.PONG);
                if (pongs != null)
                    connection.add(pongs, MessageAssembly.message(MessageKind.PONG, payload, from, to), true);
            }
            default -> {
                connection.onClose(CloseStatus.read(payload, from, to));
                return false;
            }
        }
        return true;
    }
}
