package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.Test;

/** What becomes of requests beyond the limit. Requests begin when the test says so: nothing here runs in another thread. */
class DoorTest {
    private final List<Runnable> begun = new ArrayList<>();
    private final List<Exchange> served = new ArrayList<>();
    private final HandClock clock = new HandClock();
    private boolean hasThreads = true;

    private final RequestThreads threads = new RequestThreads() {
        @Override
        public String execution() {
            return "VIRTUAL";
        }

        @Override
        public boolean start(Exchange exchange, Runnable request) {
            if (hasThreads) begun.add(request);
            return hasThreads;
        }

        @Override
        public Executor later(Exchange exchange) {
            return Runnable::run;
        }
    };

    @Test
    void whoWaitsBeginsInTheOrderOfArrivalWhenOthersLeave() {
        var door = door(admission(1, 2));
        TestExchange first = come(door);
        TestExchange second = come(door);
        TestExchange third = come(door);
        assertThat(begun).hasSize(1);
        runNext();
        assertThat(begun).hasSize(1);
        runNext();
        runNext();
        assertThat(served).containsExactly(first, second, third);
        assertThat(second.timers()).isZero();
    }

    @Test
    void aNewcomerDoesNotOvertakeWhoWaits() {
        Admission admission = admission(1, 5);
        var door = door(admission);
        come(door);
        TestExchange second = come(door);
        begun.clear();
        // The place becomes free and the line has not been told yet: the newcomer comes at that moment.
        admission.counter(0).takeBack();
        TestExchange third = come(door);
        runNext();
        assertThat(served).containsExactly(second);
        assertThat(third.status()).isZero();
    }

    @Test
    void aFullLineAnswers503AtOnceAndNamesBothLimits() {
        var door = door(admission(1, 1));
        come(door);
        come(door);
        TestExchange refused = come(door);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.responseField("Retry-After")).isEqualTo("1");
        assertThat(refused.body())
                .contains("server.max-requests-in-flight allows: 1")
                .contains("server.queue-length: 1");
        assertThat(refused.isEnded()).isTrue();
    }

    @Test
    void whoWaitedForTheQueueTimeoutIsAnswered503AndItsServletNeverRuns() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        come(door);
        TestExchange late = come(door);
        late.pass(4999);
        assertThat(late.status()).isZero();
        late.pass(2);
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.responseField("Retry-After")).isEqualTo("1");
        assertThat(late.body()).contains("server.queue-timeout, 5000 ms");
        assertThat(admission.line().length()).isZero();
        runNext();
        assertThat(begun).isEmpty();
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void aClientThatLeavesWhileItWaitsGivesUpItsPlaceInTheLine() {
        Admission admission = admission(1, 1);
        var door = door(admission);
        come(door);
        TestExchange gone = come(door);
        gone.leave();
        assertThat(admission.line().length()).isZero();
        assertThat(gone.isEnded()).isTrue();
        assertThat(gone.timers()).isZero();
        TestExchange next = come(door);
        runNext();
        runNext();
        assertThat(served).doesNotContain(gone).contains(next);
    }

    @Test
    void closingAnswersWhoWaitsAndLetsNobodyWaitAnyMore() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        come(door);
        TestExchange waiting = come(door);
        admission.line().close();
        assertThat(waiting.status()).isEqualTo(503);
        assertThat(waiting.isEnded()).isTrue();
        assertThat(come(door).status()).isEqualTo(503);
        assertThat(admission.admitted()).isOne();
    }

    @Test
    void whoFindsNoThreadAfterItsWaitIsAnswered503AndIsNotCounted() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        come(door);
        TestExchange second = come(door);
        TestExchange third = come(door);
        hasThreads = false;
        runNext();
        assertThat(second.status()).isEqualTo(503);
        assertThat(third.status()).isEqualTo(503);
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void whoCannotWaitDoesNotStandInTheWayOfWhoComesBehindIt() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        come(door);
        assertThatThrownBy(() -> door.handle(TestExchange.get("/").withoutTimers()))
                .hasMessage("no timers");
        assertThat(admission.line().length()).isZero();
        TestExchange third = come(door);
        runNext();
        runNext();
        assertThat(served).contains(third);
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void whoCanNeitherBeginNorBeAnsweredKeepsNoPlace() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        hasThreads = false;
        assertThatThrownBy(() -> door.handle(answered())).isInstanceOf(IllegalStateException.class);
        assertThat(admission.admitted()).isZero();

        hasThreads = true;
        come(door);
        TestExchange waiting = answered();
        door.handle(waiting);
        hasThreads = false;
        runNext(); // whoever leaves is not hit by it
        assertThat(waiting.isAborted()).isTrue();
        assertThat(waiting.isEnded()).isTrue();
        assertThat(admission.admitted()).isZero();
    }

    /** It takes no second answer. */
    private static TestExchange answered() {
        var exchange = TestExchange.get("/");
        exchange.commit(200, null, new Headers(), 0);
        return exchange;
    }

    @Test
    void whoWasAdmittedAndFindsItsThreadTooLateIsAnswered503AndItsServletNeverRuns() {
        Admission admission = admission(1000, 0);
        var door = door(admission);
        var all = new ArrayList<TestExchange>();
        for (int i = 0; i < 100; i++) all.add(come(door));
        for (int i = 0; i < 20; i++) runNext();
        clock.advance(Duration.ofMillis(5000));
        runNext(); // at the last moment
        assertThat(served).hasSize(21);
        clock.advance(Duration.ofNanos(1));
        while (!begun.isEmpty()) runNext();
        assertThat(served).hasSize(21);
        TestExchange late = all.getLast();
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.responseField("Retry-After")).isEqualTo("1");
        assertThat(late.body()).contains("server.queue-timeout, 5000 ms");
        assertThat(late.isEnded()).isTrue();
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void theWaitInTheLineAndTheWaitForTheThreadAreOneDeadline() {
        Admission admission = admission(1, 2);
        var door = door(admission);
        come(door);
        TestExchange second = come(door);
        clock.advance(Duration.ofSeconds(3));
        runNext(); // the first leaves, the second is admitted
        clock.advance(Duration.ofSeconds(2).plusNanos(1));
        runNext();
        assertThat(second.status()).isEqualTo(503);
        assertThat(served).hasSize(1);
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void aFewRequestsHaveNoDeadlineAndNobodyLooksAtTheClockForThem() {
        var admission = new Admission(AdmissionSettings.fixed(1000, 0, Duration.ofSeconds(5)), 1, () -> {
            throw new AssertionError("the clock was looked at");
        });
        var door = door(admission);
        for (int i = 0; i < 16; i++) come(door);
        while (!begun.isEmpty()) runNext();
        assertThat(served).hasSize(16);
    }

    @Test
    void anAdaptiveLimitFallsWhenRequestsBecomeSlowAndTheRestWaits() {
        var settings = new AdmissionSettings(true, 1000, 1, 1000, Duration.ofSeconds(5));
        var admission = new Admission(settings, 1, clock);
        var door = door(admission);
        for (int i = 0; i < 60; i++) serve(door, 10, Duration.ofMillis(20));
        int before = admission.limit();
        for (int i = 0; i < 60; i++) serve(door, 10, Duration.ofSeconds(2));
        assertThat(before).isEqualTo(200);
        assertThat(admission.limit()).isLessThan(50);
        for (int i = 0; i < 100; i++) come(door);
        assertThat(begun).hasSize(admission.limit());
        assertThat(admission.line().length()).isEqualTo(100 - admission.limit());
    }

    @Test
    void anAdaptiveLimitThatLooksForRoomGivesUpWhenWhoIsAtWorkDoesNotEnd() {
        var settings = new AdmissionSettings(true, 1000, 4, 1000, Duration.ofSeconds(5));
        var admission = new Admission(settings, 1, clock);
        var door = door(admission);
        while (admission.limit() > 4) serve(door, admission.limit(), Duration.ofMillis(20));
        for (int i = 0; i < 10; i++) come(door);
        assertThat(begun).hasSize(4);
        clock.advance(Duration.ofSeconds(5));
        come(door);
        assertThat(begun).hasSize(11);
    }

    private void serve(Door door, int requests, Duration each) {
        for (int i = 0; i < requests; i++) come(door);
        clock.advance(each);
        while (!begun.isEmpty()) runNext();
    }

    private Admission admission(int limit, int queueLength) {
        return new Admission(AdmissionSettings.fixed(limit, queueLength, Duration.ofSeconds(5)), 1, clock);
    }

    private Door door(Admission admission) {
        var application = new Application("", threads, (exchange, later) -> served.add(exchange));
        return new Door(new Applications(List.of(application)), admission, 0);
    }

    private static TestExchange come(Door door) {
        var exchange = TestExchange.get("/");
        door.handle(exchange);
        return exchange;
    }

    private void runNext() {
        begun.removeFirst().run();
    }
}
