package org.dormouse.servlet.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Nonces of DIGEST (RFC 7616 §3.3) and the counts that each was used with. A nonce carries its time and a code that nobody else can make, so those
 * that were handed out need no memory; those that somebody has logged in with do, until they are too old. Where there is no room, the oldest is
 * forgotten, and nonces of its time are taken for too old from then on: a count is never forgotten and then taken again. Safe for many threads.
 */
final class NonceMemory {
    /** From the first answer with it on, a client asks for another after so long. */
    static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(5);

    static final int MAX_NONCES = 10_000;
    /** Counts that may come out of order, as those of requests over several connections do. */
    private static final int WINDOW = 64;

    private static final int RANDOM_BYTES = 16;
    private static final int CODE_BYTES = 16;

    /** What is to be thought of a nonce. */
    enum Verdict {
        FINE,
        /** Ours, but too old: the client may try again with another. */
        STALE,
        /** Not ours, or this count was used before. */
        REFUSED
    }

    private final LongSupplier nanoClock;
    private final int maxNonces;
    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final long startNanos;
    // Held for a look-up only.
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Counts> used = new LinkedHashMap<>();
    private long forgottenUpToNanos = Long.MIN_VALUE;

    /** Which counts were used: bit i stands for {@code highest - i}. */
    private static final class Counts {
        final long madeNanos;
        long highest;
        long seen;

        Counts(long madeNanos) {
            this.madeNanos = madeNanos;
        }
    }

    NonceMemory(LongSupplier nanoClock, int maxNonces) {
        this.nanoClock = nanoClock;
        this.maxNonces = maxNonces;
        this.startNanos = nanoClock.getAsLong();
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    private long now() {
        return nanoClock.getAsLong() - startNanos;
    }

    String next() {
        byte[] chosen = new byte[RANDOM_BYTES];
        random.nextBytes(chosen);
        ByteBuffer head =
                ByteBuffer.allocate(Long.BYTES + RANDOM_BYTES).putLong(now()).put(chosen);
        byte[] nonce = Arrays.copyOf(head.array(), head.capacity() + CODE_BYTES);
        System.arraycopy(code(head.array()), 0, nonce, head.capacity(), CODE_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    }

    private byte[] code(byte[] head) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(head);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is not in this JDK", e);
        }
    }

    /** Whether {@code nonce} is ours and young, whatever count it comes with. */
    Verdict look(String nonce) {
        Long made = made(nonce);
        if (made == null) return Verdict.REFUSED;
        if (now() - made >= LIFE_NANOS) return Verdict.STALE;
        lock.lock();
        try {
            return made <= forgottenUpToNanos && !used.containsKey(nonce) ? Verdict.STALE : Verdict.FINE;
        } finally {
            lock.unlock();
        }
    }

    /** The same, and notes that {@code count} was used; by whoever has proved to know a password, and nobody else. */
    Verdict use(String nonce, long count) {
        Long made = made(nonce);
        if (made == null || count < 1) return Verdict.REFUSED;
        if (now() - made >= LIFE_NANOS) return Verdict.STALE;
        lock.lock();
        try {
            Counts known = used.get(nonce);
            if (known == null) {
                if (made <= forgottenUpToNanos) return Verdict.STALE;
                makeRoom();
                known = new Counts(made);
                used.put(nonce, known);
            }
            return note(known, count) ? Verdict.FINE : Verdict.REFUSED;
        } finally {
            lock.unlock();
        }
    }

    private static boolean note(Counts counts, long count) {
        long ahead = count - counts.highest;
        if (ahead > 0) {
            counts.seen = ahead >= WINDOW ? 1 : counts.seen << ahead | 1;
            counts.highest = count;
            return true;
        }
        long bit = -ahead >= WINDOW ? 0 : 1L << -ahead;
        if (bit == 0 || (counts.seen & bit) != 0) return false;
        counts.seen |= bit;
        return true;
    }

    private void makeRoom() {
        long now = now();
        var oldest = used.values().iterator();
        while (oldest.hasNext()) {
            Counts each = oldest.next();
            boolean isOver = now - each.madeNanos >= LIFE_NANOS;
            if (!isOver && used.size() < maxNonces) return;
            oldest.remove();
            if (!isOver) forgottenUpToNanos = Math.max(forgottenUpToNanos, each.madeNanos);
        }
    }

    /** When it was made; null if it is not ours. */
    private @Nullable Long made(String nonce) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(nonce);
        } catch (IllegalArgumentException e) {
            return null;
        }
        int head = Long.BYTES + RANDOM_BYTES;
        if (bytes.length != head + CODE_BYTES) return null;
        byte[] expected = Arrays.copyOf(code(Arrays.copyOf(bytes, head)), CODE_BYTES);
        if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(bytes, head, bytes.length))) return null;
        return ByteBuffer.wrap(bytes).getLong();
    }

    int size() {
        lock.lock();
        try {
            return used.size();
        } finally {
            lock.unlock();
        }
    }
}
