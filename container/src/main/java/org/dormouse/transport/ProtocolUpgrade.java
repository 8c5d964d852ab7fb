package org.dormouse.transport;

/** Makes the protocol that takes a connection over. What is passed to {@code http.Exchange.upgrade} over HTTP/1.1 implements this. */
public interface ProtocolUpgrade {
    /**
     * Called by the loop owner when the bytes of the 101 have been enqueued and nothing of the connection is lent. Bytes that the client
     * sent right behind its request are shown to the returned protocol next.
     */
    Protocol begin(Connection connection);
}
