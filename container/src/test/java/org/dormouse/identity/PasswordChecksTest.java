package org.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.ErrorLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PasswordChecksTest {
    private static final Caller ANNA = new Caller("anna", Set.of());

    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger ran = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        go.countDown();
        threads.close();
    }

    private Caller slow() {
        ran.incrementAndGet();
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return ANNA;
    }

    /** Begins checks and waits until they are counted: each works or waits from then on. */
    private List<Future<Caller>> begin(PasswordChecks checks, int count, String attempt) {
        var begun = new ArrayList<Future<Caller>>();
        for (int i = 0; i < count; i++) {
            String name = attempt + (attempt.isEmpty() ? "" + i : "");
            int before = checks.inside();
            begun.add(threads.submit(() -> checks.run(name, "", this::slow)));
            while (checks.inside() == before) Thread.onSpinWait();
        }
        return begun;
    }

    @Test
    void whoWouldHaveToWaitBehindTooManyIsRefusedAtOnce() throws Exception {
        var checks = new PasswordChecks(2, 3, nanos::get);
        var begun = begin(checks, 5, "");

        assertThatThrownBy(() -> checks.run("one more", "", this::slow))
                .isInstanceOf(TooManyLogins.class)
                .hasMessageContaining("limit 5");
        assertThat(ran.get()).isLessThanOrEqualTo(2);

        go.countDown();
        for (var each : begun) assertThat(each.get()).isEqualTo(ANNA);
        assertThat(ran).hasValue(5);
        assertThat(checks.inside()).isZero();
        assertThat(checks.run("later", "", this::slow)).isEqualTo(ANNA);
    }

    @Test
    void equalAttemptsAreCheckedOnceForAll() throws Exception {
        var checks = new PasswordChecks(1, 0, nanos::get);
        var begun = begin(checks, 1 + PasswordChecks.MAX_FOLLOWERS, "anna");

        assertThatThrownBy(() -> checks.run("anna", "", this::slow)).isInstanceOf(TooManyLogins.class);
        go.countDown();

        for (var each : begun) assertThat(each.get()).isEqualTo(ANNA);
        assertThat(ran).hasValue(1);
        assertThat(checks.inside()).isZero();
    }

    @Test
    void aCheckThatFailsFailsForItsFollowersAndIsForgotten() throws Exception {
        var checks = new PasswordChecks(1, 0, nanos::get);
        var first = threads.submit(() -> checks.run("anna", "", () -> {
            slow();
            throw new IllegalStateException("broken");
        }));
        while (ran.get() == 0) Thread.onSpinWait();
        var follower = begin(checks, 1, "anna").getFirst();
        go.countDown();
        assertThatThrownBy(first::get).hasRootCauseMessage("broken");
        assertThatThrownBy(follower::get).hasRootCauseMessage("broken");
        assertThat(checks.run("anna", "", this::slow)).isEqualTo(ANNA);
    }

    @Test
    void refusalsAreLoggedOnceAMinute() {
        var log = new ErrorLog();
        try (log) {
            var checks = new PasswordChecks(1, 0, nanos::get);
            begin(checks, 1, "");
            for (int i = 0; i < 10; i++) refused(checks);
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            for (int i = 0; i < 10; i++) refused(checks);
        }
        assertThat(log.text().lines())
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).contains(" 1 passwords were not checked"),
                        second -> assertThat(second).contains(" 10 passwords were not checked"));
    }

    private void refused(PasswordChecks checks) {
        assertThatThrownBy(() -> checks.run("guess", "", this::slow)).isInstanceOf(TooManyLogins.class);
    }

    @Test
    void oneAddressTakesAQuarterOfTheRoomAndNotThatOfOthers() throws Exception {
        var checks = new PasswordChecks(2, 6, nanos::get);
        var begun = new ArrayList<Future<Caller>>();
        for (int i = 0; i < 2; i++) {
            String name = "guess" + i;
            int before = checks.inside();
            begun.add(threads.submit(() -> checks.run(name, "192.0.2.1", this::slow)));
            while (checks.inside() == before) Thread.onSpinWait();
        }
        assertThatThrownBy(() -> checks.run("guess", "192.0.2.1", this::slow)).isInstanceOf(TooManyLogins.class);
        begun.add(threads.submit(() -> checks.run("anna", "192.0.2.2", this::slow)));
        go.countDown();
        for (var each : begun) assertThat(each.get()).isEqualTo(ANNA);
        assertThat(checks.run("later", "192.0.2.1", this::slow)).isEqualTo(ANNA);
    }
}
