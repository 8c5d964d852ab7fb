package org.dormouse.poller.file;

import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.dormouse.poller.libc.Fcntl;
import org.dormouse.poller.libc.NativeAccess;
import org.dormouse.poller.libc.Unistd;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that is open for reading, as a number of the kernel. Opening and closing may wait for a disk. One thread at a time; whoever
 * opened it closes it, when no call that uses the number can be under way.
 */
public final class OpenFile implements AutoCloseable {
    /** Differs between x86-64 and AArch64; 0 elsewhere, where no file is opened. */
    private static final int O_NOFOLLOW = noFollow();

    private static final boolean IS_AVAILABLE =
            O_NOFOLLOW != 0 && NativeAccess.whyDenied().isEmpty();

    /** How the JVM writes names of files as bytes. */
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private final int descriptor;
    private final long length;
    private boolean isClosed;

    private OpenFile(int descriptor, long length) {
        this.descriptor = descriptor;
        this.length = length;
    }

    /** Linux: asm-generic/fcntl.h and arch/arm64/include/uapi/asm/fcntl.h. */
    private static int noFollow() {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) return 0;
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> 0x20000;
            case "aarch64" -> 0x8000;
            default -> 0;
        };
    }

    /**
     * Opens {@code path} unless it is a link itself. It is closed on exec. Does not wait for the other end of what turns out to be a pipe.
     *
     * @return null if it cannot be had this way: no such file or no right to read it, no regular file, no descriptor left, another system
     *     than Linux, native access denied, another file system than the default one
     */
    public static @Nullable OpenFile find(Path path) {
        if (!IS_AVAILABLE || !path.getFileSystem().equals(FileSystems.getDefault())) return null;
        byte[] name = path.toString().getBytes(NAMES);
        byte[] terminated = Arrays.copyOf(name, name.length + 1);
        int descriptor = Fcntl.open(terminated, Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK | O_NOFOLLOW); // O_RDONLY is 0
        if (descriptor < 0) return null;
        long length = Unistd.lengthOf(descriptor);
        if (length >= 0) return new OpenFile(descriptor, length);
        Unistd.closeFile(descriptor);
        return null;
    }

    /** The kernel's number for it. It may be another file as soon as this is closed. */
    public int descriptor() {
        if (isClosed) throw new IllegalStateException("the file is closed");
        return descriptor;
    }

    /** In bytes, when it was opened. */
    public long length() {
        return length;
    }

    /** Gives the descriptor back; a second call does nothing. */
    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        Unistd.closeFile(descriptor);
    }
}
