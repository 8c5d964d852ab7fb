package org.dormouse.poller.epoll;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code struct epoll_event} as the headers of the kernel have it: EPOLL_PACKED on x86-64 only. */
class EpollEventTest {
    @Test
    void isPackedTo12BytesOnX8664() {
        for (String name : List.of("amd64", "x86_64")) {
            var layout = EpollEvent.layout(name);
            assertThat(layout.byteSize()).isEqualTo(12);
            assertThat(layout.byteOffset(groupElement("events"))).isZero();
            assertThat(layout.byteOffset(groupElement("data"))).isEqualTo(4);
        }
    }

    @Test
    void isAlignedTo16BytesOnAarch64() {
        var layout = EpollEvent.layout("aarch64");
        assertThat(layout.byteSize()).isEqualTo(16);
        assertThat(layout.byteOffset(groupElement("events"))).isZero();
        assertThat(layout.byteOffset(groupElement("data"))).isEqualTo(8);
        assertThat(layout.byteAlignment()).isEqualTo(8);
    }

    @Test
    void eachElementOfAnArrayIsReadWhereItWasWritten() {
        try (var arena = Arena.ofConfined()) {
            var array = arena.allocate(3 * EpollEvent.BYTES, 8);
            for (int i = 0; i < 3; i++)
                EpollEvent.set(array.asSlice(i * EpollEvent.BYTES, EpollEvent.BYTES), i + 1, Long.MAX_VALUE - i);
            for (int i = 0; i < 3; i++) {
                assertThat(EpollEvent.events(array, i)).isEqualTo(i + 1);
                assertThat(EpollEvent.data(array, i)).isEqualTo(Long.MAX_VALUE - i);
            }
        }
        assertThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void waitsAreRoundedUpToMilliseconds() {
        assertThat(EpollBackend.millis(-1)).isEqualTo(-1);
        assertThat(EpollBackend.millis(0)).isZero();
        assertThat(EpollBackend.millis(1)).isEqualTo(1);
        assertThat(EpollBackend.millis(1_000_000)).isEqualTo(1);
        assertThat(EpollBackend.millis(1_000_001)).isEqualTo(2);
        assertThat(EpollBackend.millis(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }
}
