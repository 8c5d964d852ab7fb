package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Unistd;

/** Opens listening sockets of the kernel. */
public final class KernelSockets {
    private static final int[] ON = {1};
    private static final int[] OFF = {0};

    private KernelSockets() {}

    /**
     * Opens {@code count} sockets that listen on the same address, among which the kernel spreads connections (SO_REUSEPORT).
     *
     * <p>The first is bound without that option, which it gets afterwards: so a port that is in use, even by another server that
     * would share it, is refused. The port is held from then on.
     *
     * @param address port 0 picks a free one
     * @param backlog how many connections may wait on each; the kernel cuts it to net.core.somaxconn
     * @throws BindException if the address is in use, not of this machine, or not allowed
     */
    public static List<ListenSocket> listen(SocketAddress address, int backlog, int count) throws IOException {
        if (backlog < 1) throw new IllegalArgumentException("backlog " + backlog + " < 1");
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        var descriptors = new ArrayList<Integer>();
        try {
            int first = open(address);
            descriptors.add(first);
            bind(first, address);
            int port = port(first);
            if (count > 1) option(first, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEPORT, ON);
            var exact = new SocketAddress(address.high(), address.low(), port);
            for (int i = 1; i < count; i++) {
                int next = open(address);
                descriptors.add(next);
                option(next, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEPORT, ON);
                bind(next, exact);
            }
            var sockets = new ArrayList<ListenSocket>();
            for (int descriptor : descriptors) {
                int result = SysSocket.listen(descriptor, backlog);
                if (result < 0) throw refused("listen", exact, result);
                sockets.add(new KernelListenSocket(descriptor, port));
            }
            return List.copyOf(sockets);
        } catch (IOException | RuntimeException e) {
            descriptors.forEach(KernelSockets::close);
            throw e;
        }
    }

    private static int open(SocketAddress address) throws IOException {
        int type = SysSocket.SOCK_STREAM | NewSocket.FLAGS;
        int descriptor = NewSocket.complete(SysSocket.socket(SockAddr.family(address), type, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        try {
            // Connections of the last server on this port may still be in TIME_WAIT.
            option(descriptor, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, ON);
            if (!address.isIpv4()) option(descriptor, SysSocket.IPPROTO_IPV6, SysSocket.IPV6_V6ONLY, OFF);
        } catch (IOException e) {
            close(descriptor);
            throw e;
        }
        return descriptor;
    }

    private static void bind(int descriptor, SocketAddress address) throws BindException {
        byte[] bytes = SockAddr.write(address);
        int result = SysSocket.bind(descriptor, bytes, bytes.length);
        if (result < 0) throw refused("bind", address, result);
    }

    private static void option(int descriptor, int level, int option, int[] value) throws IOException {
        int result = SysSocket.setsockopt(descriptor, level, option, value);
        if (result < 0) throw new IOException("setsockopt " + level + "/" + option + ": " + Errno.describe(-result));
    }

    private static int port(int descriptor) throws IOException {
        byte[] bytes = new byte[SockAddr.MAX_BYTES];
        int result = SysSocket.getsockname(descriptor, bytes, new int[] {bytes.length});
        if (result < 0) throw new IOException("getsockname: " + Errno.describe(-result));
        return SockAddr.port(bytes);
    }

    private static BindException refused(String call, SocketAddress address, int result) {
        return new BindException(address + ": " + Errno.describe(-result) + " (" + call + ")");
    }

    static SocketAddress local(int descriptor) {
        byte[] bytes = new byte[SockAddr.MAX_BYTES];
        int result = SysSocket.getsockname(descriptor, bytes, new int[] {bytes.length});
        if (result < 0) throw new IllegalStateException("getsockname: " + Errno.describe(-result));
        return new SocketAddress(SockAddr.high(bytes), SockAddr.low(bytes), SockAddr.port(bytes));
    }

    /** Gives the descriptor back, whatever the kernel says about the connection. */
    static void close(int descriptor) {
        Unistd.close(descriptor);
    }
}
