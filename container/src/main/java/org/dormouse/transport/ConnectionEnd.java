package org.dormouse.transport;

/** Why a connection ended: the first reason that there was. Each connection ends with exactly one. */
public enum ConnectionEnd {
    /** Its client ended its stream in order, between two requests or in the midst of one. */
    PEER_CLOSED,
    /** Its client reset it, hung up while it was being served, or the network failed. */
    PEER_RESET,
    /** It was answered, and not to be kept: the client, the application or HTTP/1.0 wanted that. */
    ANSWERED,
    /** No request came on it for http.keep-alive-timeout, or nothing at all for the idle timeout of its WebSocket session. */
    IDLE_TIMEOUT,
    /** Nothing came on it after it was opened, or the head of a request, or the header of a proxy, did not end in time. */
    HEAD_TIMEOUT,
    /** The body of a request stopped or came too slowly. */
    BODY_TIMEOUT,
    /** Its client took nothing of what was sent for too long, or left the Close frame of its WebSocket session without an answer. */
    WRITE_TIMEOUT,
    /** What its client sent breaks the protocol or a limit of it, WebSocket and the header of a proxy included. */
    REFUSED,
    /** The application left more of a request's body unread than is worth reading. */
    BODY_UNREAD,
    /** Its address had as many connections as it may have. */
    ADDRESS_LIMIT,
    /** No descriptor was left to serve it with. */
    NO_DESCRIPTORS,
    /** As many handshakes of TLS were under way as may be (tls.max-handshakes). */
    HANDSHAKE_LIMIT,
    /** Its handshake of TLS failed, of either side: no version, suite, name or certificate in common, or a client that broke it off. */
    HANDSHAKE_FAILED,
    /** Its handshake of TLS did not end in time (tls.handshake-timeout). */
    HANDSHAKE_TIMEOUT,
    /** What came after the handshake was no TLS, or none that is accepted, or the client told of an error. */
    TLS_ERROR,
    /** The poller refused to watch it. */
    NOT_WATCHED,
    /** The server, or its loop, comes to rest, and nothing was under way on it any more. */
    DRAINED,
    /** The server stopped before what was under way on it had ended. */
    CUT,
    /** The application, or the container for it, cut a response that could not be brought to its end. */
    ABORTED,
    /** What it was upgraded to, such as WebSocket, came to its end in order. */
    UPGRADE_ENDED,
    /** A bug of ours: the log has it. */
    BUG;

    private static final ConnectionEnd[] ALL = values();

    /** A number for it: one byte in each connection instead of a reference of four. */
    @SuppressWarnings("EnumOrdinal") // it never leaves this process, and of() is its only reader
    byte code() {
        return (byte) ordinal();
    }

    static ConnectionEnd of(byte code) {
        return ALL[code];
    }
}
