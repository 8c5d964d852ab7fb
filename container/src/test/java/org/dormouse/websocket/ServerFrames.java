package org.dormouse.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what a server sends: each frame becomes a line, as in {@code text:hello}, {@code text+:hel} for a part, {@code close:1000 bye}. */
public final class ServerFrames {
    private byte[] unread = new byte[0];

    /** The frames that are complete with {@code more}; what is left of the next one is kept. */
    public List<String> read(byte[] more) {
        byte[] all = new byte[unread.length + more.length];
        System.arraycopy(unread, 0, all, 0, unread.length);
        System.arraycopy(more, 0, all, unread.length, more.length);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        List<String> frames = new ArrayList<>();
        while (true) {
            bytes.mark();
            String frame = next(bytes);
            if (frame == null) break;
            frames.add(frame);
        }
        bytes.reset();
        unread = new byte[bytes.remaining()];
        bytes.get(unread);
        return frames;
    }

    private static String next(ByteBuffer bytes) {
        if (bytes.remaining() < 2) return null;
        int first = bytes.get() & 0xFF;
        int second = bytes.get() & 0xFF;
        if ((second & 0x80) != 0) throw new AssertionError("a frame of the server is masked");
        long length = second;
        if (second >= 126) {
            int size = second == 126 ? 2 : 8;
            if (bytes.remaining() < size) return null;
            length = size == 2 ? bytes.getShort() & 0xFFFF : bytes.getLong();
        }
        if (bytes.remaining() < length) return null;
        byte[] payload = new byte[(int) length];
        bytes.get(payload);
        return name(first & 0x0F) + ((first & 0x80) == 0 ? "+" : "") + ":" + text(first & 0x0F, payload);
    }

    private static String name(int opcode) {
        return switch (opcode) {
            case 0 -> "more";
            case 1 -> "text";
            case 2 -> "binary";
            case 8 -> "close";
            case 9 -> "ping";
            case 10 -> "pong";
            default -> throw new AssertionError("opcode " + opcode);
        };
    }

    private static String text(int opcode, byte[] payload) {
        if (opcode != 8) return new String(payload, StandardCharsets.UTF_8);
        if (payload.length == 0) return "";
        int code = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        return (code + " " + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)).trim();
    }
}
