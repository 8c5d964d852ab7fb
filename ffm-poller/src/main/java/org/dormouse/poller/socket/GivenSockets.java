package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Fcntl;

/** Takes over descriptors that somebody else has opened: the process that started this one, or native code in it. */
public final class GivenSockets {
    /** Listening sockets that are in use: with two owners, one would close what the other accepts from, or by then a stranger's. */
    private static final Set<Integer> IN_USE = ConcurrentHashMap.newKeySet();

    private GivenSockets() {}

    /**
     * Takes over a listening socket, TCP or Unix, for {@code count} loops. It becomes non-blocking and is closed on exec; its options stay as
     * they are.
     *
     * @throws BindException if it is no listening stream socket, or was taken over before and is not closed yet; it stays open
     */
    public static List<ListenSocket> listening(int descriptor, int count) throws IOException {
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        if (!IN_USE.add(descriptor))
            throw new BindException("descriptor " + descriptor + " is in use by another server of this process");
        try {
            return takeOver(descriptor, count);
        } catch (IOException | RuntimeException | Error e) {
            IN_USE.remove(descriptor);
            throw e;
        }
    }

    /** It is closed: the number may mean another socket from now on. */
    static void closed(int descriptor) {
        IN_USE.remove(descriptor);
    }

    private static List<ListenSocket> takeOver(int descriptor, int count) throws IOException {
        if (option(descriptor, SysOptions.SO_TYPE, "type") != SysSocket.SOCK_STREAM)
            throw new BindException("descriptor " + descriptor + " is no stream socket");
        if (option(descriptor, SysOptions.SO_ACCEPTCONN, "state") == 0)
            throw new BindException("descriptor " + descriptor + " is a socket that does not listen");
        boolean isUnix = isUnix(descriptor);
        check(descriptor, Fcntl.fcntl(descriptor, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC));
        int flags = check(descriptor, Fcntl.fcntl(descriptor, Fcntl.F_GETFL, 0));
        check(descriptor, Fcntl.fcntl(descriptor, Fcntl.F_SETFL, flags | Fcntl.O_NONBLOCK));
        int port = isUnix ? 0 : SockAddr.port(KernelSockets.name(descriptor));
        return KernelListenSocket.shared(descriptor, port, isUnix, count);
    }

    /**
     * Takes over a connection, TCP or Unix. It must be non-blocking already: that belongs to everyone who shares it, so it is not changed here.
     *
     * @throws IOException if it is no connected stream socket, or a blocking one; it stays open
     */
    public static StreamSocket connected(int descriptor) throws IOException {
        if (option(descriptor, SysOptions.SO_TYPE, "type") != SysSocket.SOCK_STREAM)
            throw new IOException("descriptor " + descriptor + " is no stream socket");
        byte[] peer = new byte[SockAddr.MAX_BYTES];
        int result = SysSocket.getpeername(descriptor, peer, new int[] {peer.length});
        if (result < 0)
            throw new IOException("descriptor " + descriptor + " is not connected: " + Errno.describe(-result));
        int flags = check(descriptor, Fcntl.fcntl(descriptor, Fcntl.F_GETFL, 0));
        if ((flags & Fcntl.O_NONBLOCK) == 0)
            throw new IOException("descriptor " + descriptor + " blocks; it must have O_NONBLOCK");
        return isUnix(descriptor) ? KernelStreamSocket.ofUnix(descriptor) : KernelStreamSocket.of(descriptor, peer);
    }

    private static boolean isUnix(int descriptor) throws IOException {
        byte[] own = KernelSockets.name(descriptor);
        int family = SockAddr.family(own);
        if (family == SysSocket.AF_UNIX) return true;
        if (family == SysSocket.AF_INET || family == SysSocket.AF_INET6) return false;
        throw new IOException("descriptor " + descriptor + " is of address family " + family + ", neither IP nor Unix");
    }

    private static int option(int descriptor, int option, String what) throws IOException {
        int[] value = new int[1];
        int result = SysSocket.getsockopt(descriptor, SysOptions.SOL_SOCKET, option, value);
        if (result < 0)
            throw new BindException(
                    "descriptor " + descriptor + " has no " + what + " of a socket: " + Errno.describe(-result));
        return value[0];
    }

    private static int check(int descriptor, int result) throws IOException {
        if (result < 0) throw new IOException("descriptor " + descriptor + ": " + Errno.describe(-result));
        return result;
    }
}
