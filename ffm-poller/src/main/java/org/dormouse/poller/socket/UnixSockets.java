package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/** Opens listening Unix domain sockets, and knows when a file that is in the way may go. */
public final class UnixSockets {
    private static final int TYPE_OF_FILE = 0xf000;
    private static final int IS_SOCKET = 0xc000;

    private UnixSockets() {}

    /** The file of a listening socket. Any thread. */
    public static final class SocketFile {
        private final Path path;
        private final @Nullable Object identity;

        private SocketFile(Path path) throws IOException {
            this.path = path;
            this.identity = identity(path);
        }

        /** Deletes it, if it is still the one that was made: nobody finds the socket any more, who found it already is still accepted. */
        public void remove() throws IOException {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && identity != null && identity.equals(identity(path)))
                Files.delete(path);
        }

        private static @Nullable Object identity(Path path) throws IOException {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        }
    }

    /**
     * A socket that listens, for several loops.
     *
     * @param sockets one for each loop, over the same descriptor
     * @param file null for an abstract name
     */
    public record Opened(
            List<ListenSocket> sockets, @Nullable SocketFile file) {}

    /**
     * Opens one socket that {@code count} loops share. A file that its last server left behind is replaced; one that somebody listens on, or
     * that is no socket, is not.
     *
     * @param permissions of the file, in force before anybody can connect; without meaning for an abstract name
     * @throws BindException if the address cannot be had, with the reason
     */
    public static Opened listen(UnixAddress address, Set<PosixFilePermission> permissions, int backlog, int count)
            throws IOException {
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        int descriptor =
                NewSocket.complete(SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | NewSocket.FLAGS, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        SocketFile file = null;
        try {
            if (!address.isAbstract()) removeIfStale(address);
            byte[] bytes = SockAddrUn.write(address);
            check(address, "bind", SysSocket.bind(descriptor, bytes, bytes.length));
            if (!address.isAbstract()) {
                Path path = Path.of(address.name());
                file = new SocketFile(path);
                Files.setPosixFilePermissions(path, permissions); // until listen, who comes is refused
            }
            check(address, "listen", SysSocket.listen(descriptor, backlog));
            return new Opened(KernelListenSocket.shared(descriptor, 0, true, count), file);
        } catch (IOException | RuntimeException e) {
            KernelSockets.close(descriptor);
            if (file != null) file.remove();
            throw e;
        }
    }

    private static void removeIfStale(UnixAddress address) throws IOException {
        Path path = Path.of(address.name());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_OF_FILE) != IS_SOCKET)
            throw new BindException(address + ": there is a file that is no socket");
        int result = knock(address);
        if (result != -Errno.ECONNREFUSED)
            throw new BindException(address + ": somebody listens there already"
                    + (result < 0 ? " (" + Errno.describe(-result) + ")" : ""));
        Files.delete(path);
    }

    /** What connect says; its only use is whether somebody is there. */
    private static int knock(UnixAddress address) throws IOException {
        int descriptor =
                NewSocket.complete(SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | NewSocket.FLAGS, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        try {
            byte[] bytes = SockAddrUn.write(address);
            return SysSocket.connect(descriptor, bytes, bytes.length);
        } finally {
            KernelSockets.close(descriptor);
        }
    }

    private static void check(UnixAddress address, String call, int result) throws BindException {
        if (result < 0) throw new BindException(address + ": " + Errno.describe(-result) + " (" + call + ")");
    }
}
