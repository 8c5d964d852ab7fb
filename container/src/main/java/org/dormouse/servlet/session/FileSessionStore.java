package org.dormouse.servlet.session;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions as files of one folder, one each, of one application of one server at a time. Names tell a hash of the id, the time of the end and the version, so
 * that a look at the folder gives nobody an id, and no file has to be opened to know what is there. What is there is known in memory:
 * an id that a client made up costs no look at the disk. Any thread.
 */
public final class FileSessionStore implements SessionStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileSessionStore.class);
    private static final Pattern NAME =
            Pattern.compile("([A-Za-z0-9_-]{43})\\.([0-9a-z]{1,13})\\.([0-9a-z]{1,7})\\.session");
    private static final String UNFINISHED = ".unfinished";
    private static final Set<PosixFilePermission> FOR_OWNER = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> FILE_OF_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int MAX_NAME = 200;
    private static final int RADIX = 36;

    private final Path folder;
    private final boolean posix;
    private final Limits limits;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final ConcurrentHashMap<String, Entry> byHash = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    /**
     * How much may be kept of one application.
     *
     * @param maxSessions files; key {@code session.max-sessions}
     * @param maxSessionBytes of one file; key {@code session.max-stored-session-bytes}
     * @param maxBytes of all; key {@code session.max-stored-bytes}
     */
    public record Limits(int maxSessions, int maxSessionBytes, long maxBytes) {
        public Limits {
            if (maxSessions < 1) throw new IllegalArgumentException("session.max-sessions " + maxSessions + " < 1");
            if (maxSessionBytes < 1024)
                throw new IllegalArgumentException("session.max-stored-session-bytes " + maxSessionBytes + " < 1024");
            if (maxBytes < maxSessionBytes)
                throw new IllegalArgumentException("session.max-stored-bytes " + maxBytes
                        + " is less than session.max-stored-session-bytes " + maxSessionBytes);
        }
    }

    private record Entry(Path file, long expiresMillis, int version, long bytes) {}

    private FileSessionStore(Path folder, Limits limits) throws IOException {
        this.folder = folder;
        this.limits = limits;
        posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
        if (posix) makeOwn(folder);
        lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock got;
        boolean opened = false;
        try {
            got = lockFile.tryLock();
            if (got == null) throw new IOException("the sessions in " + folder + " are another server's, which runs");
            look();
            opened = true;
        } catch (OverlappingFileLockException e) {
            throw new IOException("the sessions in " + folder + " are used by this process already", e);
        } finally {
            if (!opened) lockFile.close();
        }
        lock = got;
    }

    /** Who could write here could have a say in who is logged in. */
    private static void makeOwn(Path folder) throws IOException {
        Path mine = Files.createTempFile(folder, "owner", UNFINISHED);
        try {
            UserPrincipal owner = Files.getOwner(folder);
            if (!owner.equals(Files.getOwner(mine)))
                throw new IOException("the folder " + folder + " for sessions belongs to " + owner.getName());
            Files.setPosixFilePermissions(folder, FOR_OWNER);
        } finally {
            Files.delete(mine);
        }
    }

    /**
     * Opens the store of one application.
     *
     * @param all the folder of the server's stores; made where it is missing
     * @throws IOException if the folder cannot be used, or another server uses it
     */
    public static FileSessionStore open(Path all, String contextPath, Limits limits) throws IOException {
        Path folder = all.toAbsolutePath().resolve(name(contextPath));
        Files.createDirectories(all.toAbsolutePath());
        if (Files.isSymbolicLink(folder))
            throw new IOException(folder + " is a link; sessions are kept in no such folder");
        Files.createDirectories(folder);
        return new FileSessionStore(folder, limits);
    }

    private static String name(String contextPath) {
        String name = "_" + URLEncoder.encode(contextPath, StandardCharsets.UTF_8);
        return name.length() <= MAX_NAME ? name : "_" + hash(contextPath);
    }

    private void look() throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(folder)) {
            found = files.toList();
        }
        for (Path file : found) {
            String name = file.getFileName().toString();
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) remember(file, parts);
            else if (name.endsWith(UNFINISHED)) Files.deleteIfExists(file); // its server ended while it wrote
        }
    }

    private void remember(Path file, Matcher parts) throws IOException {
        long expires;
        int version;
        try {
            expires = Long.parseLong(parts.group(2), RADIX);
            version = Integer.parseInt(parts.group(3), RADIX);
        } catch (NumberFormatException e) {
            LOG.warn("{} is not called like a session, and is left alone", file);
            return;
        }
        long size = Files.size(file);
        Entry before = byHash.get(parts.group(1));
        if (before != null) { // a server ended between writing the new one and deleting the old one
            boolean newer = before.version < version;
            Files.deleteIfExists(newer ? before.file : file);
            if (!newer) return;
            bytes.addAndGet(-before.bytes);
        }
        byHash.put(parts.group(1), new Entry(file, expires, version, size));
        bytes.addAndGet(size);
    }

    private static String hash(String id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }

    @Override
    public boolean mayHold(String id) {
        return !byHash.isEmpty() && byHash.containsKey(hash(id));
    }

    @Override
    public @Nullable StoredSession take(String id) throws IOException {
        String hash = hash(id);
        Entry entry = byHash.remove(hash); // one of several threads gets it
        if (entry == null) return null;
        StoredSession session = takeOut(entry);
        if (session == null || session.id().equals(id)) return session;
        damage(entry, "it is that of another id");
        return null;
    }

    /** Gone from the disk before anybody uses it: what has ended must not come back with the next start. */
    private @Nullable StoredSession takeOut(Entry entry) throws IOException {
        bytes.addAndGet(-entry.bytes);
        try {
            byte[] content = read(entry.file);
            Files.delete(entry.file);
            return StoredSession.read(content);
        } catch (NoSuchFileException e) {
            damage(entry, "somebody has deleted it");
        } catch (IOException e) {
            Files.deleteIfExists(entry.file);
            damage(entry, String.valueOf(e.getMessage()));
        }
        return null;
    }

    private void damage(Entry entry, String what) {
        LOG.warn("the session in {} is lost: {}; {} since the start", entry.file, what, damaged.incrementAndGet());
    }

    private byte[] read(Path file) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = in.size();
            if (size > limits.maxSessionBytes)
                throw new IOException(
                        size + " bytes, limit " + limits.maxSessionBytes + " (session.max-stored-session-bytes)");
            var content = ByteBuffer.allocate((int) size);
            while (content.hasRemaining()) if (in.read(content) < 0) throw new IOException("it became shorter");
            return content.array();
        }
    }

    @Override
    public boolean save(StoredSession session) throws IOException {
        byte[] content = session.toBytes();
        String hash = hash(session.id());
        Entry before = byHash.get(hash);
        if (before != null && before.version >= session.version()) return false;
        if (before == null && byHash.size() >= limits.maxSessions)
            return refuse("session.max-sessions", limits.maxSessions);
        if (content.length > limits.maxSessionBytes)
            return refuse("session.max-stored-session-bytes", limits.maxSessionBytes);
        if (bytes.get() + content.length > limits.maxBytes) return refuse("session.max-stored-bytes", limits.maxBytes);

        String name = hash + '.' + Long.toString(session.expiresMillis(), RADIX) + '.'
                + Integer.toString(session.version(), RADIX) + ".session";
        Path unfinished = folder.resolve(hash + UNFINISHED);
        Path file = folder.resolve(name);
        Files.deleteIfExists(unfinished);
        try (SeekableByteChannel out = Files.newByteChannel(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                posix ? new FileAttribute<?>[] {FILE_OF_OWNER} : new FileAttribute<?>[0])) {
            var left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) out.write(left);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        byHash.put(hash, new Entry(file, session.expiresMillis(), session.version(), content.length));
        bytes.addAndGet(content.length);
        if (before != null) {
            bytes.addAndGet(-before.bytes);
            Files.deleteIfExists(before.file);
        }
        return true;
    }

    private boolean refuse(String key, long limit) {
        LOG.debug("a session is not kept in {}: {} {}", folder, key, limit);
        return false;
    }

    @Override
    public List<StoredSession> takeExpired(long nowMillis, int most) throws IOException {
        List<StoredSession> expired = new ArrayList<>();
        for (Map.Entry<String, Entry> each : byHash.entrySet()) {
            if (expired.size() == most) break;
            Entry entry = each.getValue();
            if (entry.expiresMillis > nowMillis || !byHash.remove(each.getKey(), entry)) continue;
            StoredSession session = takeOut(entry);
            if (session != null) expired.add(session);
        }
        return expired;
    }

    /** How many sessions are here. */
    public int size() {
        return byHash.size();
    }

    /** How many were lost, since their files were damaged. */
    public long damaged() {
        return damaged.get();
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
