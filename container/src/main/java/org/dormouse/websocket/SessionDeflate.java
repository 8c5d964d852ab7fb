package org.dormouse.websocket;

import jakarta.websocket.Extension;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import org.dormouse.websocket.frame.DeflatePools;
import org.dormouse.websocket.frame.DeflateSettings;
import org.dormouse.websocket.frame.DeflateTerms;
import org.dormouse.websocket.frame.MessageDeflater;
import org.dormouse.websocket.frame.MessageInflater;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate in one session: what was agreed on, and what has to be held between two frames, which is nothing while no message is
 * unfinished unless the context is kept. A session without compression has none of this.
 */
final class SessionDeflate {
    private final DeflatePools pools;
    private final DeflateTerms.Answer agreed;
    private final int minBytes;

    // the task of the session
    private @Nullable MessageInflater inflater;
    private @Nullable MessageAssembly part; // of a message that is delivered in parts
    private int utf8;

    // owner of the output
    private @Nullable MessageDeflater deflater;
    private boolean isSentPlain; // the message that is being sent

    SessionDeflate(DeflatePools pools, DeflateTerms.Answer agreed) {
        this.pools = pools;
        this.agreed = agreed;
        this.minBytes = pools.settings().minBytes();
    }

    List<Extension> extensions() {
        return List.of(agreed.extension());
    }

    // --- what comes in: the task of the session

    /**
     * Decompresses a whole message.
     *
     * @param limit of its bytes, decompressed; not much more is ever made
     */
    Object whole(WebSocketSession session, Receiver target, Compressed message, long limit) throws ProtocolViolation {
        MessageInflater present = feed(message, true);
        byte[] made = new byte[(int) Math.min(limit + 1, Math.max(256, 4L * message.payload.length))];
        int length = 0;
        while (true) {
            int count = next(present, made, length);
            if (count == 0) break;
            length += count;
            if (length > limit) throw session.tooBig(target, length);
            if (length == made.length) {
                long larger = Math.min(Math.min(limit + 1, 2L * length), Integer.MAX_VALUE - 8);
                made = Arrays.copyOf(made, (int) larger);
            }
        }
        if (target.kind() == MessageKind.TEXT && Utf8.check(Utf8.BOUNDARY, made, 0, length) != Utf8.BOUNDARY)
            throw notUtf8();
        if (!agreed.terms().keepsPeersContext()) inflater = null; // it has given back what it held
        return MessageAssembly.message(target.kind(), made, 0, length);
    }

    /** Begins with the next piece of a message that is delivered in parts. {@link #nextPart} gives them. */
    void beginParts(Compressed piece, boolean last) throws ProtocolViolation {
        feed(piece, last);
        if (part == null) {
            part = new MessageAssembly();
            utf8 = Utf8.BOUNDARY;
        }
    }

    /** Begins with the next piece of a message that is read as a stream. */
    void beginPiece(byte[] payload, boolean last) throws ProtocolViolation {
        feed(new Compressed(payload), last);
    }

    /** The next bytes of the present piece, at most {@code length}; 0 if there is none, or no more of it. */
    int read(byte[] target, int offset, int length) throws ProtocolViolation {
        MessageInflater source = inflater;
        return source == null ? 0 : next(source, target, offset, length);
    }

    /** Whether a piece has begun and not been delivered to its end. */
    boolean isInParts() {
        return inflater != null && inflater.hasMore();
    }

    /**
     * The next part of the present piece, of {@link MessageReader#PART_BYTES} or not much more.
     *
     * @return null if there is none; never if {@code last}: the last one may be empty, and {@link #isInParts} is false behind it
     */
    @Nullable
    Object nextPart(MessageKind kind, boolean last) throws ProtocolViolation {
        MessageAssembly present = part;
        MessageInflater source = inflater;
        if (present == null || source == null) throw new AssertionError("no message has begun");
        byte[] some = new byte[MessageReader.PART_BYTES];
        while (present.length() < MessageReader.PART_BYTES) {
            int count = next(source, some, 0);
            if (count == 0) break;
            if (kind == MessageKind.TEXT) utf8 = Utf8.check(utf8, some, 0, count);
            if (utf8 == Utf8.MALFORMED) throw notUtf8();
            present.append(some, 0, count);
        }
        boolean end = last && !source.hasMore();
        if (!end) return present.takePart(kind);
        if (utf8 != Utf8.BOUNDARY) throw notUtf8();
        part = null;
        return present.takeAll(kind);
    }

    private MessageInflater feed(Compressed piece, boolean last) throws ProtocolViolation {
        MessageInflater present = inflater;
        if (present == null) inflater = present = new MessageInflater(pools, agreed.terms());
        byte[] payload = piece.payload;
        if (present.feed(payload, 0, payload.length, last)) return present;
        throw new ProtocolViolation(
                Breach.TOO_MANY_COMPRESSED,
                "too many compressed messages are unfinished, limit "
                        + pools.settings().maxHeld() + " (" + DeflateSettings.MAX_HELD + ")");
    }

    private static int next(MessageInflater from, byte[] target, int at) throws ProtocolViolation {
        return next(from, target, at, target.length - at);
    }

    private static int next(MessageInflater from, byte[] target, int at, int room) throws ProtocolViolation {
        try {
            return from.next(target, at, room);
        } catch (DataFormatException e) {
            throw new ProtocolViolation(Breach.COMPRESSED_DATA, "compressed message is no DEFLATE stream");
        }
    }

    private static ProtocolViolation notUtf8() {
        return new ProtocolViolation(Breach.TEXT, "text message is not UTF-8");
    }

    /** Nothing comes in any more. */
    void endInput() {
        if (inflater != null) inflater.close();
    }

    // --- what goes out

    /** Whether a frame of so many bytes or characters is a message of its own that is too short to be compressed. Any thread. */
    boolean isShort(int first, int length) {
        return length < minBytes && isWhole(first);
    }

    private static boolean isWhole(int first) {
        return (first & FrameHead.LAST) != 0 && (first & 0x0F) != Opcode.CONTINUATION;
    }

    /** A frame as it is to be sent; see {@link FrameWriter#write}. */
    static final class Outgoing {
        final int first;
        final byte[] payload;

        Outgoing(int first, byte[] payload) {
            this.first = first;
            this.payload = payload;
        }
    }

    /**
     * Compresses a frame, or says that it is to be compressed when its turn comes. Any thread, several at once.
     *
     * @param first opcode of a data frame, and {@link FrameHead#LAST}
     */
    Outgoing outgoing(int first, byte[] payload) {
        if (!isWhole(first)) return new Outgoing(first | FrameWriter.IN_ORDER, payload);
        if (isShort(first, payload.length)) return new Outgoing(first, payload);
        if (agreed.terms().keepsOwnContext()) return new Outgoing(first | FrameWriter.IN_ORDER, payload);
        byte[] compressed = MessageDeflater.whole(pools, agreed.terms(), payload, 0, payload.length);
        if (compressed == null) return new Outgoing(first, payload);
        return new Outgoing(first | FrameWriter.COMPRESSED, compressed);
    }

    /** The frame of a message for many sessions, as it is to be sent by this one, which is a server's. Any thread. */
    Outgoing wire(PreparedMessage message) {
        byte[] compressed = null;
        if (message.length() >= minBytes && agreed.terms().ownBits() == DeflateTerms.MAX_BITS) {
            compressed = message.compressedFrame(pools);
        }
        int first = FrameHead.LAST | message.opcode() | FrameWriter.WIRE;
        if (compressed == null) return new Outgoing(first, message.frame());
        return new Outgoing(first | FrameWriter.FOREIGN, compressed);
    }

    /** A message that was compressed for many sessions, as it is to be sent in this one. Any thread. */
    Outgoing outgoing(PreparedMessage message) {
        int first = FrameHead.LAST | message.opcode();
        byte[] compressed = null;
        if (message.length() >= minBytes && agreed.terms().ownBits() == DeflateTerms.MAX_BITS) {
            compressed = message.compressed(pools);
        }
        if (compressed == null) return new Outgoing(first, message.payload());
        return new Outgoing(first | FrameWriter.COMPRESSED | FrameWriter.FOREIGN, compressed);
    }

    /**
     * Compresses the next frame that is sent, all frames of a message alike. Owner of the output.
     *
     * @return null if its message is sent as it is, since too many sessions hold a deflater
     */
    byte @Nullable [] frame(int first, byte[] payload) {
        MessageDeflater present = deflater;
        if (present == null) deflater = present = new MessageDeflater(pools, agreed.terms());
        boolean last = (first & FrameHead.LAST) != 0;
        if ((first & 0x0F) != Opcode.CONTINUATION) isSentPlain = !last && !present.tryHold();
        return isSentPlain ? null : present.part(payload, 0, payload.length, last);
    }

    /** A message was sent that the deflater has not seen: it must not count on what came before. Owner of the output. */
    void forget() {
        if (deflater != null) deflater.forget();
    }

    /** Nothing goes out any more. Owner of the output. */
    void endOutput() {
        if (deflater != null) deflater.close();
    }
}
