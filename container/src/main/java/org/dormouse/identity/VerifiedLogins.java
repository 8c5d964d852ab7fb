package org.dormouse.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Remembers successful logins, because BASIC sends the password with every request and checking its hash is slow on purpose. Holds no
 * password and nothing of its source: only keyed digests, whose key is random and dies with this object. So the time that a look-up
 * takes tells nothing: nobody else can make a digest, not even a part of one. Bounded; the one that was not asked for longest goes first,
 * and each some time after it was checked. Safe for many threads.
 */
final class VerifiedLogins {
    private final int limit;
    private final long lifeNanos;
    private final LongSupplier nanoClock;
    private final SecretKeySpec key;
    // Held for a look-up in a map only, never while hashing.
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Verified> callers = new LinkedHashMap<>(16, 0.75f, true);

    private record Verified(Caller caller, long atNanos) {}

    /** @param lifeNanos from the check of the password on; a digest is quicker to guess from than what a source of users has */
    VerifiedLogins(int limit, long lifeNanos, SecureRandom random, LongSupplier nanoClock) {
        this.limit = limit;
        this.lifeNanos = lifeNanos;
        this.nanoClock = nanoClock;
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** What stands here for a name with its password, brought from one place: elsewhere it is to be checked, and counted. */
    String digest(String name, String place, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            mac.update(place.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            byte[] digest = mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
            return new String(digest, StandardCharsets.ISO_8859_1);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is not in this JDK", e);
        }
    }

    @Nullable
    Caller find(String digest) {
        lock.lock();
        try {
            Verified known = callers.get(digest);
            if (known == null) return null;
            if (nanoClock.getAsLong() - known.atNanos < lifeNanos) return known.caller;
            callers.remove(digest);
            return null;
        } finally {
            lock.unlock();
        }
    }

    void remember(String digest, Caller caller) {
        if (lifeNanos <= 0) return;
        lock.lock();
        try {
            callers.put(digest, new Verified(caller, nanoClock.getAsLong()));
            var oldest = callers.entrySet().iterator();
            while (callers.size() > limit && oldest.hasNext()) {
                oldest.next();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return callers.size();
        } finally {
            lock.unlock();
        }
    }

    /** For the log and the debugger: nothing of the content. */
    @Override
    public String toString() {
        return "verified logins, at most " + limit;
    }
}
