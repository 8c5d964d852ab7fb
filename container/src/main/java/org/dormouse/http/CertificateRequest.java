package org.dormouse.http;

import java.io.IOException;

/** A client is being asked for its certificate. By the thread that has the exchange, which neither reads nor writes meanwhile. */
public interface CertificateRequest {
    /**
     * Goes on without waiting.
     *
     * @param wake runs once, from any thread, when it is worth to go on; not if true is returned
     * @return whether it is over: {@link Peer#tlsSession} tells of the certificate
     * @throws IOException if the client has left, has shown none, or one that is not trusted: the connection ends
     */
    boolean advance(Runnable wake) throws IOException;
}
