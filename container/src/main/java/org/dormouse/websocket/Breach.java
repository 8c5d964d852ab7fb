package org.dormouse.websocket;

/** The ways in which a peer breaks RFC 6455, RFC 7692 or a limit. Each ends its session with a Close frame of one code, and is counted. */
public enum Breach {
    /** A reserved bit that no extension gave a meaning, or compression where it cannot begin (RFC 6455 §5.2, RFC 7692 §6). */
    RESERVED_BITS(CloseStatus.PROTOCOL_ERROR),
    /** An opcode that means nothing (RFC 6455 §5.2). */
    OPCODE(CloseStatus.PROTOCOL_ERROR),
    /** A client's frame without a mask, or a server's with one (RFC 6455 §5.1). */
    MASK(CloseStatus.PROTOCOL_ERROR),
    /** A length of more than 63 bits, or not in its shortest form (RFC 6455 §5.2). */
    LENGTH(CloseStatus.PROTOCOL_ERROR),
    /** A control frame in fragments, or longer than 125 bytes (RFC 6455 §5.5). */
    CONTROL_FRAME(CloseStatus.PROTOCOL_ERROR),
    /** A continuation of nothing, or a new message inside another (RFC 6455 §5.4). */
    FRAGMENTATION(CloseStatus.PROTOCOL_ERROR),
    /** A Close frame with half a code, or one that is not for the wire (RFC 6455 §7.4). */
    CLOSE_CODE(CloseStatus.PROTOCOL_ERROR),
    /** Text that is not UTF-8, in a message or as the reason of a Close frame (RFC 6455 §8.1). */
    TEXT(CloseStatus.NOT_CONSISTENT),
    /** A compressed message that is no DEFLATE stream (RFC 7692 §7.2.2). */
    COMPRESSED_DATA(CloseStatus.NOT_CONSISTENT),
    /** A message over its limit, which counts what it is after decompression. */
    MESSAGE_TOO_BIG(CloseStatus.TOO_BIG),
    /** A compressed message in parts, while too many sessions hold what decompresses ({@code websocket.compression-max-held}). */
    TOO_MANY_COMPRESSED(CloseStatus.TRY_AGAIN_LATER),
    /** A peer that reads too slowly, where that closes the session ({@code websocket.slow-peer}). */
    SLOW_PEER(CloseStatus.TRY_AGAIN_LATER);

    private final int closeCode;

    Breach(int closeCode) {
        this.closeCode = closeCode;
    }

    /** The code of the Close frame that answers it. */
    public int closeCode() {
        return closeCode;
    }
}
