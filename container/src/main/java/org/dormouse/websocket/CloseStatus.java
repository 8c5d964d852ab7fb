package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.charset.StandardCharsets;

/** Status codes and reasons of Close frames (RFC 6455 §5.5.1 and §7.4). */
final class CloseStatus {
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int NO_STATUS = 1005;
    static final int ABNORMAL = 1006;
    static final int NOT_CONSISTENT = 1007;
    static final int POLICY = 1008;
    static final int TOO_BIG = 1009;
    static final int UNEXPECTED = 1011;
    static final int TRY_AGAIN_LATER = 1013;

    /** Bytes of a reason that fit into a control frame beside the code. */
    static final int MAX_REASON_BYTES = 123;

    private CloseStatus() {}

    /** Whether {@code code} may travel in a Close frame: registered and not for local use only, or of a library or application. */
    static boolean mayBeSent(int code) {
        if (code >= 3000) return code <= 4999;
        return code >= 1000 && code <= 1014 && code != 1004 && code != NO_STATUS && code != ABNORMAL;
    }

    /**
     * Reads the payload of a Close frame.
     *
     * @throws ProtocolViolation 1002 if it is one byte long or its code may not be sent, 1007 if the reason is not UTF-8
     */
    static CloseReason read(byte[] payload, int from, int to) throws ProtocolViolation {
        int length = to - from;
        if (length == 0) return new CloseReason(CloseCodes.NO_STATUS_CODE, "");
        if (length == 1) throw new ProtocolViolation(Breach.CLOSE_CODE, "Close frame with half a status code");
        int code = (payload[from] & 0xFF) << 8 | (payload[from + 1] & 0xFF);
        if (!mayBeSent(code)) throw new ProtocolViolation(Breach.CLOSE_CODE, "Close frame with status code " + code);
        if (Utf8.check(Utf8.BOUNDARY, payload, from + 2, to) != Utf8.BOUNDARY) {
            throw new ProtocolViolation(Breach.TEXT, "reason of the Close frame is not UTF-8");
        }
        return new CloseReason(
                CloseCodes.getCloseCode(code), new String(payload, from + 2, length - 2, StandardCharsets.UTF_8));
    }

    /** The payload of a Close frame: empty for codes that may not be sent; the reason is cut between characters where it is too long. */
    static byte[] payload(int code, String reason) {
        if (!mayBeSent(code)) return new byte[0];
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_REASON_BYTES);
        if (length < text.length) length -= Utf8.unfinished(text, 0, length);
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return payload;
    }

    /** A reason with {@code phrase} cut to what a Close frame can carry. */
    static CloseReason reason(int code, String phrase) {
        byte[] text = phrase.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_REASON_BYTES);
        if (length < text.length) length -= Utf8.unfinished(text, 0, length);
        return new CloseReason(CloseCodes.getCloseCode(code), new String(text, 0, length, StandardCharsets.UTF_8));
    }

    /** What the endpoint hears where the container has closed for {@code reason}. */
    static CloseReason byContainer(CloseReason reason) {
        return new CloseReason(CloseCodes.CLOSED_ABNORMALLY, reason.getReasonPhrase());
    }
}
