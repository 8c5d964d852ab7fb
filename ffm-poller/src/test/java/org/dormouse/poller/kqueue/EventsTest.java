package org.dormouse.poller.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.backend.Backend;
import org.junit.jupiter.api.Test;

/** What events of the kernel mean, as XNU and FreeBSD fill them in (filt_soread and filt_sowrite); libkqueue leaves some of it out. */
class EventsTest {
    private static final int DESCRIPTOR = 70;
    private static final long TOKEN = 0x1_0000_0002L;
    private static final int ECONNRESET = 54;

    private final Events events = new Events(Arena.ofAuto());

    EventsTest() {
        events.begin(DESCRIPTOR);
    }

    private int input(int flags, int fflags) {
        return taken(Kevent.EVFILT_READ, flags, fflags);
    }

    private int output(int flags, int fflags) {
        return taken(Kevent.EVFILT_WRITE, flags, fflags);
    }

    private int taken(int filter, int flags, int fflags) {
        Kevent.set(events.array(), 0, DESCRIPTOR, filter, Kevent.EV_CLEAR | flags, fflags, TOKEN);
        events.taken(1);
        assertThat(events.token(0)).isEqualTo(TOKEN);
        return events.readiness(0);
    }

    @Test
    void eachFilterIsADirection() {
        assertThat(input(0, 0)).isEqualTo(Backend.IN);
        assertThat(output(0, 0)).isEqualTo(Backend.OUT);
    }

    @Test
    void theEndOfTheInputIsAHalfCloseAndNoHangUp() {
        assertThat(input(Kevent.EV_EOF, 0)).isEqualTo(Backend.IN | Backend.PEER_FINISHED);
        assertThat(output(0, 0)).isEqualTo(Backend.OUT);
    }

    @Test
    void ourOwnHalfCloseIsNoHangUpUntilThePeerFinishesToo() {
        assertThat(output(Kevent.EV_EOF, 0)).isEqualTo(Backend.OUT);
        assertThat(input(0, 0)).isEqualTo(Backend.IN);
        assertThat(input(Kevent.EV_EOF, 0)).isEqualTo(Backend.IN | Backend.PEER_FINISHED | Backend.GONE);
    }

    @Test
    void aHalfCloseOfThePeerThenOursIsAHangUp() {
        assertThat(input(Kevent.EV_EOF, 0) & Backend.GONE).isZero();
        assertThat(output(Kevent.EV_EOF, 0)).isEqualTo(Backend.OUT | Backend.GONE);
    }

    @Test
    void anErrorIsAHangUpInEitherDirection() {
        assertThat(input(Kevent.EV_EOF, ECONNRESET)).isEqualTo(Backend.IN | Backend.PEER_FINISHED | Backend.GONE);
        events.begin(DESCRIPTOR);
        assertThat(output(Kevent.EV_EOF, ECONNRESET)).isEqualTo(Backend.OUT | Backend.GONE);
    }

    @Test
    void bothEndsInOnePollAreAHangUpInWhicheverOrder() {
        Kevent.set(events.array(), 0, DESCRIPTOR, Kevent.EVFILT_WRITE, Kevent.EV_EOF, 0, TOKEN);
        Kevent.set(events.array(), 1, DESCRIPTOR, Kevent.EVFILT_READ, Kevent.EV_EOF, 0, TOKEN);
        events.taken(2);
        assertThat(events.readiness(0) & Backend.GONE).isNotZero();
        assertThat(events.readiness(1) & Backend.GONE).isNotZero();
    }

    @Test
    void aNewSocketWithTheSameNumberHasNoEnds() {
        input(Kevent.EV_EOF, 0);
        events.begin(DESCRIPTOR);
        assertThat(output(Kevent.EV_EOF, 0)).isEqualTo(Backend.OUT);
    }

    @Test
    void aWakeUpIsNobodysEvent() {
        Kevent.set(events.array(), 0, 0, Kevent.EVFILT_USER, Kevent.EV_CLEAR, 0, -1);
        events.taken(1);
        assertThat(events.token(0)).isNegative();
    }

    @Test
    void waitsAreRoundedUpToMicrosecondsAndCutToADay() {
        assertThat(KqueueBackend.rounded(0)).isZero();
        assertThat(KqueueBackend.rounded(1)).isEqualTo(1_000);
        assertThat(KqueueBackend.rounded(1_000)).isEqualTo(1_000);
        assertThat(KqueueBackend.rounded(1_001)).isEqualTo(2_000);
        assertThat(KqueueBackend.rounded(Long.MAX_VALUE)).isEqualTo(TimeUnit.DAYS.toNanos(1));
    }
}
