package org.dormouse.poller.socket;

import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Fcntl;
import org.dormouse.poller.libc.Unistd;

/**
 * Keeps everybody else, of this process and of others, from doing at the same time what is done to the files of one folder: an advisory lock of
 * the folder itself ({@code flock}), so that nothing is left behind, not even by who is killed. Not for loops: waits.
 */
final class FolderLock implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long NANOS_BETWEEN_TRIES = 2_000_000;
    private static final int NONE = -1;

    private final int descriptor;

    private FolderLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Waits for the lock. Where there can be none (a folder that may be written but not read, a file system without locks) nobody is kept out.
     *
     * @throws BindException if somebody else has it for longer than {@code patience}
     */
    static FolderLock take(Path folder, Duration patience) throws IOException {
        int descriptor = Fcntl.open((folder + "\0").getBytes(StandardCharsets.UTF_8), Fcntl.O_CLOEXEC);
        if (descriptor < 0) return new FolderLock(NONE);
        var lock = new FolderLock(descriptor);
        long began = System.nanoTime();
        while (true) {
            int result = SysFile.flock(descriptor, SysFile.LOCK_EX | SysFile.LOCK_NB);
            if (result >= 0 || !(result == -Errno.EAGAIN || Errno.isRetry(result))) return lock;
            if (System.nanoTime() - began > patience.toNanos()) {
                lock.close();
                throw new BindException("another process keeps folder " + folder + " locked (flock) for longer than "
                        + patience.toMillis() + " ms");
            }
            LockSupport.parkNanos(NANOS_BETWEEN_TRIES);
        }
    }

    /** Gives it back. */
    @Override
    public void close() {
        if (descriptor != NONE) Unistd.closeFile(descriptor);
    }
}
