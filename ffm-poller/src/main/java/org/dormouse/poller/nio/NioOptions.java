package org.dormouse.poller.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.dormouse.poller.socket.SocketOption;
import org.dormouse.poller.socket.SocketOptions;

/**
 * Those socket options that {@code java.nio} has. The rest is left to the system where it is a default of ours, and refused where somebody
 * asked for it. What concerns connections is set on each, since not every system hands it down.
 */
final class NioOptions {
    private final SocketOptions options;

    private NioOptions(SocketOptions options) {
        this.options = options;
    }

    /** Throws with the option's name if one cannot be had. */
    static NioOptions of(SocketOptions options) throws IOException {
        for (SocketOption option : SocketOption.values()) {
            Object value = options.value(option);
            if (value == null || isKnown(option) || value.equals(SocketOptions.DEFAULT.value(option))) continue;
            throw new IOException(
                    "socket option " + option.word() + " " + value + " cannot be had on backend " + NioBackend.NAME);
        }
        return new NioOptions(options);
    }

    private static boolean isKnown(SocketOption option) {
        return switch (option) {
            case BACKLOG, RECEIVE_BUFFER, SEND_BUFFER, NO_DELAY, KEEP_ALIVE -> true;
            default -> false;
        };
    }

    int backlog() {
        return number(SocketOption.BACKLOG, 0);
    }

    /** Before it is bound. */
    void set(ServerSocketChannel channel) throws IOException {
        int receiveBuffer = number(SocketOption.RECEIVE_BUFFER, 0);
        if (receiveBuffer > 0) channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }

    void set(SocketChannel channel) throws IOException {
        if (number(SocketOption.NO_DELAY, 0) == 1) channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (number(SocketOption.KEEP_ALIVE, 0) == 1) channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        int sendBuffer = number(SocketOption.SEND_BUFFER, 0);
        if (sendBuffer > 0) channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBuffer);
    }

    private int number(SocketOption option, int otherwise) {
        return options.value(option) instanceof Integer number ? number : otherwise;
    }
}
