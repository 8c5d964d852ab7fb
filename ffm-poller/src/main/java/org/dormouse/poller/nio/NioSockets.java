package org.dormouse.poller.nio;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.poller.socket.StreamSocket;

/** Opens sockets over channels, which listen or connect, for a {@link NioBackend}. */
public final class NioSockets {
    private NioSockets() {}

    /**
     * Opens one listening channel, which {@code count} sockets share: each of their loops is told of a new connection, and one gets it.
     *
     * @param address port 0 picks a free one
     * @throws BindException if the address is in use, not of this machine, or not allowed
     * @throws IOException if an option cannot be had here, with its name
     */
    public static List<ListenSocket> listen(SocketAddress address, SocketOptions asked, int count) throws IOException {
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        NioOptions options = NioOptions.of(asked);
        // A channel of both families would take 0.0.0.0 for every address of IPv6 as well.
        var channel =
                ServerSocketChannel.open(address.isIpv4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            options.set(channel);
            channel.bind(address.toJava(), options.backlog());
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            var shares = new AtomicInteger(count);
            var sockets = new ArrayList<ListenSocket>();
            for (int i = 0; i < count; i++) sockets.add(new NioListenSocket(channel, options, shares, port));
            return List.copyOf(sockets);
        } catch (SocketException e) {
            close(channel);
            var refused = new BindException(address + ": " + e.getMessage());
            refused.initCause(e);
            throw refused;
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /**
     * Begins to connect, and does not wait: {@link StreamSocket#finishConnect} tells what became of it. Any thread.
     *
     * @throws java.net.ConnectException if it is refused at once
     * @throws IOException if there is no channel to be had, or an option cannot be had here, with its name
     */
    public static StreamSocket connect(SocketAddress address, SocketOptions asked) throws IOException {
        NioOptions options = NioOptions.of(asked);
        var channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            options.set(channel);
            channel.connect(address.toJava());
            return new NioStreamSocket(channel, address);
        } catch (ConnectException e) {
            close(channel);
            throw e;
        } catch (SocketException e) {
            close(channel);
            var refused = new ConnectException(address + ": " + e.getMessage());
            refused.initCause(e);
            throw refused;
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** Gives the channel back, whatever the system says about the connection. */
    static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same: what failed is only the farewell.
        }
    }
}
