package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which loop a connection gets from the one that accepts for all. */
class LoopChooserTest {
    private final ScriptedKernel kernel = new ScriptedKernel();
    private final HandClock clock = new HandClock();
    private final List<ScriptedLoop> loops = new ArrayList<>();
    private final List<Entrance> entrances = new ArrayList<>();

    LoopChooserTest() {
        var open = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            loops.add(new ScriptedLoop(kernel, clock, i));
            var family = new Connections(loops.get(i).loop(), ConnectionLimits.DEFAULT, open);
            entrances.add(new Entrance(family, connection -> Unborn.PROTOCOL));
        }
    }

    @AfterEach
    void close() {
        loops.forEach(ScriptedLoop::close);
    }

    private int choose(LoopChooser chooser, StreamSocket socket) {
        Entrance chosen = chooser.choose(socket);
        chosen.family().expect();
        return entrances.indexOf(chosen);
    }

    private List<Integer> chooseSome(LoopChooser chooser, int count) {
        StreamSocket socket = kernel.connect().socket();
        var chosen = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) chosen.add(choose(chooser, socket));
        return chosen;
    }

    @Test
    void inTurnEachGetsOne() {
        assertThat(chooseSome(LoopChooser.of(Balance.ROUND_ROBIN, entrances), 7))
                .containsExactly(0, 1, 2, 0, 1, 2, 0);
    }

    @Test
    void theOneWithTheFewestGetsTheNextThoseOnTheirWayCounted() {
        for (int i = 0; i < 4; i++) entrances.get(1).family().expect();
        entrances.get(0).family().expect();
        var chooser = LoopChooser.of(Balance.LEAST_CONNECTIONS, entrances);
        assertThat(chooseSome(chooser, 7)).doesNotContain(1);
        assertThat(chooseSome(chooser, 3)).containsExactlyInAnyOrder(0, 1, 2);
        entrances.get(2).family().notExpected();
        assertThat(chooseSome(chooser, 1)).containsExactly(2);
    }

    @Test
    void oneAddressAlwaysGetsTheSameLoopAndManyAddressesGetAll() {
        var chooser = LoopChooser.of(Balance.SOURCE_ADDRESS, entrances);
        int[] counts = new int[3];
        for (int i = 0; i < 300; i++) {
            StreamSocket socket = new AddressedSocket(kernel.connect().socket(), 0, 0xffff_0a00_0000L + i, false);
            int chosen = choose(chooser, socket);
            assertThat(choose(chooser, socket)).isEqualTo(chosen);
            counts[chosen]++;
        }
        for (int count : counts) assertThat(count).isBetween(60, 140);
        StreamSocket unix = new AddressedSocket(kernel.connect().socket(), 0, 0xffff_7f00_0001L, true);
        assertThat(List.of(choose(chooser, unix), choose(chooser, unix), choose(chooser, unix)))
                .as("those of a Unix socket have no address")
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aLoopThatDrainsGetsNobodyWhileThereIsAnother() {
        entrances.get(1).family().drain();
        for (Balance balance : List.of(Balance.ROUND_ROBIN, Balance.LEAST_CONNECTIONS, Balance.SOURCE_ADDRESS))
            assertThat(chooseSome(LoopChooser.of(balance, entrances), 9))
                    .as(balance.name())
                    .doesNotContain(1);
        entrances.get(1).family().takeNew();
        assertThat(chooseSome(LoopChooser.of(Balance.ROUND_ROBIN, entrances), 3))
                .contains(1);
    }

    @Test
    void whereTheKernelChoosesNobodyElseDoes() {
        assertThatThrownBy(() -> LoopChooser.of(Balance.SHARED, entrances)).hasMessageContaining("SHARED");
        assertThat(Balance.REUSE_PORT.hasAcceptor()).isFalse();
    }

    /** A socket from another address. */
    private record AddressedSocket(StreamSocket socket, long peerHigh, long peerLow, boolean isUnix)
            implements StreamSocket {
        @Override
        public int descriptor() {
            return socket.descriptor();
        }

        @Override
        public int receive(byte[] target, int offset, int length) {
            return socket.receive(target, offset, length);
        }

        @Override
        public int send(byte[] source, int offset, int length) {
            return socket.send(source, offset, length);
        }

        @Override
        public void shutdownOutput() {
            socket.shutdownOutput();
        }

        @Override
        public void shutdown() {
            socket.shutdown();
        }

        @Override
        public void close() {
            socket.close();
        }

        @Override
        public int peerPort() {
            return socket.peerPort();
        }

        @Override
        public org.dormouse.poller.socket.SocketAddress local() {
            return socket.local();
        }
    }
}
