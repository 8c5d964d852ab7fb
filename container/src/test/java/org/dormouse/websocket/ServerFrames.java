package org.dormouse.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads what a server sends: each frame becomes a line, as in {@code text:hello}, {@code text+:hel} for a part, {@code close:1000 bye}. What
 * is compressed is told as what it was, with a {@code *}: {@code text*:hello}; its window keeps what came before.
 */
public final class ServerFrames {
    private byte[] unread = new byte[0];
    private final Inflater inflater = new Inflater(true);
    private boolean compressed;

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

    private String next(ByteBuffer bytes) {
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
        int opcode = first & 0x0F;
        boolean last = (first & 0x80) != 0;
        if (opcode == 1 || opcode == 2) compressed = (first & 0x40) != 0;
        else if ((first & 0x40) != 0) throw new AssertionError("compressed frame with opcode " + opcode);
        if ((first & 0x30) != 0) throw new AssertionError("reserved bits of " + first);
        if (compressed && opcode < 8) {
            return name(opcode) + "*" + (last ? "" : "+") + ":" + text(opcode, inflated(payload, last));
        }
        return name(first & 0x0F) + ((first & 0x80) == 0 ? "+" : "") + ":" + text(first & 0x0F, payload);
    }

    private byte[] inflated(byte[] payload, boolean last) {
        byte[] input = Arrays.copyOf(payload, payload.length + (last ? 4 : 0));
        if (last) input[payload.length + 2] = input[payload.length + 3] = (byte) 0xFF;
        inflater.setInput(input);
        var made = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        try {
            for (int n = inflater.inflate(some); n > 0; n = inflater.inflate(some)) made.write(some, 0, n);
        } catch (DataFormatException e) {
            throw new AssertionError(e);
        }
        return made.toByteArray();
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
