package org.dormouse.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Makes an engine tell its peer that it is refused, though the engine itself has no objection. */
final class LastWords {
    private LastWords() {}

    /**
     * Shows the header of a record that is longer than any may be. There is no other way to have an alert encrypted: the engine's own close
     * says that all is well. Afterwards it has the alert unexpected_message to wrap, and takes nothing more.
     */
    static void provoke(SSLEngine engine) {
        ByteBuffer header = ByteBuffer.wrap(new byte[] {23, 3, 3, -1, -1});
        try {
            engine.unwrap(header, ByteBuffer.allocate(0));
        } catch (SSLException e) {
            // meant to be
        }
    }
}
