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
     * Begins a connection for which room was made. Owner of this loop.
     *
     * @param isLast whether it is to end after its first request, since nobody listens any more
     */
    void begin(StreamSocket accepted, boolean isLast) {
        try {
            Connection opened = Connection.open(family, accepted, protocol);
            if (isLast || family.isDraining()) opened.drain();
        } catch (IOException e) {
            family.release(); // the poller is full: the client sees its connection closed
            family.notExpected();
        }
    }
}
