package org.dormouse.poller;

import java.nio.charset.StandardCharsets;
import org.dormouse.poller.socket.StreamSocket;

/** The other end of a connection in a {@link ScriptedKernel}: what it does, the server sees at its next turn. Any thread. */
public final class ScriptedPeer {
    final ScriptedKernel.Connection connection;
    private final ScriptedKernel kernel;
    StreamSocket socket;

    ScriptedPeer(ScriptedKernel kernel, int port, int serverPort) {
        this.kernel = kernel;
        connection = new ScriptedKernel.Connection(port, serverPort);
    }

    /** The server's socket; null until it was accepted. */
    public StreamSocket socket() {
        try (var _ = kernel.hold()) {
            return socket;
        }
    }

    /** It connects from this address, as numbers; 127.0.0.1 if not said. Before it is accepted. */
    public ScriptedPeer from(long high, long low) {
        try (var _ = kernel.hold()) {
            connection.peerHigh = high;
            connection.peerLow = low;
            return this;
        }
    }

    public int port() {
        return connection.peerPort;
    }

    /** Takes the connection that {@link ScriptedKernel#dial} has begun. */
    public ScriptedPeer accept() {
        try (var _ = kernel.hold()) {
            connection.isConnecting = false;
            kernel.triggered(connection);
            return this;
        }
    }

    /** Does not take it, or somebody between says so: {@code ECONNREFUSED}, {@code EHOSTUNREACH} and the like. */
    public ScriptedPeer refuse(int errno) {
        try (var _ = kernel.hold()) {
            connection.isConnecting = false;
            connection.connectError = errno;
            connection.isReset = true;
            kernel.triggered(connection);
            return this;
        }
    }

    /** Sends bytes, in ISO 8859-1. */
    public ScriptedPeer send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes; lost if the server has closed or shut its input. */
    public ScriptedPeer send(byte[] bytes) {
        try (var _ = kernel.hold()) {
            if (connection.hasPeerFinished) throw new IllegalStateException("this peer has finished sending");
            if (!connection.isClosed && !connection.isInputShut && !connection.isReset) {
                connection.input.add(bytes, 0, bytes.length);
                kernel.triggered(connection);
            }
            return this;
        }
    }

    /** Half-close: nothing more will come, but this peer goes on reading. */
    public ScriptedPeer finish() {
        try (var _ = kernel.hold()) {
            connection.hasPeerFinished = true;
            kernel.triggered(connection);
            return this;
        }
    }

    /** Closes: to the server it looks like {@link #finish}, until it sends, which is answered by a reset. */
    public ScriptedPeer close() {
        try (var _ = kernel.hold()) {
            connection.hasPeerFinished = true;
            connection.hasPeerClosed = true;
            kernel.triggered(connection);
            return this;
        }
    }

    /** Resets the connection: the server can read what had arrived, then an error. */
    public ScriptedPeer reset() {
        try (var _ = kernel.hold()) {
            connection.isReset = true;
            connection.errorPending = true;
            kernel.triggered(connection);
            return this;
        }
    }

    /** Stops reading: from now on the server can send only what its send buffer takes. */
    public ScriptedPeer stopReading() {
        try (var _ = kernel.hold()) {
            connection.isPeerReading = false;
            return this;
        }
    }

    /** Reads all that waits, and everything to come. */
    public ScriptedPeer resumeReading() {
        try (var _ = kernel.hold()) {
            connection.isPeerReading = true;
            return read(Integer.MAX_VALUE);
        }
    }

    /** Reads at most {@code count} bytes of what waits because of {@link #stopReading}. */
    public ScriptedPeer read(int count) {
        try (var _ = kernel.hold()) {
            byte[] bytes = new byte[Math.min(count, connection.unread.size())];
            connection.unread.take(bytes, 0, bytes.length);
            connection.received.add(bytes, 0, bytes.length);
            if (connection.lacksRoom && connection.room() > 0) {
                connection.lacksRoom = false;
                kernel.triggered(connection);
            }
            return this;
        }
    }

    /** How many bytes the server's side keeps for a peer that does not read; 64 KiB if not said. */
    public ScriptedPeer sendBuffer(int bytes) {
        try (var _ = kernel.hold()) {
            connection.sendCapacity = bytes;
            return this;
        }
    }

    /** The most bytes that each of the server's next receives gives; 0 is one "would block", followed by a new edge. */
    public ScriptedPeer shortReads(int... most) {
        try (var _ = kernel.hold()) {
            for (int bytes : most) connection.receiveScript.add(bytes);
            return this;
        }
    }

    /** The most bytes that each of the server's next sends takes; 0 is one "would block", followed by a new edge. */
    public ScriptedPeer shortWrites(int... most) {
        try (var _ = kernel.hold()) {
            for (int bytes : most) connection.sendScript.add(bytes);
            return this;
        }
    }

    /** What this peer has read since the last call. */
    public byte[] takeReceived() {
        try (var _ = kernel.hold()) {
            return connection.received.takeAll();
        }
    }

    /** What this peer has read since the last call, in ISO 8859-1. */
    public String takeReceivedText() {
        return new String(takeReceived(), StandardCharsets.ISO_8859_1);
    }

    /** How many bytes wait because this peer does not read. */
    public int unread() {
        try (var _ = kernel.hold()) {
            return connection.unread.size();
        }
    }

    /** How many bytes from here the server has not received. */
    public int untaken() {
        try (var _ = kernel.hold()) {
            return connection.input.size();
        }
    }

    /** Whether the server has said that nothing more will come, be it by half-close or by close. */
    public boolean seesEnd() {
        try (var _ = kernel.hold()) {
            return connection.isOutputShut || connection.isClosed;
        }
    }

    /** Whether the server has closed its descriptor. */
    public boolean seesClose() {
        try (var _ = kernel.hold()) {
            return connection.isClosed;
        }
    }

    /** Whether the server closed while bytes from here were unread, which a real kernel turns into a reset that may cost the answer. */
    public boolean seesReset() {
        try (var _ = kernel.hold()) {
            return connection.isClosed && connection.input.size() > 0;
        }
    }
}
