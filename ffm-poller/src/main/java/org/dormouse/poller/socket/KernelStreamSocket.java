package org.dormouse.poller.socket;

import java.util.Objects;
import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/** A stream socket of the kernel. The peer's address is kept as numbers: 24 bytes, and no call to ask for it again. */
final class KernelStreamSocket implements StreamSocket {
    private final int descriptor;
    private final int peerPort;
    private final long peerHigh;
    private final long peerLow;
    private final boolean isUnix;
    private boolean isClosed;

    private KernelStreamSocket(int descriptor, boolean isUnix, long peerHigh, long peerLow, int peerPort) {
        this.descriptor = descriptor;
        this.isUnix = isUnix;
        this.peerHigh = peerHigh;
        this.peerLow = peerLow;
        this.peerPort = peerPort;
    }

    static KernelStreamSocket of(int descriptor, byte[] peer) {
        return new KernelStreamSocket(descriptor, false, SockAddr.high(peer), SockAddr.low(peer), SockAddr.port(peer));
    }

    static KernelStreamSocket ofUnix(int descriptor) {
        SocketAddress both = SocketAddress.OF_UNIX;
        return new KernelStreamSocket(descriptor, true, both.high(), both.low(), both.port());
    }

    @Override
    public boolean isUnix() {
        return isUnix;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public int receive(byte[] target, int offset, int length) {
        int bytes = checked(target, offset, length);
        int result;
        do {
            result = SysSocket.recv(descriptor, target, offset, bytes, 0);
        } while (Errno.isRetry(result));
        return result;
    }

    @Override
    public int send(byte[] source, int offset, int length) {
        return send(source, offset, length, SysSocket.MSG_NOSIGNAL);
    }

    @Override
    public int sendAhead(byte[] source, int offset, int length) {
        return send(source, offset, length, SysSocket.MSG_NOSIGNAL | SysSocket.MSG_MORE);
    }

    private int send(byte[] source, int offset, int length, int flags) {
        int bytes = checked(source, offset, length);
        int result;
        do {
            result = SysSocket.send(descriptor, source, offset, bytes, flags);
        } while (Errno.isRetry(result));
        return result;
    }

    @Override
    public boolean sendsFiles() {
        return SysSendfile.IS_AVAILABLE;
    }

    @Override
    public int sendFile(int file, long position, int length) {
        if (!sendsFiles()) return StreamSocket.super.sendFile(file, position, length);
        if (length < 1 || position < 0)
            throw new IllegalArgumentException("length " + length + " < 1 or position " + position + " < 0");
        int result;
        do {
            result = SysSendfile.sendfile(descriptor, file, position, Math.min(length, MAX_FILE_TRANSFER));
        } while (Errno.isRetry(result));
        return result;
    }

    /** An error is told by SO_ERROR; that there is none does not mean that there is a peer. */
    @Override
    public int finishConnect() {
        int[] error = {0};
        int result = SysSocket.getsockopt(descriptor, SysOptions.SOL_SOCKET, SysOptions.SO_ERROR, error);
        if (result < 0) return result;
        if (error[0] != 0) return -error[0];
        byte[] peer = new byte[SockAddr.MAX_BYTES];
        result = SysSocket.getpeername(descriptor, peer, new int[] {peer.length});
        return result == -Errno.ENOTCONN ? -Errno.EAGAIN : result;
    }

    /** Receiving nothing would look like the end of the stream, so nothing is not accepted. */
    private static int checked(byte[] array, int offset, int length) {
        if (length < 1) throw new IllegalArgumentException("length " + length + " < 1");
        Objects.checkFromIndexSize(offset, length, array.length);
        return Math.min(length, MAX_TRANSFER);
    }

    @Override
    public void shutdownOutput() {
        SysSocket.shutdown(descriptor, SysSocket.SHUT_WR); // its only error here: not connected any more
    }

    @Override
    public void shutdown() {
        SysSocket.shutdown(descriptor, SysSocket.SHUT_RDWR);
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        KernelSockets.close(descriptor);
    }

    @Override
    public long peerHigh() {
        return peerHigh;
    }

    @Override
    public long peerLow() {
        return peerLow;
    }

    @Override
    public int peerPort() {
        return peerPort;
    }

    @Override
    public @Nullable SocketAddress local() {
        if (isClosed) return null;
        return isUnix ? SocketAddress.OF_UNIX : KernelSockets.local(descriptor);
    }
}
