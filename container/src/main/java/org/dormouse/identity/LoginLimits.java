package org.dormouse.identity;

import java.time.Duration;

/**
 * What guessing meets. Failures are counted for {@code lockTime}; who reaches a limit is not heard for as long.
 *
 * @param maxFailures of one name from one address (key {@code login.max-failures})
 * @param maxFailuresPerUser of one name from addresses from which that user has never logged in; from those they still can (key {@code
 *     login.max-failures-per-user})
 * @param maxFailuresPerAddress of any names from one address, or one network of IPv6; who has logged in from there before still can (key
 *     {@code login.max-failures-per-address})
 * @param lockTime see above (key {@code login.lock-time})
 * @param maxTracked names, addresses and pairs of them that are remembered, of each (key {@code login.max-tracked})
 * @param remember how long a password that was right is not checked again; zero: each time (key {@code login.remember})
 */
public record LoginLimits(
        int maxFailures,
        int maxFailuresPerUser,
        int maxFailuresPerAddress,
        Duration lockTime,
        int maxTracked,
        Duration remember) {
    public static final LoginLimits DEFAULT =
            new LoginLimits(10, 50, 100, Duration.ofMinutes(10), 10_000, Duration.ofMinutes(10));

    public LoginLimits {
        atLeastOne("login.max-failures", maxFailures);
        atLeastOne("login.max-failures-per-user", maxFailuresPerUser);
        atLeastOne("login.max-failures-per-address", maxFailuresPerAddress);
        atLeastOne("login.max-tracked", maxTracked);
        within("login.lock-time", lockTime, Duration.ofSeconds(1));
        within("login.remember", remember, Duration.ZERO);
    }

    private static void atLeastOne(String key, int value) {
        if (value < 1) throw new IllegalArgumentException(key + " " + value + " < 1");
    }

    private static void within(String key, Duration time, Duration least) {
        if (time.compareTo(least) < 0 || time.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException(
                    key + " " + time.toMillis() + "ms, must be " + least.toMillis() + "ms to 24h");
    }
}
