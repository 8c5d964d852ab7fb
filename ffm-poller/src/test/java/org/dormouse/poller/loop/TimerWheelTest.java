package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The wheel against the plainest thing that could do its work: a map from timeout to deadline. */
class TimerWheelTest {
    private static final long MILLI = 1_000_000;

    private final List<Integer> fired = new ArrayList<>();

    private final class Numbered extends Timeout {
        final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        protected void expired() {
            fired.add(number);
        }
    }

    private static long ceilingTick(long nanos) {
        return nanos / MILLI + (nanos % MILLI == 0 ? 0 : 1);
    }

    private static void fire(Timeout timeout) {
        timeout.expireAt(Timeout.NEVER);
        timeout.expired();
    }

    /** Has no memory for a new place now and then. */
    private static final class PoorWheel extends TimerWheel {
        final Random luck;

        PoorWheel(long nanoTime, long seed) {
            super(nanoTime);
            luck = new Random(seed);
        }

        @Override
        Timeout[] newPlace() {
            if (luck.nextInt(3) == 0) throw new OutOfMemoryError("for a test");
            return super.newPlace();
        }
    }

    /** As a loop does it, turn by turn. */
    private static void untilItSucceeds(Runnable task) {
        for (int i = 0; i < 10_000; i++) {
            try {
                task.run();
                return;
            } catch (OutOfMemoryError e) {
                // another turn
            }
        }
        throw new AssertionError("it never succeeds");
    }

    @Test
    void whereMemoryLacksNoTimeoutIsLostOrForgottenHoweverOftenItFails() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            long now = Math.abs(random.nextLong()) % (1L << 50);
            var wheel = new PoorWheel(now, seed);
            var pending = new HashMap<Integer, Long>();
            for (int step = 0; step < 100; step++) {
                for (int i = 0; i < 5; i++) {
                    var timeout = new Numbered(step * 5 + i);
                    timeout.expireAt(now + MILLI + random.nextLong(1L << random.nextInt(1, 40)));
                    untilItSucceeds(() -> wheel.plan(timeout));
                    pending.put(timeout.number, ceilingTick(timeout.expiresAt()));
                }
                now += 1L << random.nextInt(38);
                long until = now;
                untilItSucceeds(() -> wheel.advance(until, TimerWheelTest::fire));
                var due = new TreeSet<Integer>();
                pending.forEach((number, tick) -> {
                    if (tick <= until / MILLI) due.add(number);
                });
                assertThat(new TreeSet<>(fired))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(due);
                assertThat(fired).doesNotHaveDuplicates();
                due.forEach(pending::remove);
                fired.clear();
                assertThat(wheel.size()).isEqualTo(pending.size());
            }
        }
    }

    @Test
    void aLoopThatHasTimeoutsLeftOverDoesNotSleep() {
        var wheel = new TimerWheel(0);
        for (int i = 0; i < 3; i++) {
            var timeout = new Numbered(i);
            timeout.expireAt(5 * MILLI);
            wheel.plan(timeout);
        }
        var poor = new boolean[] {true};
        TimerWheel.Expiry expiry = timeout -> {
            fire(timeout);
            if (poor[0]) throw new OutOfMemoryError("for a test");
        };
        for (int i = 1; i < 3; i++) {
            assertThatThrownBy(() -> wheel.advance(9 * MILLI, expiry)).isInstanceOf(OutOfMemoryError.class);
            assertThat(wheel.nanosToNext(9 * MILLI)).isZero();
        }
        poor[0] = false;
        wheel.advance(9 * MILLI, expiry);
        assertThat(fired).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(wheel.nanosToNext(9 * MILLI)).isNegative();
    }

    @Test
    void firesExactlyWhatANaiveModelFiresWhateverIsMovedAndWhen() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            long now = Math.abs(random.nextLong()) % (1L << 50);
            var wheel = new TimerWheel(now, seed % 2 == 0 ? 0 : 1000); // tidied all the time, or not at all
            Map<Integer, Numbered> timeouts = new HashMap<>();
            Map<Integer, Long> model = new HashMap<>();
            fired.clear();
            for (int step = 0; step < 300; step++) {
                int number = random.nextInt(20);
                Numbered timeout = timeouts.computeIfAbsent(number, Numbered::new);
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        // From "over already" to days, mostly near the borders between two wheels.
                        long delay = (1L << random.nextInt(38)) + random.nextLong(-2 * MILLI, 2 * MILLI);
                        timeout.expireAt(Math.max(0, now + delay));
                        wheel.plan(timeout);
                        // What is over already happens with the next tick.
                        model.put(number, Math.max(ceilingTick(timeout.expiresAt()), now / MILLI + 1));
                    }
                    case 2 -> {
                        timeout.expireAt(Timeout.NEVER);
                        model.remove(number);
                    }
                    default -> {
                        now += 1L << random.nextInt(36);
                        wheel.advance(now, TimerWheelTest::fire);
                        long tickNow = now / MILLI;
                        var due = new TreeSet<Integer>();
                        model.forEach((key, tick) -> {
                            if (tick <= tickNow) due.add(key);
                        });
                        assertThat(new TreeSet<>(fired))
                                .as("seed %d, step %d", seed, step)
                                .isEqualTo(due);
                        assertThat(fired).doesNotHaveDuplicates();
                        due.forEach(model::remove);
                        fired.clear();
                    }
                }
                long sleep = wheel.nanosToNext(now);
                for (long tick : model.values()) {
                    assertThat(sleep)
                            .as("seed %d, step %d: who sleeps must wake for each deadline", seed, step)
                            .isNotNegative();
                    assertThat(now + sleep).isLessThanOrEqualTo(tick * MILLI);
                }
            }
        }
    }

    @Test
    void whatWasTakenBackDoesNotPileUpUntilItsTimeComes() {
        var wheel = new TimerWheel(0);
        var kept = new ArrayList<Numbered>();
        long now = 0;
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            now += MILLI / 10;
            wheel.advance(now, TimerWheelTest::fire);
            var timeout = new Numbered(i);
            timeout.expireAt(now + 3_600_000 * MILLI);
            wheel.plan(timeout);
            if (i % 50 == 0) kept.add(timeout);
            else timeout.expireAt(Timeout.NEVER);
            most = Math.max(most, wheel.size());
        }
        assertThat(most).isLessThan(2 * kept.size() + 2_000);
        wheel.advance(now + 3_600_001 * MILLI, TimerWheelTest::fire);
        assertThat(fired).hasSameSizeAs(kept);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void sleepingFromPlaceToPlaceReachesEachDeadlineToTheMillisecond() {
        var random = new Random(7);
        for (int round = 0; round < 200; round++) {
            long now = 5 * MILLI * random.nextInt(1000);
            var wheel = new TimerWheel(now);
            var timeout = new Numbered(1);
            long deadline = now + MILLI * (1 + random.nextLong(1L << random.nextInt(1, 34)));
            timeout.expireAt(deadline);
            wheel.plan(timeout);
            int wakeUps = 0;
            while (fired.isEmpty()) {
                long sleep = wheel.nanosToNext(now);
                assertThat(sleep).isPositive();
                now += sleep;
                wheel.advance(now, TimerWheelTest::fire);
                wakeUps++;
            }
            assertThat(now).isEqualTo(deadline);
            assertThat(wakeUps)
                    .as("one per wheel, and one per turn of the last")
                    .isLessThan(20);
            fired.clear();
        }
    }

    @Test
    void movingADeadlineForwardCostsOneLookAtItsOldMoment() {
        var wheel = new TimerWheel(0);
        var timeout = new Numbered(1);
        timeout.expireAt(10 * MILLI);
        wheel.plan(timeout);
        for (int i = 0; i < 1000; i++) timeout.expireAt((20 + i) * MILLI);

        wheel.advance(10 * MILLI, TimerWheelTest::fire);
        assertThat(fired).isEmpty();
        wheel.advance(1018 * MILLI, TimerWheelTest::fire);
        assertThat(fired).isEmpty();
        wheel.advance(1019 * MILLI, TimerWheelTest::fire);
        assertThat(fired).containsExactly(1);
    }

    @Test
    void anEmptyWheelLetsTheLoopSleepForEver() {
        var wheel = new TimerWheel(123 * MILLI);
        assertThat(wheel.nanosToNext(123 * MILLI)).isNegative();
        var timeout = new Numbered(1);
        wheel.plan(timeout);
        assertThat(wheel.nanosToNext(123 * MILLI))
                .as("a deadline that never comes")
                .isNegative();
    }

    @Test
    void aTimeoutMayPlanItselfAgainWhileItFires() {
        var wheel = new TimerWheel(0);
        var times = new ArrayList<Long>();
        long[] now = {0};
        var timeout = new Timeout() {
            @Override
            protected void expired() {
                times.add(now[0]);
                expireAt(now[0] + 64 * MILLI);
                wheel.plan(this);
            }
        };
        timeout.expireAt(64 * MILLI);
        wheel.plan(timeout);
        for (; now[0] <= 640 * MILLI; now[0] += MILLI) wheel.advance(now[0], TimerWheelTest::fire);
        assertThat(times)
                .hasSize(10)
                .allSatisfy(time -> assertThat(time % (64 * MILLI)).isZero());
    }
}
