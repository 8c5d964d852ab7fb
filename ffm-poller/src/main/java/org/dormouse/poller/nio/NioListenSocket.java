package org.dormouse.poller.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SpareDescriptors;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** One loop's share of a listening channel, which closes with the last of them. */
final class NioListenSocket implements ListenSocket, SpareDescriptors.Listening {
    private final ServerSocketChannel channel;
    private final NioOptions options;
    private final AtomicInteger shares;
    private final boolean isShared;
    private final int port;
    private final NioDescriptor descriptor;

    // loop owner only
    private Outcome outcome = Outcome.NONE_WAITING;
    /** Until {@link #keepOneBack}: whoever was turned away meanwhile does not end it. */
    private boolean lacksDescriptors;

    private int error;
    private boolean isClosed;

    NioListenSocket(ServerSocketChannel channel, NioOptions options, AtomicInteger shares, int port) {
        this.channel = channel;
        this.options = options;
        this.shares = shares;
        this.isShared = shares.get() > 1;
        this.port = port;
        descriptor = NioDescriptor.open(channel);
        SpareDescriptors.add(this);
    }

    @Override
    public int descriptor() {
        return descriptor.number();
    }

    @Override
    public boolean isShared() {
        return isShared;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public @Nullable StreamSocket accept() {
        return SpareDescriptors.accept(this);
    }

    @Override
    public @Nullable StreamSocket acceptNow() {
        if (isClosed) return null;
        SocketChannel accepted;
        try {
            accepted = channel.accept();
        } catch (IOException e) {
            // The JDK goes on after a connection that was lost. What it passes on is a lack: of descriptors, or of
            // memory.
            return none(channel.isOpen() ? -Errno.EMFILE : -Errno.EBADF);
        }
        if (accepted == null) {
            descriptor.arm(SelectionKey.OP_ACCEPT);
            return none(-Errno.EAGAIN);
        }
        try {
            accepted.configureBlocking(false);
            options.set(accepted);
            var socket =
                    new NioStreamSocket(accepted, SocketAddress.of((InetSocketAddress) accepted.getRemoteAddress()));
            outcome = Outcome.ACCEPTED;
            error = 0;
            return socket;
        } catch (IOException e) {
            NioSockets.close(accepted);
            return none(-Errno.ECONNABORTED); // it left before its options were set
        }
    }

    @Override
    public boolean turnAway(byte[] scratch) {
        return SpareDescriptors.turnAway(this, scratch);
    }

    @Override
    public void keepOneBack() {
        lackNoMore();
        if (!isClosed) SpareDescriptors.keep(this);
    }

    /** A channel without use. */
    private record NioSpare(SocketChannel channel) implements SpareDescriptors.Spare {
        @Override
        public void giveUp() {
            NioSockets.close(channel);
        }
    }

    @Override
    public SpareDescriptors.@Nullable Spare openSpare() {
        try {
            return new NioSpare(SocketChannel.open());
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable StreamSocket none(int result) {
        outcome = Outcome.of(result);
        if (outcome == Outcome.EXHAUSTED) lack();
        error = result;
        return null;
    }

    private void lack() {
        if (lacksDescriptors) return;
        lacksDescriptors = true;
        SpareDescriptors.lacks();
    }

    private void lackNoMore() {
        if (!lacksDescriptors) return;
        lacksDescriptors = false;
        SpareDescriptors.lacksNoMore();
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
        if (isClosed) return;
        isClosed = true;
        outcome = Outcome.CLOSED;
        descriptor.close();
        lackNoMore();
        SpareDescriptors.remove();
        if (shares.decrementAndGet() == 0) NioSockets.close(channel);
    }
}
