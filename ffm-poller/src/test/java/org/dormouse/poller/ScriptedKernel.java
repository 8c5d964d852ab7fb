package org.dormouse.poller;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;

/**
 * A kernel in memory: pollers and TCP sockets that do what a script says, at once and always the same way. What happens at the other
 * end of a connection is said to its {@link ScriptedPeer}.
 *
 * <pre>{@code
 * var kernel = new ScriptedKernel();
 * var peer = kernel.connect();                      // accepted already; or connect(listener), to be accepted
 * loop.register(peer.socket(), handler);
 * peer.shortReads(1, 0, 2).send("GET");             // the next receives give 1 byte, "would block", and 2 bytes
 * }</pre>
 *
 * <p>As in Unix a new socket gets the lowest descriptor that is free, and a call through a socket that was closed reaches whoever has
 * its number now; {@link #misuses} lists such calls. Any thread.
 */
public final class ScriptedKernel {
    private static final int FIRST_DESCRIPTOR = 3;
    private static final int FIRST_PORT = 40_000;

    private static final int SPINS = 100;

    /** Never waited for in its queue: see {@link #hold}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Held held = lock::unlock;

    private final List<ScriptedDescriptor> descriptors = new ArrayList<>();
    private final List<ScriptedPoller> pollers = new ArrayList<>();
    private final List<String> misuses = new ArrayList<>();
    private final ArrayDeque<ScriptedPeer> dialled = new ArrayDeque<>();
    private int nextPort = FIRST_PORT;
    private int limit = 1 << 20;

    /** No descriptor below is free. */
    private int searchFrom;

    /** A new readiness queue. */
    public ScriptedPoller poller() {
        try (var _ = hold()) {
            var poller = new ScriptedPoller(this);
            pollers.add(poller);
            return poller;
        }
    }

    /** A listening socket on {@code port}; 0 picks a free one. */
    public ScriptedListenSocket listen(int port) {
        try (var _ = hold()) {
            var socket = new ScriptedListenSocket(this, port == 0 ? nextPort++ : port);
            socket.number = allocate(socket);
            return socket;
        }
    }

    /** A connection that is accepted already. */
    public ScriptedPeer connect() {
        try (var _ = hold()) {
            var peer = new ScriptedPeer(this, nextPort++, 80);
            open(peer);
            return peer;
        }
    }

    /** A connection that waits for {@code listener} to accept it. */
    public ScriptedPeer connect(ScriptedListenSocket listener) {
        try (var _ = hold()) {
            var peer = new ScriptedPeer(this, nextPort++, listener.port());
            listener.waiting.add(peer);
            triggered(listener);
            return peer;
        }
    }

    /**
     * Begins to connect from the server's side; what becomes of it says {@link ScriptedPeer#accept} or {@link ScriptedPeer#refuse} of the peer
     * that {@link #takeDialled} gives.
     */
    public StreamSocket dial(SocketAddress address) {
        try (var _ = hold()) {
            var peer = new ScriptedPeer(this, address.port(), nextPort++).from(address.high(), address.low());
            peer.connection.isConnecting = true;
            open(peer);
            dialled.add(peer);
            return peer.socket;
        }
    }

    /** Whom {@link #dial} has begun to connect to, in that order, each once; null if there is none. */
    public ScriptedPeer takeDialled() {
        try (var _ = hold()) {
            return dialled.poll();
        }
    }

    /** How many descriptors there may be: beyond it, accepting fails with EMFILE. */
    public void limitDescriptors(int most) {
        try (var _ = hold()) {
            limit = most;
        }
    }

    /** How many descriptors are open. */
    public int openDescriptors() {
        try (var _ = hold()) {
            int count = 0;
            for (var descriptor : descriptors) if (descriptor != null) count++;
            return count;
        }
    }

    /** Calls through sockets that had been closed: each would have been a call on a stranger's connection. */
    public List<String> misuses() {
        try (var _ = hold()) {
            return List.copyOf(misuses);
        }
    }

    // --- for the package

    /** The end of a {@link #hold}. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Keeps everybody else out. A loop calls the kernel too, so it must not stand in a queue behind a virtual thread which it would have to
     * carry first: whoever wants the kernel tries until it is free.
     */
    Held hold() {
        for (int tries = 1; !lock.tryLock(); tries++) {
            if (tries % SPINS == 0 && !Thread.currentThread().isVirtual()) Thread.yield();
            else Thread.onSpinWait();
        }
        return held;
    }

    // --- under the lock

    boolean isFull() {
        return openDescriptors() >= limit;
    }

    void open(ScriptedPeer peer) {
        peer.connection.number = allocate(peer.connection);
        peer.socket = new ScriptedStreamSocket(this, peer.connection);
    }

    private int allocate(ScriptedDescriptor descriptor) {
        int index = searchFrom;
        while (index < descriptors.size() && descriptors.get(index) != null) index++;
        if (index == descriptors.size()) descriptors.add(descriptor);
        else descriptors.set(index, descriptor);
        searchFrom = index + 1;
        return index + FIRST_DESCRIPTOR;
    }

    ScriptedDescriptor find(int number) {
        int index = number - FIRST_DESCRIPTOR;
        return index >= 0 && index < descriptors.size() ? descriptors.get(index) : null;
    }

    void close(ScriptedDescriptor descriptor) {
        int index = descriptor.number - FIRST_DESCRIPTOR;
        descriptors.set(index, null);
        searchFrom = Math.min(searchFrom, index);
        for (var poller : pollers) poller.forget(descriptor);
    }

    void misused(String what) {
        misuses.add(what);
    }

    /** Something happened to {@code descriptor}: an edge. */
    void triggered(ScriptedDescriptor descriptor) {
        for (var poller : pollers) poller.trigger(descriptor);
        for (var poller : pollers) poller.wake();
    }

    /** What has a number. */
    abstract static class ScriptedDescriptor {
        int number;

        /** Bits of readiness, now. */
        abstract int readiness();
    }

    /** Both directions of one connection, seen from the server's side. */
    static final class Connection extends ScriptedDescriptor {
        final ArrayDeque<Integer> receiveScript = new ArrayDeque<>();
        final ArrayDeque<Integer> sendScript = new ArrayDeque<>();
        final ByteQueue input = new ByteQueue();
        final ByteQueue unread = new ByteQueue();
        final ByteQueue received = new ByteQueue();
        final int peerPort;
        final int localPort;
        long peerHigh;
        long peerLow = 0xffff_7f00_0001L;
        int sendCapacity = 64 * 1024;
        boolean isPeerReading = true;
        boolean hasPeerFinished;
        boolean hasPeerClosed;
        boolean isReset;
        boolean errorPending;
        boolean isConnecting;
        int connectError;
        boolean isInputShut;
        boolean isOutputShut;
        boolean lacksRoom;
        boolean isClosed;

        Connection(int peerPort, int localPort) {
            this.peerPort = peerPort;
            this.localPort = localPort;
        }

        int room() {
            return sendCapacity - unread.size();
        }

        @Override
        int readiness() {
            if (isConnecting) return 0;
            int bits = 0;
            if (input.size() > 0 || hasPeerFinished || isReset || isInputShut) bits |= Backend.IN;
            if (room() > 0 || isReset || isOutputShut) bits |= Backend.OUT;
            if (hasPeerFinished || isReset || isInputShut) bits |= Backend.PEER_FINISHED;
            if (isReset || ((hasPeerFinished || isInputShut) && isOutputShut)) bits |= Backend.GONE;
            return bits;
        }
    }

    /** A socket on the server's side of a connection. */
    static final class ScriptedStreamSocket implements StreamSocket {
        private final ScriptedKernel kernel;
        private final Connection own;
        private final int descriptor;
        private final int peerPort;
        private final int localPort;

        ScriptedStreamSocket(ScriptedKernel kernel, Connection own) {
            this.kernel = kernel;
            this.own = own;
            descriptor = own.number;
            peerPort = own.peerPort;
            localPort = own.localPort;
        }

        @Override
        public int descriptor() {
            return descriptor;
        }

        /** The connection that has this number now, as a kernel would find it. */
        private Connection connection(String call) {
            if (!own.isClosed) return own;
            kernel.misused(call + " on descriptor " + descriptor + " after it was closed");
            return kernel.find(descriptor) instanceof Connection stranger ? stranger : null;
        }

        @Override
        public int finishConnect() {
            try (var _ = kernel.hold()) {
                Connection connection = connection("finishConnect");
                if (connection == null) return -Errno.EBADF;
                if (connection.isConnecting) return -Errno.EAGAIN;
                int error = connection.connectError;
                connection.connectError = 0;
                return -error;
            }
        }

        @Override
        public int receive(byte[] target, int offset, int length) {
            if (length < 1) throw new IllegalArgumentException("length " + length + " < 1");
            try (var _ = kernel.hold()) {
                Connection connection = connection("receive");
                if (connection == null) return -Errno.EBADF;
                if (connection.isConnecting) return -Errno.ENOTCONN;
                if (connection.input.size() == 0) {
                    if (connection.errorPending) {
                        connection.errorPending = false;
                        return -Errno.ECONNRESET;
                    }
                    boolean isEnd = connection.hasPeerFinished || connection.isReset || connection.isInputShut;
                    return isEnd ? 0 : -Errno.EAGAIN;
                }
                int most = Math.min(Math.min(length, MAX_TRANSFER), connection.input.size());
                Integer scripted = connection.receiveScript.poll();
                if (scripted != null) {
                    if (scripted == 0) {
                        kernel.triggered(connection);
                        return -Errno.EAGAIN;
                    }
                    most = Math.min(most, scripted);
                }
                connection.input.take(target, offset, most);
                return most;
            }
        }

        @Override
        public int send(byte[] source, int offset, int length) {
            if (length < 1) throw new IllegalArgumentException("length " + length + " < 1");
            try (var _ = kernel.hold()) {
                Connection connection = connection("send");
                if (connection == null) return -Errno.EBADF;
                if (connection.isConnecting) return -Errno.ENOTCONN;
                if (connection.errorPending) {
                    connection.errorPending = false;
                    return -Errno.ECONNRESET;
                }
                if (connection.isReset || connection.isOutputShut) return -Errno.EPIPE;
                if (connection.hasPeerClosed) {
                    // The first bytes to reach a peer that has closed are answered by a reset.
                    connection.isReset = true;
                    connection.errorPending = true;
                    kernel.triggered(connection);
                    return Math.min(length, MAX_TRANSFER);
                }
                int most = Math.min(Math.min(length, MAX_TRANSFER), connection.room());
                Integer scripted = connection.sendScript.poll();
                if (scripted != null) most = Math.min(most, scripted);
                if (most == 0) {
                    connection.lacksRoom = true;
                    if (connection.room() > 0) kernel.triggered(connection);
                    return -Errno.EAGAIN;
                }
                (connection.isPeerReading ? connection.received : connection.unread).add(source, offset, most);
                return most;
            }
        }

        @Override
        public void shutdownOutput() {
            try (var _ = kernel.hold()) {
                Connection connection = connection("shutdownOutput");
                if (connection == null) return;
                connection.isOutputShut = true;
                kernel.triggered(connection);
            }
        }

        @Override
        public void shutdown() {
            try (var _ = kernel.hold()) {
                Connection connection = connection("shutdown");
                if (connection == null) return;
                connection.isOutputShut = true;
                connection.isInputShut = true;
                kernel.triggered(connection);
            }
        }

        @Override
        public void close() {
            try (var _ = kernel.hold()) {
                if (own.isClosed) return;
                own.isClosed = true;
                kernel.close(own);
            }
        }

        @Override
        public long peerHigh() {
            return own.peerHigh;
        }

        @Override
        public long peerLow() {
            return own.peerLow;
        }

        @Override
        public int peerPort() {
            return peerPort;
        }

        @Override
        public SocketAddress local() {
            return own.isClosed ? null : new SocketAddress(0, 0xffff_7f00_0001L, localPort);
        }
    }

    /** A listening socket whose peers come from {@link ScriptedKernel#connect(ScriptedListenSocket)}. */
    public static final class ScriptedListenSocket extends ScriptedDescriptor implements ListenSocket {
        final ArrayDeque<ScriptedPeer> waiting = new ArrayDeque<>();
        private final ArrayDeque<Integer> script = new ArrayDeque<>();
        private final ScriptedKernel kernel;
        private final int port;
        private Outcome outcome = Outcome.NONE_WAITING;
        private int error;
        private boolean isSpareLost;

        ScriptedListenSocket(ScriptedKernel kernel, int port) {
            this.kernel = kernel;
            this.port = port;
        }

        @Override
        int readiness() {
            return waiting.isEmpty() ? 0 : Backend.IN;
        }

        /** Lets the next accepts fail with these error numbers instead of giving what waits; ECONNABORTED loses one of those. */
        public void failAccepts(int... errnos) {
            try (var _ = kernel.hold()) {
                for (int errno : errnos) script.add(errno);
            }
        }

        @Override
        public int descriptor() {
            return number;
        }

        @Override
        public int port() {
            return port;
        }

        @Override
        public StreamSocket accept() {
            try (var _ = kernel.hold()) {
                if (outcome == Outcome.CLOSED) return null;
                error = 0;
                ScriptedPeer peer = null;
                if (waiting.isEmpty()) error = Errno.EAGAIN;
                else if (!script.isEmpty()) error = script.remove();
                else if (kernel.isFull()) error = Errno.EMFILE;
                else peer = waiting.remove();
                if (peer == null) {
                    if (error == Errno.ECONNABORTED) waiting.remove();
                    outcome = Outcome.of(-error);
                    error = -error;
                    return null;
                }
                outcome = Outcome.ACCEPTED;
                kernel.open(peer);
                return peer.socket;
            }
        }

        /** The descriptor that is kept for this is not among those that are counted. */
        @Override
        public boolean turnAway(byte[] scratch) {
            try (var _ = kernel.hold()) {
                int before = kernel.limit;
                if (!isSpareLost) kernel.limit = Integer.MAX_VALUE;
                StreamSocket accepted = accept();
                kernel.limit = before;
                if (accepted == null) return false;
                accepted.finish(scratch);
                accepted.close();
                return true;
            }
        }

        /** Another thread was quicker, until {@link #keepOneBack} finds room. */
        public void loseSpare() {
            try (var _ = kernel.hold()) {
                isSpareLost = true;
            }
        }

        @Override
        public void keepOneBack() {
            try (var _ = kernel.hold()) {
                if (!kernel.isFull()) isSpareLost = false;
            }
        }

        @Override
        public Outcome outcome() {
            return outcome;
        }

        @Override
        public int error() {
            return error;
        }

        @Override
        public void close() {
            try (var _ = kernel.hold()) {
                if (outcome == Outcome.CLOSED) return;
                outcome = Outcome.CLOSED;
                for (var peer : waiting) peer.connection.isReset = true;
                kernel.close(this);
            }
        }
    }

    /** Bytes, first in first out. */
    static final class ByteQueue {
        private byte[] bytes = new byte[64];
        private int begin;
        private int end;

        int size() {
            return end - begin;
        }

        void add(byte[] source, int offset, int length) {
            if (end + length > bytes.length) {
                byte[] target = size() + length > bytes.length ? new byte[2 * (size() + length)] : bytes;
                System.arraycopy(bytes, begin, target, 0, size());
                end -= begin;
                begin = 0;
                bytes = target;
            }
            System.arraycopy(source, offset, bytes, end, length);
            end += length;
        }

        void take(byte[] target, int offset, int length) {
            System.arraycopy(bytes, begin, target, offset, length);
            begin += length;
        }

        byte[] takeAll() {
            byte[] all = new byte[size()];
            take(all, 0, all.length);
            return all;
        }
    }
}
