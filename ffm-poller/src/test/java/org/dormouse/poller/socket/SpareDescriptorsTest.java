package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SpareDescriptorsTest {
    /** A listening socket at which nobody waits. */
    private static class Quiet implements SpareDescriptors.Listening {
        @Override
        public SpareDescriptors.Spare openSpare() {
            return () -> {};
        }

        @Override
        public @Nullable StreamSocket acceptNow() {
            return null;
        }
    }

    @Test
    void whatOneGivesUpToTurnSomebodyAwayIsNotTakenByAnotherThatLacksNothingYet() throws Exception {
        var isGivenUp = new AtomicBoolean();
        var isTaken = new AtomicBoolean();
        var another = new Quiet() {
            @Override
            public @Nullable StreamSocket acceptNow() {
                isTaken.set(isGivenUp.get());
                return null;
            }
        };
        var accepting = Thread.ofPlatform().unstarted(() -> SpareDescriptors.accept(another));
        var lacking = new Quiet() {
            @Override
            public @Nullable StreamSocket acceptNow() {
                isGivenUp.set(true);
                accepting.start();
                while (accepting.isAlive() && accepting.getState() != Thread.State.BLOCKED) Thread.onSpinWait();
                isGivenUp.set(false);
                return null;
            }
        };
        SpareDescriptors.add(lacking);
        SpareDescriptors.lacks();
        try {
            assertThat(SpareDescriptors.turnAway(lacking, new byte[1])).isFalse();
            accepting.join();
            assertThat(isTaken).isFalse();
        } finally {
            SpareDescriptors.lacksNoMore();
            SpareDescriptors.remove();
        }
    }
}
