package org.dormouse.filter;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A file that others may take away: each look finds out whether the path still leads to what is open, and opens it anew if it does not, so
 * that logrotate needs to tell nobody. It rotates by itself too, by size and by day: {@code access.log} becomes {@code access.log.1}, that
 * {@code access.log.2}, and the last one goes. One thread.
 */
final class LogFile implements LogTarget {
    private final Path path;
    private final long maxBytes;
    private final boolean isDaily;
    private final int maxFiles;
    private final ZoneId zone;
    /** Neither a pipe nor a device, which are nobody's to move. */
    private final boolean isRegular;

    private OutputStream open;
    private @Nullable Object key;
    private long size;
    private LocalDate day;

    /** @throws IOException if it cannot be written to */
    LogFile(Path path, long maxBytes, boolean isDaily, int maxFiles, ZoneId zone, long nowMillis) throws IOException {
        this.path = path;
        this.maxBytes = maxBytes;
        this.isDaily = isDaily;
        this.maxFiles = maxFiles;
        this.zone = zone;
        this.open = open();
        this.isRegular = Files.isRegularFile(path);
        this.day = dayOf(nowMillis);
        look(key());
    }

    private OutputStream open() throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix") && Files.notExists(path)) {
            try {
                Files.createFile(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
            } catch (FileAlreadyExistsException e) {
                // somebody was quicker, and chose the permissions
            }
        }
        return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void look(@Nullable Object present) throws IOException {
        key = present;
        size = Files.size(path);
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private LocalDate dayOf(long millis) {
        return Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        if (isRegular && size > 0 && size + length > maxBytes) rotate();
        open.write(bytes, 0, length);
        size += length;
    }

    @Override
    public void look(long nowMillis) throws IOException {
        if (!isRegular) return;
        if (isMoved()) reopen();
        LocalDate today = dayOf(nowMillis);
        boolean isNewDay = isDaily && !today.equals(day);
        day = today;
        if (isNewDay && size > 0) rotate();
    }

    private boolean isMoved() throws IOException {
        try {
            Object present = key();
            return present == null ? Files.size(path) < size : !present.equals(key);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    @Override
    public void reopen() throws IOException {
        open.close();
        open = open();
        look(key());
    }

    private void rotate() throws IOException {
        open.close();
        try {
            Files.deleteIfExists(numbered(maxFiles));
            for (int i = maxFiles - 1; i >= 1; i--) move(numbered(i), numbered(i + 1));
            if (maxFiles > 0) move(path, numbered(1));
            else Files.deleteIfExists(path);
        } finally {
            open = open();
        }
        look(key());
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.notExists(from)) return;
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to);
        }
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
