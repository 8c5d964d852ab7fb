package org.dormouse.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the PROXY header that connections from trusted sources begin with, before what is really spoken. Composed in front of it only where
 * somebody is trusted. Whom it cuts, and why, is told at DEBUG.
 */
public final class ProxyProtocol implements ProtocolUpgrade {
    /** After a stop, as for a client that has just connected. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Hears why a connection is cut, on its loop. */
    interface Refusals {
        void refused(Connection connection, String why);
    }

    private final ProxySettings settings;
    private final Refusals refusals;
    private final ProtocolUpgrade next;
    private final long timeoutNanos;

    /**
     * @param next makes what is spoken behind the header
     */
    public ProxyProtocol(ProxySettings settings, ProtocolUpgrade next) {
        this(settings, (connection, why) -> connection.loop().report(new Note(connection, why)), next);
    }

    /** For tests, which hear of refusals. */
    ProxyProtocol(ProxySettings settings, Refusals refusals, ProtocolUpgrade next) {
        this.settings = settings;
        this.refusals = refusals;
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
        cut(
                connection,
                ConnectionEnd.REFUSED,
                "it is none of proxy-protocol.trusted, and proxy-protocol.others is refuse");
        return Unborn.PROTOCOL;
    }

    private void cut(Connection connection, ConnectionEnd end, String why) {
        refusals.refused(connection, why);
        connection.abort(end);
    }

    /** A class rather than a lambda, which would be linked by a loop at its first refusal. Written by the thread that reports. */
    private record Note(Connection connection, String why) implements Runnable {
        @Override
        public void run() {
            Logger log = LoggerFactory.getLogger("org.dormouse.transport");
            log.debug("connection {}: cut: {}", connection, why);
        }
    }

    /** Before a loop does under load: the first use of a class takes locks of its loader and reads files. */
    private static void useOnce() {
        new CRC32C().update(0);
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
                // Who does not speak the protocol would not understand an answer either.
                cut(connection, ConnectionEnd.REFUSED, String.valueOf(e.getMessage()));
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
            cut(connection, ConnectionEnd.PEER_CLOSED, "it ended before its PROXY header did");
        }

        @Override
        public void writable() {}

        @Override
        public void deadline() {
            if (draining) connection.abort(ConnectionEnd.DRAINED);
            else
                cut(
                        connection,
                        ConnectionEnd.HEAD_TIMEOUT,
                        "no PROXY header within " + settings.timeout().toMillis() + " ms (proxy-protocol.timeout)");
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
