package org.dormouse.transport;

import java.io.IOException;
import org.dormouse.poller.socket.StreamSocket;

/**
 * Where connections of one loop begin.
 *
 * @param family those that they join
 * @param protocol makes what is spoken over each
 */
public record Entrance(Connections family, ProtocolUpgrade protocol) {
    /**
     * Begins a connection for which room was made; if it cannot begin, that is given back. Owner of this loop.
     *
     * @param isLast whether it is to end after its first request, since nobody listens any more
     */
    void begin(StreamSocket accepted, boolean isLast) {
        Connection opened;
        try {
            opened = Connection.watch(family, accepted);
        } catch (IOException e) {
            giveUp(); // the poller is full: the client sees its connection closed
            return;
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
        opened.begin(protocol);
        if (isLast || family.isDraining()) opened.drain();
    }

    /** Has the owner of this loop begin a connection for which room was made. Any thread. */
    void send(StreamSocket accepted, boolean isLast) {
        try {
            family.loop.execute(() -> begin(accepted, isLast));
        } catch (RuntimeException | Error e) {
            accepted.close();
            giveUp();
            throw e;
        }
    }

    private void giveUp() {
        family.release();
        family.notExpected();
    }
}
