package org.dormouse.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before {@link Users}: counts failures and does not hear who has too many, lets few passwords be checked at once, and remembers those
 * that were right. Applications with the same users share one. Safe for many threads.
 *
 * <p>Nobody can lock out others by guessing: a name is locked for addresses from which its user has not logged in before, an address for users
 * who have not logged in from it, and those who have are checked by themselves, whatever the others do. Names that some source of users takes
 * for one, since they differ in case, accents, spaces or what is not seen, have their failures in common, whether or not there is such a user.
 */
public final class Logins {
    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Characters of a name and of a password that are looked at. */
    private static final int MAX_CHARACTERS = 1024;

    private static final Pattern UNSEEN = Pattern.compile("[\\p{M}\\p{Cf}\\p{Z}\\s]+");
    private static final int MAX_VERIFIED = 1000;
    /** Guessing takes at most half of the cores. */
    private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    /** A few seconds' worth of checks: who waited longer would have left. */
    private static final int WAITING = Math.max(16, 4 * AT_ONCE);

    private final Users users;
    private final LongSupplier nanoClock;
    private final PasswordChecks ofStrangers;
    private final PasswordChecks ofKnown;
    private final VerifiedLogins verified;
    private final FailureTable byPair;
    private final FailureTable byUser;
    private final FailureTable byPlace;
    /** Pairs of user and place that have logged in, the one that did longest ago first. */
    private final Set<String> known;

    private final AtomicLong warnedAt;

    public Logins(Users users) {
        this(users, LoginLimits.DEFAULT, System::nanoTime);
    }

    /** @param nanoClock nanoseconds since any moment */
    public Logins(Users users, LoginLimits limits, LongSupplier nanoClock) {
        this.users = users;
        this.nanoClock = nanoClock;
        this.ofStrangers = new PasswordChecks(AT_ONCE, WAITING, nanoClock);
        this.ofKnown = new PasswordChecks(AT_ONCE, WAITING, nanoClock);
        this.verified = new VerifiedLogins(MAX_VERIFIED, limits.remember().toNanos(), new SecureRandom(), nanoClock);
        long lock = limits.lockTime().toNanos();
        this.byPair = new FailureTable(limits.maxFailures(), lock, limits.maxTracked());
        this.byUser = new FailureTable(limits.maxFailuresPerUser(), lock, limits.maxTracked());
        this.byPlace = new FailureTable(limits.maxFailuresPerAddress(), lock, limits.maxTracked());
        this.known = Collections.synchronizedSet(Collections.newSetFromMap(new Recent(limits.maxTracked())));
        this.warnedAt = new AtomicLong(nanoClock.getAsLong() - WARN_NANOS);
    }

    private static final class Recent extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1;

        private final int limit;

        Recent(int limit) {
            super(16, 0.75f, true);
            this.limit = limit;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > limit;
        }
    }

    /**
     * Who tries.
     *
     * @param user the name with case folded
     * @param likeness what a source of users may take for the same name, as directories (RFC 4518) and databases do: failures count for all of them
     * @param place empty for an address that stands for many clients
     */
    private record Attempt(String user, String likeness, String place) {
        /** Who has logged in: nobody who only looks alike. */
        String pair() {
            return user + '\0' + place;
        }

        /** Who has failed to. */
        String likePair() {
            return likeness + '\0' + place;
        }

        boolean hasPlace() {
            return !place.isEmpty();
        }
    }

    /** Those who are asked. */
    public Users users() {
        return users;
    }

    /**
     * The caller of that name, if the password is right.
     *
     * @param address of the client, as digits
     * @throws TooManyLogins if that is not checked now
     */
    public @Nullable Caller login(String name, String password, String address) {
        if (!isPlausible(name) || password.isEmpty() || password.length() > MAX_CHARACTERS) return null;
        String normalized = PasswordHash.normalized(name);
        Attempt attempt = attempt(normalized, address);
        if (attempt.hasPlace()) refuseIfLocked(byPair, attempt.likePair());
        String digest = verified.digest(normalized, attempt.place, password);
        Caller remembered = verified.find(digest);
        if (remembered != null) return remembered;
        boolean isKnown = isKnown(attempt);
        refuseStrangers(attempt, isKnown);
        PasswordChecks lane = known.contains(attempt.pair()) ? ofKnown : ofStrangers;
        return lane.run(digest, attempt.place, () -> {
            Caller meanwhile = verified.find(digest); // an equal attempt may have been checked
            if (meanwhile != null) return meanwhile;
            Caller caller = counted(attempt, isKnown, () -> users.login(normalized, password));
            if (caller != null) verified.remember(digest, caller);
            return caller;
        });
    }

    /**
     * The caller whom {@code check} finds, where the proof is cheap to check. Failures count as those of passwords.
     *
     * @throws TooManyLogins if that is not checked now
     */
    public @Nullable Caller check(String name, String address, Supplier<@Nullable Caller> check) {
        if (!isPlausible(name)) return null;
        Attempt attempt = attempt(PasswordHash.normalized(name), address);
        return counted(attempt, isKnown(attempt), check);
    }

    /** Where many clients have one address, that of a user is also that of who guesses. */
    private boolean isKnown(Attempt attempt) {
        return attempt.hasPlace() && known.contains(attempt.pair());
    }

    private static boolean isPlausible(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_CHARACTERS
                && name.chars().noneMatch(Character::isISOControl);
    }

    private static Attempt attempt(String normalized, String address) {
        // Twice, so that characters whose lower case depends on their neighbours come out alike.
        String folded = normalized.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return new Attempt(Normalizer.normalize(folded, Normalizer.Form.NFC), likeness(folded), place(address));
    }

    /** Without accents, spaces and what is not seen, and with letters of other widths and styles as plain ones. */
    private static String likeness(String folded) {
        String parts = Normalizer.normalize(folded, Normalizer.Form.NFKD);
        String plain = UNSEEN.matcher(parts).replaceAll("");
        String likeness = plain.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return likeness.isEmpty() ? folded : likeness;
    }

    /**
     * The first 64 bits of an IPv6 address, which one household has; empty for the machine itself, where it is most often a proxy, and every
     * client is behind it.
     */
    static String place(String address) {
        try {
            InetAddress literal = InetAddress.ofLiteral(address);
            if (literal.isLoopbackAddress()) return "";
            if (!(literal instanceof Inet6Address)) return literal.getHostAddress();
            return HexFormat.of().formatHex(literal.getAddress(), 0, 8) + "::/64";
        } catch (IllegalArgumentException e) {
            return address; // of a test, or of something that is not IP
        }
    }

    /** Counts a failure before it is one: of many that come at once, no more than the limit get through. */
    private @Nullable Caller counted(Attempt attempt, boolean isKnown, Supplier<@Nullable Caller> check) {
        if (attempt.hasPlace()) refuseIfLocked(byPair, attempt.likePair());
        refuseStrangers(attempt, isKnown);
        long now = nanoClock.getAsLong();
        if (attempt.hasPlace()) byPair.add(attempt.likePair(), now);
        if (attempt.hasPlace()) byPlace.add(attempt.place, now);
        if (!isKnown) byUser.add(attempt.likeness, now);
        boolean isFailure = false;
        try {
            Caller caller = check.get();
            isFailure = caller == null;
            if (caller != null) {
                byPair.forget(attempt.likePair());
                known.add(attempt.pair());
            }
            return caller;
        } finally {
            if (!isFailure) {
                if (attempt.hasPlace()) byPair.takeBack(attempt.likePair());
                if (attempt.hasPlace()) byPlace.takeBack(attempt.place);
                if (!isKnown) byUser.takeBack(attempt.likeness);
            }
        }
    }

    private void refuseStrangers(Attempt attempt, boolean isKnown) {
        if (isKnown) return;
        refuseIfLocked(byUser, attempt.likeness);
        if (attempt.hasPlace()) refuseIfLocked(byPlace, attempt.place);
    }

    @SuppressWarnings("ReferenceEquality") // which of the tables it is
    private void refuseIfLocked(FailureTable table, String key) {
        long now = nanoClock.getAsLong();
        long left = table.lockedFor(key, now);
        if (left <= 0) return;
        long before = warnedAt.get();
        if (now - before >= WARN_NANOS && warnedAt.compareAndSet(before, now)) {
            LOG.warn(
                    "logins {} failed too often and are answered 429 for a while (login.max-failures and the like); if that address is"
                            + " a proxy, forwarded.trusted has to name it. The next such line comes in a minute at the earliest",
                    table == byPlace ? "from " + printable(key) : "of one user");
        }
        throw TooManyLogins.locked("too many logins have failed", TimeUnit.NANOSECONDS.toSeconds(left) + 1);
    }

    private static String printable(String text) {
        return text.replaceAll("[^0-9A-Za-z.:/%\\[\\]-]", "?");
    }

    /** Entries of all tables; none of them grows beyond its limit. */
    int tracked() {
        return Math.max(Math.max(byPair.size(), byUser.size()), Math.max(byPlace.size(), known.size()));
    }
}
