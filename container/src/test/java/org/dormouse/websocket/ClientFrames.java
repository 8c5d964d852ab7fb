package org.dormouse.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Builds the bytes that a client sends, well-formed or not. */
public final class ClientFrames {
    private static final byte[] KEY = {(byte) 0x37, (byte) 0xfa, (byte) 0x21, (byte) 0x3d};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public static ClientFrames frames() {
        return new ClientFrames();
    }

    public ClientFrames text(String text) {
        return frame(0x81, utf8(text));
    }

    public ClientFrames binary(byte... payload) {
        return frame(0x82, payload);
    }

    /** A message that is compressed as a whole, without context. */
    public ClientFrames compressed(int opcode, byte... message) {
        return frame(0xC0 | opcode, deflated(message));
    }

    /** The payload of a compressed message (RFC 7692 §7.2.1). */
    public static byte[] deflated(byte... message) {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(message);
            byte[] made = new byte[message.length + message.length / 100 + 100];
            int length = deflater.deflate(made, 0, made.length, Deflater.SYNC_FLUSH);
            return Arrays.copyOf(made, length - 4);
        } finally {
            deflater.end();
        }
    }

    public ClientFrames close(int code, String reason) {
        byte[] text = utf8(reason);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return frame(0x88, payload);
    }

    public ClientFrames ping(String text) {
        return frame(0x89, utf8(text));
    }

    public ClientFrames pong(String text) {
        return frame(0x8A, utf8(text));
    }

    /** A masked frame with this first byte. */
    public ClientFrames frame(int first, byte... payload) {
        bytes.write(first);
        if (payload.length < 126) {
            bytes.write(0x80 | payload.length);
        } else if (payload.length < 65536) {
            bytes.write(0x80 | 126);
            number(payload.length, 2);
        } else {
            bytes.write(0x80 | 127);
            number(payload.length, 8);
        }
        bytes.writeBytes(KEY);
        for (int i = 0; i < payload.length; i++) bytes.write(payload[i] ^ KEY[i % 4]);
        return this;
    }

    /** Bytes as they are. */
    public ClientFrames raw(int... values) {
        for (int value : values) bytes.write(value);
        return this;
    }

    public ClientFrames number(long value, int size) {
        for (int i = size - 1; i >= 0; i--) bytes.write((int) (value >>> 8 * i));
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
