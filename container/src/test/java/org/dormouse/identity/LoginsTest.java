package org.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoginsTest {
    private static final Caller ANNA = new Caller("anna", Set.of("admin"));
    private static final String HERE = "192.0.2.1";
    private static final String THERE = "198.51.100.9";
    private static final Duration LOCK = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicInteger asked = new AtomicInteger();
    private final Logins logins = with(new LoginLimits(3, 5, 8, LOCK, 100, Duration.ofMinutes(10)));

    private Logins with(LoginLimits limits) {
        return new Logins(this::login, limits, nanos::get);
    }

    private Caller login(String name, String password) {
        asked.incrementAndGet();
        if (password.equals("away")) throw new IllegalStateException("the database is away");
        if (name.equals("bert") && password.equals("hidden")) return new Caller("bert", Set.of());
        return name.equals("anna") && password.equals("secret") ? ANNA : null;
    }

    private void fail(int times, String name, String address) {
        for (int i = 0; i < times; i++)
            assertThat(logins.login(name, "wrong" + i, address))
                    .as("failure " + i)
                    .isNull();
    }

    private void assertLocked(String name, String password, String address) {
        int before = asked.get();
        assertThatThrownBy(() -> logins.login(name, password, address))
                .isInstanceOfSatisfying(
                        TooManyLogins.class, e -> assertThat(e.status()).isEqualTo(429));
        assertThat(asked).as("nobody is asked").hasValue(before);
    }

    @Test
    void whoFailsTooOftenIsNotHeardForAWhileEvenWithTheRightPassword() {
        fail(3, "anna", HERE);
        assertLocked("anna", "secret", HERE);
        nanos.addAndGet(LOCK.toNanos() - 1);
        assertLocked("anna", "secret", HERE);
        nanos.incrementAndGet();
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
    }

    @Test
    void anotherAddressIsHeardMeanwhile() {
        fail(3, "anna", THERE);
        assertLocked("anna", "secret", THERE);
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
    }

    @ParameterizedTest
    @CsvSource({"anna,ANNA", "stra\u00dfe,STRASSE", "jos\u00e9,JOSE\u0301", "\u0130x,i\u0307X"})
    void caseAndFormOfANameDoNotMakeItAnother(String name, String same) {
        fail(2, name, HERE);
        fail(1, same, HERE);
        assertLocked(name, "secret", HERE);
        assertLocked(same, "secret", HERE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  anna ",
                "an\u00adna",
                "a\u200bnna",
                "\uff41nna",
                "\u00e4nna",
                "anna\u0301",
                "\u00aanna",
                "AN NA"
            })
    void whatADirectoryOrADatabaseTakesForTheSameNameHasItsFailuresInCommon(String same) {
        fail(2, "anna", HERE);
        fail(1, same, HERE);
        assertLocked("anna", "secret", HERE);
        assertLocked(same, "secret", HERE);
        fail(1, same, "203.0.113.1");
        fail(1, "anna", "203.0.113.2");
        assertLocked("anna", "secret", THERE);
    }

    @Test
    void whoLogsInUnderANameThatLooksAlikeIsNoFriendOfItsOwner() {
        var alike = new Logins(
                (name, password) -> password.equals("secret") ? new Caller(name, Set.of()) : null,
                new LoginLimits(100, 5, 100, LOCK, 100, Duration.ofMinutes(5)),
                nanos::get);
        assertThat(alike.login("\u00e4nna", "secret", HERE)).isNotNull();
        for (int i = 0; i < 5; i++)
            assertThat(alike.login("anna", "wrong", HERE)).isNull();
        assertThatThrownBy(() -> alike.login("anna", "secret", HERE)).isInstanceOf(TooManyLogins.class);
    }

    @Test
    void namesThatNobodyHasAreLockedAlike() {
        fail(3, "nobody", HERE);
        assertLocked("nobody", "secret", HERE);
    }

    @Test
    void guessesFromManyAddressesLockANameForStrangersAndNotForWhoHasLoggedInBefore() {
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
        for (int i = 0; i < 5; i++) fail(1, "anna", "203.0.113." + i);
        assertLocked("anna", "secret", THERE);
        nanos.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
        assertThat(logins.login("anna", "secret", HERE)).as("remembered").isEqualTo(ANNA);
        var fresh = new Logins(this::login, new LoginLimits(3, 5, 8, LOCK, 100, Duration.ZERO), nanos::get);
        fresh.login("anna", "secret", HERE);
        for (int i = 0; i < 5; i++) fresh.login("anna", "wrong", "203.0.113." + i);
        assertThat(fresh.login("anna", "secret", HERE)).as("checked anew").isEqualTo(ANNA);
    }

    @Test
    void aSuccessOfTheUserDoesNotGiveAGuesserMoreAttempts() {
        logins.login("anna", "secret", HERE);
        for (int i = 0; i < 4; i++) fail(1, "anna", "203.0.113." + i);
        logins.login("anna", "secret", HERE);
        fail(1, "anna", "203.0.113.77");
        assertLocked("anna", "guess", "203.0.113.78");
    }

    @Test
    void anAddressThatGuessesNamesIsNotHeardButForThoseWhoHaveLoggedInFromIt() {
        assertThat(logins.login("bert", "hidden", HERE)).isNotNull();
        for (int i = 0; i < 8; i++) fail(1, "name" + i, HERE);
        assertLocked("anna", "secret", HERE);
        assertThat(logins.login("bert", "hidden", HERE)).isNotNull();
        assertThat(logins.login("anna", "secret", THERE)).isNotNull();
    }

    @Test
    void anOwnAccountDoesNotGiveAGuesserMoreAttempts() {
        for (int i = 0; i < 8; i++) {
            fail(1, "name" + i, HERE);
            logins.login("bert", "hidden", HERE);
        }
        assertLocked("anna", "secret", HERE);
    }

    @Test
    void aNetworkOfIpv6IsOneAddressAndTheMachineItselfIsNone() {
        assertThat(Logins.place("2001:db8:1:2:3:4:5:6")).isEqualTo(Logins.place("2001:db8:1:2::1"));
        assertThat(Logins.place("2001:db8:1:2::1")).isNotEqualTo(Logins.place("2001:db8:1:3::1"));
        assertThat(Logins.place("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(Logins.place("127.0.0.1")).isEmpty();
        assertThat(Logins.place("::1")).isEmpty();
        for (int i = 0; i < 20; i++) fail(1, "name" + i, "127.0.0.1");
        fail(4, "anna", "127.0.0.1");
        assertThat(logins.login("anna", "secret", "127.0.0.1")).isEqualTo(ANNA);
        fail(1, "anna", "127.0.0.1");
        assertLocked("anna", "guess", "127.0.0.1");
    }

    @Test
    void aSourceThatIsAwayIsNoFailureOfTheUser() {
        for (int i = 0; i < 20; i++)
            assertThatThrownBy(() -> logins.login("anna", "away", HERE)).hasMessageContaining("away");
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
    }

    @Test
    void whatIsRememberedIsForTheAddressThatBroughtIt() {
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
        assertThat(logins.login("anna", "secret", HERE)).isEqualTo(ANNA);
        assertThat(asked).hasValue(1);
        logins.login("anna", "secret", THERE);
        assertThat(asked).hasValue(2);
        fail(3, "anna", HERE);
        assertLocked("anna", "secret", HERE);
    }

    @Test
    void tablesAreBoundedAndAFloodOfNamesDoesNotUnlockOne() {
        fail(3, "anna", HERE);
        for (int i = 0; i < 10_000; i++) {
            try {
                logins.login("flood" + i, "x", "10.0." + i / 250 + "." + i % 250);
            } catch (TooManyLogins e) {
                throw new AssertionError(e);
            }
        }
        assertThat(logins.tracked()).isEqualTo(100);
        assertLocked("anna", "secret", HERE);
    }

    @Test
    void aFloodOfGuessesDoesNotKeepAnybodyOutWhoHasLoggedInBefore() throws Exception {
        var go = new CountDownLatch(1);
        var inside = new AtomicInteger();
        Logins busy = new Logins(
                (name, password) -> {
                    if (password.startsWith("guess")) {
                        inside.incrementAndGet();
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                    return login(name, password);
                },
                new LoginLimits(1000, 1000, 1000, LOCK, 1000, Duration.ZERO),
                nanos::get);
        assertThat(busy.login("anna", "secret", HERE)).isEqualTo(ANNA);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var guesses = new ArrayList<Future<Boolean>>();
            var refused = new AtomicInteger();
            for (int i = 0; i < 500; i++) {
                String name = "name" + i;
                String from = "10.0." + i / 250 + "." + i % 250;
                guesses.add(threads.submit(() -> {
                    try {
                        return busy.login(name, "guess", from) == null;
                    } catch (TooManyLogins e) {
                        return refused.incrementAndGet() > 0;
                    }
                }));
            }
            while (refused.get() < 400) Thread.onSpinWait();
            assertThatThrownBy(() -> busy.login("bert", "hidden", THERE)).isInstanceOf(TooManyLogins.class);
            assertThat(busy.login("anna", "secret", HERE)).isEqualTo(ANNA);
            go.countDown();
            for (var each : guesses) assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(busy.login("bert", "hidden", THERE)).isNotNull();
    }

    @Test
    void ofManyGuessesAtOnceNoMoreThanTheLimitAreChecked() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var guesses = new ArrayList<Future<?>>();
            for (int i = 0; i < 200; i++) {
                String password = "guess" + i;
                guesses.add(threads.submit(() -> {
                    try {
                        logins.login("anna", password, HERE);
                    } catch (TooManyLogins e) {
                        assertThat(e.retrySeconds()).isPositive();
                    }
                }));
            }
            for (var each : guesses) each.get();
        }
        assertThat(asked.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void namesAndPasswordsBeyondAllMeasureAskNobody() {
        for (String name : new String[] {"", "a".repeat(1025), "a\0b", "a\nb"})
            assertThat(logins.login(name, "x", HERE)).isNull();
        assertThat(logins.login("anna", "", HERE)).isNull();
        assertThat(logins.login("anna", "x".repeat(1025), HERE)).isNull();
        assertThat(asked).hasValue(0);
    }

    @Test
    void limitsThatCannotBeAreRefusedWithTheirKey() {
        assertThatThrownBy(() -> new LoginLimits(0, 1, 1, LOCK, 1, LOCK)).hasMessageContaining("login.max-failures 0");
        assertThatThrownBy(() -> new LoginLimits(1, 1, 1, Duration.ZERO, 1, LOCK))
                .hasMessageContaining("login.lock-time");
        assertThatThrownBy(() -> new LoginLimits(1, 1, 1, LOCK, 1, Duration.ofDays(2)))
                .hasMessageContaining("login.remember");
    }
}
