package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The word by which a loop changes hands, move by move. */
class OwnershipTest {
    private static final long OTHER = Long.MAX_VALUE;

    private final Thread self = Thread.currentThread();
    private final Ownership ownership = new Ownership();

    @Test
    void insideAContinuationTheHolderIsNotTheOwner() {
        ownership.hold(self.threadId());
        assertThat(ownership.isOwner(self)).isTrue();

        ownership.enter(5);
        assertThat(ownership.isOwner(self)).isFalse();
        assertThat(ownership.isHeldBy(self)).isTrue();

        assertThat(ownership.leave(5, self.threadId())).isTrue();
        assertThat(ownership.isOwner(self)).isTrue();
    }

    @Test
    void whoLostTheLoopIsNotItsOwnerEvenBeforeAnotherHoldsIt() {
        ownership.hold(self.threadId());
        ownership.enter(5);
        assertThat(ownership.takeAway(5)).isTrue();

        assertThat(ownership.isOwner(self)).isFalse();
        assertThat(ownership.isHeldBy(self)).isFalse();
        assertThat(ownership.leave(5, self.threadId())).isFalse();
        assertThat(ownership.isOwner(self)).isFalse();
    }

    @Test
    void whoLostTheLoopCannotLeaveTheContinuationOfItsNextHolder() {
        ownership.hold(self.threadId());
        ownership.enter(5);
        ownership.takeAway(5);
        ownership.hold(OTHER);
        ownership.enter(7);

        assertThat(ownership.isHeldBy(self)).isFalse();
        assertThat(ownership.leave(5, self.threadId())).isFalse();
        assertThat(ownership.leave(7, OTHER)).isTrue();
    }

    @Test
    void aLoopThatLeftItsContinuationOrEnteredAnotherIsNotTakenAway() {
        ownership.hold(self.threadId());
        ownership.enter(5);
        ownership.leave(5, self.threadId());
        assertThat(ownership.takeAway(5)).isFalse();
        ownership.enter(6);
        assertThat(ownership.takeAway(5)).isFalse();
        assertThat(ownership.state()).isEqualTo(6);
    }

    @Test
    void onlyOneOfThoseWhoBringWorkWakesTheHolder() {
        ownership.hold(self.threadId());
        assertThat(ownership.mustWakeUp()).isFalse();
        ownership.beginWaiting();
        assertThat(ownership.mustWakeUp()).isTrue();
        assertThat(ownership.mustWakeUp()).isFalse();
        ownership.endWaiting();
        assertThat(ownership.mustWakeUp()).isFalse();
    }
}
