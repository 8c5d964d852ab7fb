package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The queue of frames against a naive model. */
class FrameQueueTest {
    @Test
    void theEarliestDeadlineIsKnownWhateverComesAndGoes() {
        var random = new Random(22);
        for (int round = 0; round < 200; round++) {
            var queue = new FrameQueue();
            var model = new ArrayDeque<OutboundFrame>();
            for (int step = 0; step < 200; step++) {
                if (random.nextInt(5) < 3) {
                    long deadline = random.nextInt(4) == 0 ? OutboundFrame.NEVER : random.nextInt(20);
                    var frame = new OutboundFrame(0, null, null, deadline);
                    queue.add(frame);
                    model.add(frame);
                } else {
                    assertThat(queue.poll()).isSameAs(model.poll());
                }
                assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
                assertThat(queue.first()).isSameAs(model.peek());
                assertThat(queue.earliestDeadline())
                        .isEqualTo(
                                model.stream().mapToLong(f -> f.deadline).min().orElse(OutboundFrame.NEVER));
            }
        }
    }
}
