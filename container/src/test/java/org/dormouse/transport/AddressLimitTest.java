package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.dormouse.poller.socket.SocketAddress;
import org.junit.jupiter.api.Test;

/** How many connections each address has, and which addresses are one. */
class AddressLimitTest {
    private final AddressLimit limit = new AddressLimit(2);

    private static boolean enter(AddressLimit limit, SocketAddress address) {
        return limit.enter(address.high(), address.low());
    }

    private boolean enters(String address) {
        return enter(limit, of(address));
    }

    private void leave(String address) {
        limit.leave(of(address).high(), of(address).low());
    }

    private static SocketAddress of(String text) {
        return text.indexOf(':') >= 0 ? AddressText.ipv6(text, 0) : AddressText.ipv4(text, 0);
    }

    @Test
    void anAddressHasAsManyAsItMayAndNoMore() {
        assertThat(enters("192.0.2.1")).isTrue();
        assertThat(enters("192.0.2.1")).isTrue();
        assertThat(enters("192.0.2.1")).isFalse();
        assertThat(enters("192.0.2.2")).isTrue();
        leave("192.0.2.1");
        assertThat(enters("192.0.2.1")).isTrue();
    }

    @Test
    void addressesOfOneNetworkOf64BitsAreOne() {
        assertThat(enters("2001:db8::1")).isTrue();
        assertThat(enters("2001:db8::ffff:1:2:3")).isTrue();
        assertThat(enters("2001:db8:0:0:7::9")).isFalse();
        assertThat(enters("2001:db8:0:1::1")).isTrue();
        assertThat(limit.addresses()).isEqualTo(2);
    }

    @Test
    void aMappedAddressOfIpv4IsThatAddress() {
        assertThat(enters("::ffff:192.0.2.1")).isTrue();
        assertThat(enters("192.0.2.1")).isTrue();
        assertThat(enters("::ffff:c000:201")).isFalse();
        // Of the same 64 bits, and still another one.
        assertThat(enters("192.0.2.2")).isTrue();
    }

    @Test
    void anAddressWithoutConnectionsIsForgotten() {
        for (int i = 0; i < 100_000; i++) assertThat(limit.enter(i, 0)).isTrue();
        assertThat(limit.addresses()).isEqualTo(100_000);
        for (int i = 0; i < 100_000; i++) limit.leave(i, i);
        assertThat(limit.addresses()).isZero();
    }

    @Test
    void whoLeavesWithoutHavingComeIsABug() {
        enters("192.0.2.1");
        leave("192.0.2.1");
        assertThatThrownBy(() -> leave("192.0.2.1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("192.0.2.1");
    }

    @Test
    void manyThreadsCountExactlyAndLeaveNothing() throws InterruptedException {
        int threads = 4;
        int addresses = 3; // few, so that each comes and goes all the time
        int most = 2;
        var shared = new AddressLimit(most);
        var inside = new AtomicIntegerArray(addresses);
        var over = new AtomicIntegerArray(1);
        var start = new CountDownLatch(1);
        var running = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++) {
            var random = new SplittableRandom(4711 + t);
            running.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                for (int i = 0; i < 100_000; i++) {
                    int address = random.nextInt(addresses);
                    if (!shared.enter(address + 1, i)) continue;
                    if (inside.incrementAndGet(address) > most) over.incrementAndGet(0);
                    inside.decrementAndGet(address);
                    shared.leave(address + 1, ~i);
                }
            }));
        }
        start.countDown();
        for (Thread thread : running) thread.join();
        assertThat(over.get(0)).isZero();
        assertThat(shared.addresses()).isZero();
    }
}
