package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.ConnectionFields;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Fields;
import org.jspecify.annotations.Nullable;

/** Writes response heads as bytes (RFC 9112 §4). What frames the message or speaks of the connection comes from us alone. Pure. */
final class ResponseHeadWriter {
    private static final byte[] VERSION = bytes("HTTP/1.1 ");
    private static final byte[] CONTENT_LENGTH = bytes("Content-Length: ");
    private static final byte[] CHUNKED = bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = bytes("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = bytes("Connection: Upgrade\r\n");
    private static final byte[] LAST_CHUNK_SIZE = {'0', '\r', '\n'};
    private static final int OWN_FIELDS_BYTES = 256;

    private static final byte[] UNKNOWN = {};
    private static final byte[][] STATUS_LINES = new byte[600][];

    static {
        Arrays.fill(STATUS_LINES, UNKNOWN);
        for (int status = 100; status < STATUS_LINES.length; status++) {
            String phrase = StatusPhrases.of(status);
            STATUS_LINES[status] = phrase == null ? UNKNOWN : bytes("HTTP/1.1 " + status + " " + phrase + "\r\n");
        }
    }

    /** How the message behind the head is framed. */
    enum Framing {
        /** There is no body, and no length is told. */
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    /** What the Connection field says. */
    enum Persistence {
        IMPLIED,
        KEEP_ALIVE,
        CLOSE,
        UPGRADE
    }

    private ResponseHeadWriter() {}

    /**
     * Writes a head into a buffer that has room for a body behind it, if the head leaves any.
     *
     * @throws IllegalArgumentException if status or reason cannot stand in a status line
     */
    static PooledBuffer write(
            BufferPool pool,
            int status,
            @Nullable String reason,
            Fields fields,
            byte[] date,
            Framing framing,
            long contentLength,
            Persistence persistence) {
        check(status, reason);
        int size = fields.size();
        int bytes = OWN_FIELDS_BYTES + date.length + (reason == null ? 0 : reason.length());
        for (int i = 0; i < size; i++)
            bytes += fields.name(i).length() + fields.value(i).length() + 4;
        PooledBuffer buffer = pool.take(bytes);
        byte[] target = buffer.array();
        int at = putStatusLine(target, status, reason);
        for (int i = 0; i < size; i++) {
            String name = fields.name(i);
            if (!isOurs(name)) at = putField(target, at, name, fields.value(i));
        }
        at = put(target, at, date);
        at = putFraming(target, at, framing, contentLength);
        at = switch (persistence) {
            case IMPLIED -> at;
            case KEEP_ALIVE -> put(target, at, KEEP_ALIVE);
            case CLOSE -> put(target, at, CLOSE);
            case UPGRADE -> put(target, at, UPGRADE);
        };
        buffer.produced(putLineEnd(target, at));
        return buffer;
    }

    /**
     * {@code message} with {@code Connection: close} as the last field of its head, for what was found out only behind the head. Takes
     * ownership; the result may be another buffer.
     *
     * @param headBytes of the head, with the empty line behind it
     */
    static PooledBuffer withClose(BufferPool pool, PooledBuffer message, int headBytes) {
        int at = message.start() + headBytes - 2;
        int behind = message.end() - at;
        PooledBuffer result = pool.take(message.size() + CLOSE.length);
        result.append(message.array(), message.start(), headBytes - 2);
        result.append(CLOSE, 0, CLOSE.length);
        result.append(message.array(), at, behind);
        message.close();
        return result;
    }

    /** {@code body}, which ends with a whole chunk, with the last chunk and {@code trailers} behind it. Takes ownership likewise. */
    static PooledBuffer withTrailers(BufferPool pool, PooledBuffer body, Fields trailers) {
        int bytes = LAST_CHUNK_SIZE.length + 2;
        for (int i = 0; i < trailers.size(); i++)
            bytes += trailers.name(i).length() + trailers.value(i).length() + 4;
        PooledBuffer result = body;
        if (body.room() < bytes) {
            result = pool.take(body.size() + bytes);
            result.append(body.array(), body.start(), body.size());
            body.close();
        }
        byte[] target = result.array();
        int at = put(target, result.end(), LAST_CHUNK_SIZE);
        for (int i = 0; i < trailers.size(); i++) at = putField(target, at, trailers.name(i), trailers.value(i));
        result.produced(putLineEnd(target, at) - result.end());
        return result;
    }

    private static void check(int status, @Nullable String reason) {
        if (status < 100 || status > 999)
            throw new IllegalArgumentException("status " + status + " is not in 100..999");
        if (reason == null) return;
        for (int i = 0; i < reason.length(); i++) {
            if (!FieldSyntax.isValueChar(reason.charAt(i))) {
                throw new IllegalArgumentException(
                        "character " + (int) reason.charAt(i) + " in the reason phrase at " + i);
            }
        }
    }

    /** Fields of which the application has no say, whatever it set. */
    private static boolean isOurs(String name) {
        return ConnectionFields.has(name) || (name.length() == 4 && name.equalsIgnoreCase("Date"));
    }

    private static int putStatusLine(byte[] target, int status, @Nullable String reason) {
        byte[] line = status < STATUS_LINES.length ? STATUS_LINES[status] : UNKNOWN;
        if (line.length > 0 && reason == null) return put(target, 0, line);
        int at = put(target, 0, VERSION);
        at = putNumber(target, at, status);
        target[at++] = ' ';
        if (reason != null) at = put(target, at, reason);
        return putLineEnd(target, at);
    }

    private static int putFraming(byte[] target, int at, Framing framing, long contentLength) {
        if (framing == Framing.CHUNKED) return put(target, at, CHUNKED);
        if (framing != Framing.LENGTH) return at;
        int end = put(target, at, CONTENT_LENGTH);
        return putLineEnd(target, putNumber(target, end, contentLength));
    }

    static int putField(byte[] target, int at, String name, String value) {
        int end = put(target, at, name);
        target[end++] = ':';
        target[end++] = ' ';
        return putLineEnd(target, put(target, end, value));
    }

    private static int put(byte[] target, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }

    /** The low bytes of the characters; names, values and reasons have been checked to have no others. */
    @SuppressWarnings("deprecation") // the only way that neither allocates nor decides about a charset
    private static int put(byte[] target, int at, String text) {
        text.getBytes(0, text.length(), target, at);
        return at + text.length();
    }

    static int putNumber(byte[] target, int at, long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) digits++;
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + digits;
    }

    private static int putLineEnd(byte[] target, int at) {
        target[at] = '\r';
        target[at + 1] = '\n';
        return at + 2;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
