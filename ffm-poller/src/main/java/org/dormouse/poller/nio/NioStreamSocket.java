package org.dormouse.poller.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** A stream socket over a channel, which has exceptions where a kernel has error numbers: here they become numbers again. */
final class NioStreamSocket implements StreamSocket {
    private final SocketChannel channel;
    private final NioDescriptor descriptor;
    private final SocketAddress peer;

    NioStreamSocket(SocketChannel channel, SocketAddress peer) {
        this.channel = channel;
        this.peer = peer;
        descriptor = NioDescriptor.open(channel);
    }

    @Override
    public int descriptor() {
        return descriptor.number();
    }

    @Override
    public int receive(byte[] target, int offset, int length) {
        int bytes = checked(target, offset, length);
        int count;
        try {
            count = channel.read(ByteBuffer.wrap(target, offset, bytes));
        } catch (IOException e) {
            return channel.isOpen() ? -Errno.ECONNRESET : -Errno.EBADF;
        }
        if (count < 0) return 0;
        // A stream that gave less than was asked is empty.
        if (count < bytes) descriptor.arm(SelectionKey.OP_READ);
        return count == 0 ? -Errno.EAGAIN : count;
    }

    @Override
    public int send(byte[] source, int offset, int length) {
        int bytes = checked(source, offset, length);
        int count;
        try {
            count = channel.write(ByteBuffer.wrap(source, offset, bytes));
        } catch (IOException e) {
            return channel.isOpen() ? -Errno.EPIPE : -Errno.EBADF;
        }
        if (count < bytes) descriptor.arm(SelectionKey.OP_WRITE);
        return count == 0 ? -Errno.EAGAIN : count;
    }

    /** The JDK sorts failures by class; what it does not sort is a network's. */
    @Override
    public int finishConnect() {
        try {
            if (channel.finishConnect()) return 0;
        } catch (NoRouteToHostException e) {
            return -Errno.EHOSTUNREACH;
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("timed out") ? -Errno.ETIMEDOUT : -Errno.ECONNREFUSED;
        } catch (ClosedChannelException e) {
            return -Errno.EBADF;
        } catch (IOException e) {
            return -Errno.ENETUNREACH;
        }
        descriptor.arm(SelectionKey.OP_CONNECT);
        return -Errno.EAGAIN;
    }

    /** Receiving nothing would look like the end of the stream, so nothing is not accepted. */
    private static int checked(byte[] array, int offset, int length) {
        if (length < 1) throw new IllegalArgumentException("length " + length + " < 1");
        Objects.checkFromIndexSize(offset, length, array.length);
        return Math.min(length, MAX_TRANSFER);
    }

    @Override
    public void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // Not connected any more: there is nothing left to end.
        }
    }

    @Override
    public void shutdown() {
        shutdownOutput();
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            // As above.
        }
    }

    @Override
    public void close() {
        descriptor.close();
        NioSockets.close(channel);
    }

    @Override
    public long peerHigh() {
        return peer.high();
    }

    @Override
    public long peerLow() {
        return peer.low();
    }

    @Override
    public int peerPort() {
        return peer.port();
    }

    @Override
    public @Nullable SocketAddress local() {
        try {
            return channel.isOpen() ? SocketAddress.of((InetSocketAddress) channel.getLocalAddress()) : null;
        } catch (IOException e) {
            return null; // closed meanwhile
        }
    }
}
