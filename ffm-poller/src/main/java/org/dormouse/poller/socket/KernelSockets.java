package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Platform;
import org.dormouse.poller.libc.Unistd;

/** Opens sockets of the kernel that listen, or connect. */
public final class KernelSockets {
    /** BSD and macOS give every connection of a shared port to one of its sockets, so there the loops share one socket instead. */
    private static final boolean KERNEL_SPREADS = Platform.CURRENT == Platform.LINUX;

    private KernelSockets() {}

    /** As {@link #listen(SocketAddress, SocketOptions, int)} with {@link SocketOptions#DEFAULT} and that backlog. */
    public static List<ListenSocket> listen(SocketAddress address, int backlog, int count) throws IOException {
        return listen(address, SocketOptions.DEFAULT.with(SocketOption.BACKLOG, backlog), count);
    }

    /**
     * Opens {@code count} sockets that listen on the same address, among which the kernel spreads connections (SO_REUSEPORT); where it
     * does not, {@link #listenShared one that they share}.
     *
     * <p>The first is bound without that option, which it gets afterwards: so a port that is in use, even by another server that
     * would share it, is refused. The port is held from then on. Who asks for {@link SocketOption#REUSE_PORT} gives that up.
     *
     * @param address port 0 picks a free one
     * @throws BindException if the address is in use, not of this machine, or not allowed
     * @throws IOException if the kernel refuses an option, with its name
     */
    public static List<ListenSocket> listen(SocketAddress address, SocketOptions options, int count)
            throws IOException {
        if (!KERNEL_SPREADS) return listenShared(address, options, count);
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        var descriptors = new ArrayList<Integer>();
        try {
            int first = open(address, options);
            descriptors.add(first);
            bind(first, address);
            int port = port(first);
            if (count > 1) sharePort(first);
            var exact = new SocketAddress(address.high(), address.low(), port);
            for (int i = 1; i < count; i++) {
                int next = open(address, options);
                descriptors.add(next);
                sharePort(next);
                bind(next, exact);
            }
            for (int descriptor : descriptors) {
                int result = SysSocket.listen(descriptor, options.backlog());
                if (result < 0) throw refused("listen", exact, result);
            }
            // Each keeps a spare descriptor: so only when all of them listen.
            var sockets = new ArrayList<ListenSocket>();
            for (int descriptor : descriptors) sockets.add(new KernelListenSocket(descriptor, port));
            return List.copyOf(sockets);
        } catch (IOException | RuntimeException e) {
            descriptors.forEach(KernelSockets::close);
            throw e;
        }
    }

    /**
     * Opens one socket that {@code count} loops share: each accepts from the same queue.
     *
     * @return one for each loop, over the same descriptor
     * @throws IOException as {@link #listen(SocketAddress, SocketOptions, int)}
     */
    public static List<ListenSocket> listenShared(SocketAddress address, SocketOptions options, int count)
            throws IOException {
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        int descriptor = open(address, options);
        try {
            bind(descriptor, address);
            int result = SysSocket.listen(descriptor, options.backlog());
            if (result < 0) throw refused("listen", address, result);
            return KernelListenSocket.shared(descriptor, port(descriptor), false, count);
        } catch (IOException | RuntimeException e) {
            close(descriptor);
            throw e;
        }
    }

    /**
     * Begins to connect, and does not wait: {@link StreamSocket#finishConnect} tells what became of it. Any thread.
     *
     * @param options such as {@link SocketOptions#OUTGOING}
     * @throws ConnectException if the kernel refuses at once
     * @throws IOException if there is no socket to be had, or an option is refused, with its name
     */
    public static StreamSocket connect(SocketAddress address, SocketOptions options) throws IOException {
        SysSocket.linkReadBack(); // for finishConnect, which loops call
        int descriptor = open(address, options);
        byte[] bytes = SockAddr.write(address);
        int result = SysSocket.connect(descriptor, bytes, bytes.length);
        // After a signal the kernel goes on with it all the same.
        if (result < 0 && result != -Errno.EINPROGRESS && !Errno.isRetry(result)) {
            close(descriptor);
            throw new ConnectException(address + ": " + Errno.describe(-result) + " (connect)");
        }
        return KernelStreamSocket.of(descriptor, bytes);
    }

    private static int open(SocketAddress address, SocketOptions options) throws IOException {
        int type = SysSocket.SOCK_STREAM | NewSocket.FLAGS;
        int descriptor = NewSocket.complete(SysSocket.socket(SockAddr.family(address), type, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        try {
            options.set(descriptor, !address.isIpv4());
        } catch (IOException e) {
            close(descriptor);
            throw e;
        }
        return descriptor;
    }

    private static void sharePort(int descriptor) throws IOException {
        SocketOption.REUSE_PORT.set(descriptor, 1);
    }

    private static void bind(int descriptor, SocketAddress address) throws BindException {
        byte[] bytes = SockAddr.write(address);
        int result = SysSocket.bind(descriptor, bytes, bytes.length);
        if (result < 0) throw refused("bind", address, result);
    }

    private static int port(int descriptor) {
        return SockAddr.port(name(descriptor));
    }

    /** The address on this side as the kernel writes it. */
    static byte[] name(int descriptor) {
        byte[] bytes = new byte[SockAddr.MAX_BYTES];
        int result = SysSocket.getsockname(descriptor, bytes, new int[] {bytes.length});
        if (result < 0) throw new IllegalStateException("getsockname: " + Errno.describe(-result));
        return bytes;
    }

    private static BindException refused(String call, SocketAddress address, int result) {
        return new BindException(address + ": " + Errno.describe(-result) + " (" + call + ")");
    }

    static SocketAddress local(int descriptor) {
        byte[] bytes = name(descriptor);
        return new SocketAddress(SockAddr.high(bytes), SockAddr.low(bytes), SockAddr.port(bytes));
    }

    /** Gives the descriptor back, whatever the kernel says about the connection. */
    static void close(int descriptor) {
        Unistd.close(descriptor);
    }
}
