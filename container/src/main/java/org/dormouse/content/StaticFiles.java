package org.dormouse.content;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.StaticSettings;
import org.jspecify.annotations.Nullable;

/**
 * The files of one application, of which some are remembered: found by their path without a look at the disk, and small ones with their
 * bytes. Bounded in files and in bytes; what has not been asked for since the last round goes first. What is not there is not remembered.
 * Any thread; who finds what is remembered takes no lock, and nobody waits for one.
 */
final class StaticFiles {
    private final Resources resources;
    private final StaticSettings settings;
    private final FileReader reader;
    private final LongSupplier nanoTime;
    private final long checkNanos;
    private final ConcurrentHashMap<String, StaticFile> remembered = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock; each file that is remembered is in it once
    private final ArrayDeque<StaticFile> order = new ArrayDeque<>();
    private long bytes;

    StaticFiles(Resources resources, StaticSettings settings, FileReader reader, LongSupplier nanoTime) {
        this.resources = resources;
        this.settings = settings;
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.checkNanos = settings.checkInterval().toNanos();
    }

    /** The file at {@code path}; null if there is none, or it is a directory. May wait for a disk. */
    @Nullable
    StaticFile find(String path) {
        StaticFile known = remembered.get(path);
        if (known != null) {
            if (!known.isWanted) known.isWanted = true;
            if (isFresh(known)) return known;
            if (known.isSettled && reader.isUnchanged(known)) return known;
            forget(known);
        }
        return readAndRemember(path);
    }

    /** Looks at the disk again: {@code stale} has turned out not to be there any more as it was. */
    @Nullable
    StaticFile findAgain(StaticFile stale) {
        forget(stale);
        return readAndRemember(stale.path);
    }

    /** One of many that find it too old looks at the file; the others believe it for that moment. */
    private boolean isFresh(StaticFile file) {
        long now = nanoTime.getAsLong();
        if (now - file.checkedNanos < checkNanos) return true;
        file.checkedNanos = now;
        return false;
    }

    private @Nullable StaticFile readAndRemember(String path) {
        long now = nanoTime.getAsLong();
        StaticFile read = reader.read(resources.find(path), path);
        if (read != null) {
            read.checkedNanos = now;
            remember(read);
        }
        return read;
    }

    private void remember(StaticFile file) {
        int size = file.bytesKept();
        if (size > settings.cacheBytes() || settings.cacheEntries() == 0 || !lock.tryLock()) return;
        try {
            StaticFile other = remembered.put(file.path, file);
            if (other != null) drop(other);
            order.addLast(file);
            bytes += size;
            while (order.size() > settings.cacheEntries() || bytes > settings.cacheBytes()) evictOne();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest that nobody has asked for since it was looked at last. */
    private void evictOne() {
        StaticFile oldest = order.removeFirst();
        if (oldest.isWanted && order.size() > 0) {
            oldest.isWanted = false;
            order.addLast(oldest);
        } else {
            bytes -= oldest.bytesKept();
            remembered.remove(oldest.path, oldest);
        }
    }

    private void forget(StaticFile file) {
        if (!remembered.remove(file.path, file)) return;
        lock.lock();
        try {
            drop(file);
        } finally {
            lock.unlock();
        }
    }

    private void drop(StaticFile file) {
        if (order.removeFirstOccurrence(file)) bytes -= file.bytesKept();
    }

    /** Files that are remembered. */
    int size() {
        return remembered.size();
    }

    /** Bytes of them in memory. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
