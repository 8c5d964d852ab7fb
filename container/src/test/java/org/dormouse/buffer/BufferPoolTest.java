package org.dormouse.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private final BufferPool pool = new BufferPool(4);

    @Test
    void anArrayThatCameBackIsLentAgain() {
        PooledBuffer first = pool.take();
        byte[] array = first.array();
        first.close();

        assertThat(pool.take().array()).isSameAs(array);
    }

    @Test
    void aBufferKeptTooLongMeetsAnErrorAndNotTheNextOwnersBytes() {
        PooledBuffer first = pool.take();
        first.close();
        PooledBuffer second = pool.take();
        second.append(new byte[] {1, 2, 3}, 0, 3);

        assertThatThrownBy(first::array).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(first::close).isInstanceOf(IllegalStateException.class);
        assertThat(second.size()).isEqualTo(3);
    }

    @Test
    void noMoreThanTheBoundIsKept() {
        var all = new ArrayList<PooledBuffer>();
        for (int i = 0; i < 10; i++) all.add(pool.take());
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        for (PooledBuffer each : all) arrays.add(each.array());
        all.forEach(PooledBuffer::close);

        int again = 0;
        for (int i = 0; i < 10; i++) if (arrays.contains(pool.take().array())) again++;
        assertThat(again).isEqualTo(4);
    }

    /** As two threads leave it whose writes cross. */
    @Test
    void aHintBelowTheArraysFindsThemAndOneWithoutRoomAboveFindsRoom() {
        var wide = new ArrayShelf(BufferPool.BUFFER_SIZE, 64);
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 8; i++) arrays.add(new byte[BufferPool.BUFFER_SIZE]);
        arrays.forEach(wide::keep);

        byte[] found = wide.takeNear(0);
        assertThat(arrays).contains(found);
        wide.keepNear(0, found);

        var ninth = new byte[BufferPool.BUFFER_SIZE];
        wide.keepNear(0, ninth);
        arrays.add(ninth);
        int again = 0;
        for (int i = 0; i < 9; i++) if (arrays.contains(wide.take())) again++;
        assertThat(again).isEqualTo(9);
    }

    @Test
    void aLargeBufferIsMadeAndNotKept() {
        PooledBuffer large = pool.take(100_000);
        assertThat(large.room()).isGreaterThanOrEqualTo(100_000);
        byte[] array = large.array();
        large.close();

        assertThat(pool.take(100_000).array()).isNotSameAs(array);
    }

    @Test
    void aBufferForARecordIsLentAgainAndDoesNotMixWithTheOthers() {
        PooledBuffer record = pool.take(BufferPool.BUFFER_SIZE + 1);
        assertThat(record.room()).isEqualTo(BufferPool.RECORD_SIZE);
        byte[] array = record.array();
        record.close();

        assertThat(pool.take().array()).hasSize(BufferPool.BUFFER_SIZE);
        assertThat(pool.take(BufferPool.RECORD_SIZE).array()).isSameAs(array);
    }

    @Test
    void threadsNeverOwnTheSameArray() throws Exception {
        var shared = new BufferPool(3);
        var failure = new AtomicReference<String>();
        var threads = new ArrayList<Thread>();
        for (int t = 1; t <= 4; t++) {
            byte mark = (byte) t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000 && failure.get() == null; i++) {
                    PooledBuffer buffer = shared.take();
                    buffer.array()[0] = mark;
                    Thread.onSpinWait();
                    if (buffer.array()[0] != mark) failure.set("two owners of one array");
                    buffer.close();
                }
            }));
        }
        for (Thread thread : threads) thread.join(20_000);
        assertThat(failure.get()).isNull();
    }

    @Test
    void sharedBytesHaveNoRoomAndGiveNothingBack() {
        byte[] bytes = {1, 2, 3, 4};
        PooledBuffer shared = PooledBuffer.sharing(bytes, 1, 2);

        assertThat(shared.room()).isZero();
        assertThat(shared.size()).isEqualTo(2);
        assertThat(shared.append(bytes, 0, 4)).isZero();
        shared.close();
        assertThat(bytes).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theTrackingPoolNamesWhoDidNotGiveBack() {
        var tracking = new TrackingBufferPool();
        tracking.take();

        assertThatThrownBy(tracking::close)
                .isInstanceOf(AssertionError.class)
                .satisfies(e -> assertThat(e.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("theTrackingPoolNamesWhoDidNotGiveBack")));
    }

    @Test
    void theTrackingPoolFindsAWriteAfterTheBufferWasGivenBack() {
        var tracking = new TrackingBufferPool();
        PooledBuffer buffer = tracking.take();
        byte[] array = buffer.array();
        buffer.close();
        assertThat(array[5]).isEqualTo((byte) 0xDB);
        array[5] = 1;

        assertThatThrownBy(tracking::close).hasMessageContaining("written to after");
    }
}
