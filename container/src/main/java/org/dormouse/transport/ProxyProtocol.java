package org.dormouse.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the PROXY header that connections from trusted sources begin with, before what is really spoken. Composed in front of it only where
 * somebody is trusted.
 */
public final class ProxyProtocol implements ProtocolUpgrade {
    /** After a stop, as for a client that has just connected. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProxySettings settings;
    private final ProtocolUpgrade next;
    private final long timeoutNanos;

    /**
     * @param next makes what is spoken behind the header
     */
    public ProxyProtocol(ProxySettings settings, ProtocolUpgrade next) {
        this.settings = settings;
        this.next = next;
        this.timeoutNanos = settings.timeout().toNanos();
        useOnce();
    }

    @Override
    public Protocol begin(Connection connection) {
        if (connection.isFrom(settings.trusted())) {
            connection.deadline(timeoutNanos);
            return new Reader(connection);
        }
        if (!settings.refusesOthers()) return next.begin(connection);
        connection.abort(ConnectionEnd.REFUSED);
        return Unborn.PROTOCOL;
    }

    /** Before a loop does under load: the first use of a class takes locks of its loader and reads files. */
    private static void useOnce() {
        for (String sample :
                new String[] {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP6 ::1 ::2 1 2\r\n", "GET"}) {
            byte[] bytes = sample.getBytes(StandardCharsets.ISO_8859_1);
            try {
                ProxyHeader.parse(bytes, 0, bytes.length, bytes.length);
            } catch (ProxyHeader.Refused e) {
                // the last one is meant to be
            }
        }
    }

    /** Stands where the real protocol will, until the header has come. */
    private final class Reader implements Protocol {
        private final Connection connection;
        private boolean draining;

        Reader(Connection connection) {
            this.connection = connection;
        }

        @Override
        public int received(byte[] bytes, int offset, int length) {
            ProxyHeader header;
            try {
                header = ProxyHeader.parse(bytes, offset, length, settings.maxHeaderBytes());
            } catch (ProxyHeader.Refused e) {
                connection.abort(
                        ConnectionEnd.REFUSED); // who does not speak the protocol would not understand an answer either
                return length;
            }
            if (header == null) return 0;
            connection.deadline(0);
            connection.announce(header);
            Protocol real = next.begin(connection);
            connection.become(real);
            if (draining) real.drain();
            if (header.length() < length) connection.again(); // what came right behind it is kept, and shown next
            return header.length();
        }

        @Override
        public void inputEnded() {
            connection.abort(ConnectionEnd.PEER_CLOSED);
        }

        @Override
        public void writable() {}

        @Override
        public void deadline() {
            connection.abort(draining ? ConnectionEnd.DRAINED : ConnectionEnd.HEAD_TIMEOUT);
        }

        @Override
        public void drain() {
            draining = true;
            connection.deadline(Math.min(timeoutNanos, DRAIN_NANOS));
        }

        @Override
        public void closed(@Nullable IOException cause) {}
    }
}
