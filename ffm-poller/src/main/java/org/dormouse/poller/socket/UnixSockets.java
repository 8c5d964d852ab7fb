package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Opens listening Unix domain sockets, and knows when a file that is in the way may go.
 *
 * <p>A file is stale if nobody accepts behind it, and that is also what one looks like whose server has bound it and does not listen yet. So
 * ours gets its name only when it listens: it is bound under another name in the same folder, and linked. By the kernel's tools ({@code ss -xl})
 * it is shown with that other name.
 */
public final class UnixSockets {
    private static final int TYPE_OF_FILE = 0xf000;
    private static final int IS_SOCKET = 0xc000;

    /** How often somebody else may take the place meanwhile. */
    private static final int MAX_TRIES = 8;

    /** One of this process at a time, even where a folder cannot be locked. */
    private static final ReentrantLock TAKING = new ReentrantLock();

    private UnixSockets() {}

    /** The file of a listening socket. Any thread. */
    public static final class SocketFile {
        private final Path path;
        private final @Nullable Object identity;

        private SocketFile(Path path, @Nullable Object identity) {
            this.path = path;
            this.identity = identity;
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
     * that is no socket, is not. Of several that want the same place at the same time one gets it.
     *
     * @param permissions of the file, in force before anybody can connect; without meaning for an abstract name
     * @throws BindException if the address cannot be had, with the reason
     */
    public static Opened listen(UnixAddress address, Set<PosixFilePermission> permissions, int backlog, int count)
            throws IOException {
        if (count < 1) throw new IllegalArgumentException("count " + count + " < 1");
        Path path = address.isAbstract() ? null : Path.of(address.name());
        if (path != null) isFree(address, path); // before anything is made
        int descriptor = open(address);
        try {
            SocketFile file = null;
            if (path == null) {
                check(address, "bind", bind(descriptor, address));
                check(address, "listen", SysSocket.listen(descriptor, backlog));
            } else {
                file = listenAt(path, address, permissions, descriptor, backlog);
            }
            return new Opened(KernelListenSocket.shared(descriptor, 0, true, count), file);
        } catch (IOException | RuntimeException e) {
            KernelSockets.close(descriptor);
            throw e;
        }
    }

    private static SocketFile listenAt(
            Path path, UnixAddress address, Set<PosixFilePermission> permissions, int descriptor, int backlog)
            throws IOException {
        Path made = bindBeside(path, address, descriptor);
        try {
            Files.setPosixFilePermissions(made, permissions);
            check(address, "listen", SysSocket.listen(descriptor, backlog));
            var file = new SocketFile(path, SocketFile.identity(made));
            takePlace(address, path, made);
            return file;
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private static Path bindBeside(Path path, UnixAddress address, int descriptor) throws IOException {
        int result = -Errno.EADDRINUSE;
        for (int i = 0; i < MAX_TRIES && result == -Errno.EADDRINUSE; i++) {
            UnixAddress beside = unused(address);
            result = bind(descriptor, beside);
            if (result >= 0) return Path.of(beside.name());
        }
        throw new BindException(
                address + ": " + Errno.describe(-result) + " (bind of another name in " + path.getParent() + ")");
    }

    private static void takePlace(UnixAddress address, Path path, Path made) throws IOException {
        for (int i = 0; i < MAX_TRIES; i++) {
            if (!isFree(address, path)) takeAway(address, path);
            try {
                link(path, made);
                return;
            } catch (FileAlreadyExistsException e) {
                // another was quicker: look what it is
            }
        }
        throw new BindException(address + ": others take its place again and again");
    }

    /**
     * Takes a stale file away, or what took its place if that is stale, too. Who does so has it in hand for a moment, in which another would
     * find the place empty, and it may be somebody's who listens by then: so one at a time.
     */
    private static void takeAway(UnixAddress address, Path path) throws IOException {
        TAKING.lock();
        try (var _ = FolderLock.take(path.toAbsolutePath().resolveSibling(""), FolderLock.PATIENCE)) {
            if (!isFree(address, path)) putAside(address, path);
        } finally {
            TAKING.unlock();
        }
    }

    private static void link(Path path, Path made) throws IOException {
        try {
            Files.createLink(path, made);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.move(made, path); // a file system without links
        }
    }

    /** True if there is nothing, false if there is a stale socket. */
    private static boolean isFree(UnixAddress address, Path path) throws IOException {
        int mode;
        try {
            mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return true;
        }
        if ((mode & TYPE_OF_FILE) != IS_SOCKET)
            throw new BindException(address + ": there is a file that is no socket");
        int result = knock(address);
        if (result == -Errno.ENOENT) return true;
        if (result != -Errno.ECONNREFUSED) throw somebodyListens(address, result);
        return false;
    }

    private static BindException somebodyListens(UnixAddress address, int result) {
        return new BindException(address + ": somebody listens there already"
                + (result < 0 ? " (" + Errno.describe(-result) + ")" : ""));
    }

    /** Takes a stale file away. Since another may have replaced it meanwhile, it is asked once more where nobody else can replace it. */
    private static void putAside(UnixAddress address, Path path) throws IOException {
        UnixAddress aside = unused(address);
        Path moved = Path.of(aside.name());
        try {
            Files.move(path, moved, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return; // another has done it
        }
        try {
            int result = knock(aside);
            if (result == -Errno.ECONNREFUSED) return;
            putBack(path, moved);
            throw somebodyListens(address, result);
        } finally {
            Files.deleteIfExists(moved);
        }
    }

    private static void putBack(Path path, Path moved) throws IOException {
        try {
            link(path, moved);
        } catch (FileAlreadyExistsException e) {
            // a third one listens there now
        }
    }

    private static UnixAddress unused(UnixAddress address) {
        UnixAddress beside = address.beside();
        for (int i = 0; i < MAX_TRIES && isTaken(beside, address); i++) beside = address.beside();
        return beside;
    }

    /** Where there is room for a single character, chance may well give the name itself. */
    private static boolean isTaken(UnixAddress beside, UnixAddress address) {
        return beside.equals(address) || Files.exists(Path.of(beside.name()), LinkOption.NOFOLLOW_LINKS);
    }

    /** What connect says; its only use is whether somebody is there. */
    private static int knock(UnixAddress address) throws IOException {
        int descriptor = open(address);
        try {
            byte[] bytes = SockAddrUn.write(address);
            return SysSocket.connect(descriptor, bytes, bytes.length);
        } finally {
            KernelSockets.close(descriptor);
        }
    }

    private static int open(UnixAddress address) throws IOException {
        int descriptor =
                NewSocket.complete(SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM | NewSocket.FLAGS, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        return descriptor;
    }

    private static int bind(int descriptor, UnixAddress address) {
        byte[] bytes = SockAddrUn.write(address);
        return SysSocket.bind(descriptor, bytes, bytes.length);
    }

    private static void check(UnixAddress address, String call, int result) throws BindException {
        if (result < 0) throw new BindException(address + ": " + Errno.describe(-result) + " (" + call + ")");
    }
}
