package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients with too many connections, on two loops over the kernel in memory. */
class AddressLimitedTest {
    private static final long IPV4 = 0xffff_0000_0000L;
    private static final long CLIENT = IPV4 | 0xc000_0201L; // 192.0.2.1
    private static final long PROXY = IPV4 | 0x0a00_0001L; // 10.0.0.1

    private final ScriptedKernel kernel = new ScriptedKernel();
    private final HandClock clock = new HandClock();
    private final List<ScriptedLoop> loops =
            List.of(new ScriptedLoop(kernel, clock, 0), new ScriptedLoop(kernel, clock, 1));
    private final TrackingBufferPool pool = new TrackingBufferPool();
    private final AtomicInteger open = new AtomicInteger();
    private final AddressLimit addresses = new AddressLimit(2);
    private final List<Connections> families = loops.stream()
            .map(loop -> new Connections(loop.loop(), ConnectionLimits.DEFAULT, open, addresses, pool))
            .toList();
    private final List<ScriptedKernel.ScriptedListenSocket> sockets = List.of(kernel.listen(0), kernel.listen(0));
    private final List<Connection> begun = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        for (int i = 0; i < loops.size(); i++) {
            families.get(i).abortAll();
            loops.get(i).settle();
        }
        assertThat(addresses.addresses()).isZero();
        assertThat(open.get()).isZero();
        assertThat(kernel.openDescriptors()).isEqualTo(sockets.size());
        assertThat(kernel.misuses()).isEmpty();
        loops.forEach(ScriptedLoop::close);
        pool.close();
    }

    private void listen(ProxySettings proxies) {
        var counted = new AddressLimited(connection -> {
            begun.add(connection);
            return new Silent();
        });
        for (int i = 0; i < loops.size(); i++) {
            ProtocolUpgrade spoken = proxies == null ? counted : new ProxyProtocol(proxies, counted);
            Listener.start(families.get(i), sockets.get(i), spoken);
        }
        settle();
    }

    private static ProxySettings trusting(String sources) {
        return new ProxySettings(TrustedSources.parse(sources), false, 1024, Duration.ofSeconds(5));
    }

    private void settle() {
        loops.forEach(ScriptedLoop::settle);
    }

    private ScriptedPeer connect(int loop, long high, long low, String text) {
        ScriptedPeer peer = kernel.connect(sockets.get(loop)).from(high, low);
        if (!text.isEmpty()) peer.send(text);
        settle();
        return peer;
    }

    /** Consumes nothing, so that buffers are kept. */
    private static final class Silent implements Protocol {
        @Override
        public int received(byte[] bytes, int offset, int length) {
            return 0;
        }

        @Override
        public void inputEnded() {}

        @Override
        public void writable() {}

        @Override
        public void deadline() {}

        @Override
        public void drain() {}

        @Override
        public void closed(IOException cause) {}
    }

    @Test
    void whoHasTooManyOnAllLoopsTogetherSeesACleanEndAtOnce() {
        listen(null);
        ScriptedPeer first = connect(0, 0, CLIENT, "a");
        ScriptedPeer second = connect(1, 0, CLIENT, "b");
        ScriptedPeer third = connect(0, 0, CLIENT, "c");
        ScriptedPeer other = connect(0, 0, CLIENT + 1, "d");
        assertThat(third.seesClose()).isTrue();
        assertThat(third.seesReset()).isFalse();
        assertThat(List.of(first.seesEnd(), second.seesEnd(), other.seesEnd())).containsOnly(false);
        assertThat(begun).hasSize(3);
        assertThat(families.get(0).counts().closed(ConnectionEnd.ADDRESS_LIMIT)).isOne();
        assertThat(families.get(1).counts().closed()).isZero();

        second.reset();
        settle();
        assertThat(connect(1, 0, CLIENT, "").seesEnd()).isFalse();
        assertThat(connect(1, 0, CLIENT, "").seesEnd()).isTrue();
    }

    @Test
    void theClientsOfATrustedProxyAreCountedAndTheProxyIsNot() {
        listen(trusting("10.0.0.1"));
        for (int i = 1; i < 10; i++)
            assertThat(connect(0, 0, PROXY, "PROXY TCP4 192.0.2.%d 203.0.113.7 1 80\r\nmore".formatted(i))
                            .seesEnd())
                    .isFalse();
        String again = "PROXY TCP4 192.0.2.9 203.0.113.7 1 80\r\nmore";
        assertThat(connect(1, 0, PROXY, again).seesEnd()).isFalse();
        ScriptedPeer third = connect(1, 0, PROXY, again);
        assertThat(third.seesClose()).isTrue();
        assertThat(third.seesReset()).isFalse();
        assertThat(connect(0, 0, CLIENT + 8, "").seesEnd()).isTrue(); // the same client without the proxy
        assertThat(addresses.addresses()).isEqualTo(9);
    }

    @Test
    void aTrustedProxyThatSpeaksForItselfIsNotCounted() {
        listen(trusting("10.0.0.1"));
        for (int i = 0; i < 5; i++)
            assertThat(connect(0, 0, PROXY, "PROXY UNKNOWN\r\n").seesEnd()).isFalse();
        assertThat(connect(0, 0, PROXY, "").seesEnd()).isFalse(); // and while its header has not come
        assertThat(addresses.addresses()).isZero();
    }

    @Test
    void loopbackIsCountedToo() {
        listen(null);
        for (int i = 0; i < 2; i++)
            assertThat(connect(i, 0, IPV4 | 0x7f00_0001L, "").seesEnd()).isFalse();
        assertThat(connect(0, 0, IPV4 | 0x7f00_0001L, "").seesEnd()).isTrue();
    }

    @Test
    void whoComesFromManyNetworksIsHeldOnlyWhileItsConnectionsAreOpen() {
        listen(null);
        for (int i = 0; i < 20_000; i++) {
            ScriptedPeer peer = connect(i % 2, 0x2001_0db8_0000_0000L + i, i, "");
            if (i % 1000 == 999) assertThat(addresses.addresses()).isEqualTo(101);
            if (i >= 100) peer.reset();
        }
        settle();
        assertThat(addresses.addresses()).isEqualTo(100);
    }
}
