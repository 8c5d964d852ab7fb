package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections and listeners over the kernel in memory: who owns the output, what is kept, when a descriptor is closed. */
@Timeout(60)
class ConnectionTest {
    private final ScriptedKernel kernel = new ScriptedKernel();
    private final ScriptedLoop loop = new ScriptedLoop(kernel, new HandClock());
    private final TrackingBufferPool pool = new TrackingBufferPool();
    private final AtomicInteger open = new AtomicInteger();
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        loop.close();
        assertThat(kernel.misuses()).isEmpty();
        pool.close();
    }

    private Connections family(ConnectionLimits limits) {
        return new Connections(loop.loop(), limits, open, pool);
    }

    /** Remembers what it is told, and sends what waits in a queue, in the way the documentation of connections shows. */
    private final class Sender implements Protocol {
        final Connection connection;
        final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
        int consumes = Integer.MAX_VALUE;

        Sender(Connection connection) {
            this.connection = connection;
        }

        void send(byte[] message) {
            queue.add(message);
            sendQueued();
        }

        private void sendQueued() {
            if (!connection.borrowOutput()) return;
            do {
                byte[] next;
                while (connection.unsentBytes() < 1000 && (next = queue.poll()) != null)
                    connection.copyIn(next, 0, next.length);
                connection.flush();
            } while (!connection.giveBackOutput());
        }

        @Override
        public int received(byte[] bytes, int offset, int length) {
            events.add("received " + new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
            return Math.min(length, consumes);
        }

        @Override
        public void inputEnded() {
            events.add("ended");
        }

        @Override
        public void writable() {
            sendQueued();
        }

        @Override
        public void deadline() {
            events.add("deadline");
        }

        @Override
        public void drain() {
            connection.closeWhenSent(ConnectionEnd.ANSWERED);
        }

        @Override
        public void closed(IOException cause) {
            events.add("closed " + (cause == null ? "in order" : "by the peer"));
        }
    }

    private Sender open(ScriptedPeer peer) throws IOException {
        Connection connection = Connection.open(family(ConnectionLimits.DEFAULT), peer.socket(), Sender::new);
        return (Sender) connection.protocol();
    }

    @Test
    void messagesOfManyThreadsAllArriveAndEachThreadsInOrderHoweverThePeerReads() throws Exception {
        ScriptedPeer peer = kernel.connect().sendBuffer(200).stopReading();
        Sender sender = open(peer);
        int messages = 2000;
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            char name = (char) ('a' + t);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < messages; i++) {
                    sender.send((name + "%06d;".formatted(i)).getBytes(StandardCharsets.ISO_8859_1));
                    if (i % 50 == 0) Thread.onSpinWait();
                }
            }));
        }
        var received = new StringBuilder();
        while (received.length() < 4 * messages * 8) {
            loop.turn();
            peer.read(150);
            received.append(peer.takeReceivedText());
        }
        for (Thread thread : threads) thread.join();
        int[] next = new int[4];
        for (String message : received.toString().split(";")) {
            int thread = message.charAt(0) - 'a';
            assertThat(Integer.parseInt(message.substring(1))).isEqualTo(next[thread]++);
        }
        assertThat(next).containsOnly(messages);
        assertThat(sender.connection.unsentBytes()).isZero();
        sender.connection.abort();
        loop.settle();
        assertThat(events).containsExactly("closed in order");
    }

    @Test
    void senderThreadsNeverReachADescriptorThatWasClosed() throws Exception {
        for (int round = 0; round < 200; round++) {
            ScriptedPeer peer = kernel.connect();
            Sender sender = open(peer);
            Thread thread = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 50; i++) sender.send(new byte[] {'x'});
            });
            sender.connection.abort();
            if (round % 2 == 0) peer.reset();
            while (!peer.seesClose()) loop.turn();
            ScriptedPeer stranger = kernel.connect(); // gets the number
            thread.join();
            loop.settle();
            assertThat(stranger.takeReceivedText()).isEmpty();
            Sender end = open(stranger);
            end.connection.abort();
            loop.settle();
        }
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whatIsNotConsumedIsShownAgainWithMore() throws Exception {
        ScriptedPeer peer = kernel.connect();
        Sender sender = open(peer);
        sender.consumes = 1;
        peer.send("abc");
        loop.settle();
        assertThat(pool.lent()).isOne();
        sender.consumes = Integer.MAX_VALUE;
        peer.send("d");
        loop.settle();
        assertThat(events).containsExactly("received abc", "received bcd");
        assertThat(pool.lent()).isZero();
        peer.reset();
        loop.settle();
        assertThat(events).endsWith("closed by the peer");
    }

    @Test
    void nothingIsShownWhileReadingIsSuspended() throws Exception {
        ScriptedPeer peer = kernel.connect();
        Sender sender = open(peer);
        sender.connection.suspendReading();
        peer.send("abc").finish();
        loop.settle();
        assertThat(events).isEmpty();
        sender.connection.resumeReading();
        loop.settle();
        assertThat(events).containsExactly("received abc", "ended");
        sender.connection.closeWhenSent(ConnectionEnd.ANSWERED);
        loop.settle();
        assertThat(peer.seesClose()).isTrue();
    }

    @Test
    void aPeerThatFloodsGivesOthersTheirTurn() throws Exception {
        ScriptedPeer flood = kernel.connect();
        ScriptedPeer other = kernel.connect();
        open(flood);
        open(other);
        flood.send(new byte[1_000_000]);
        other.send("me too");
        loop.turn();
        assertThat(events).contains("received me too");
        assertThat(events).hasSizeLessThanOrEqualTo(5);
        loop.settle();
        flood.reset();
        other.reset();
        loop.settle();
    }

    @Test
    void whatWasKeptWhileReadingWasSuspendedIsShownBeforeTheEndOfTheInput() throws Exception {
        ScriptedPeer peer = kernel.connect();
        Sender sender = open(peer);
        sender.consumes = 0;
        sender.connection.suspendReading();
        sender.connection.resumeReading();
        peer.send("kept");
        loop.settle();
        sender.connection.suspendReading();
        events.clear();
        sender.consumes = Integer.MAX_VALUE;
        sender.connection.resumeReading();
        peer.finish();
        loop.settle();
        assertThat(events).containsExactly("received kept", "ended");
        sender.connection.abort();
        loop.settle();
    }

    @Test
    void aDeadlineComesOnceAndCanBePutOffAndTakenBack() throws Exception {
        ScriptedPeer peer = kernel.connect();
        Sender sender = open(peer);
        sender.connection.deadline(Duration.ofSeconds(2).toNanos());
        loop.advance(Duration.ofSeconds(1));
        sender.connection.deadline(Duration.ofSeconds(2).toNanos());
        loop.advance(Duration.ofMillis(1500));
        assertThat(events).isEmpty();
        loop.advance(Duration.ofSeconds(1));
        assertThat(events).containsExactly("deadline");
        sender.connection.deadline(Duration.ofSeconds(2).toNanos());
        sender.connection.deadline(0);
        loop.advance(Duration.ofSeconds(10));
        assertThat(events).containsExactly("deadline");
        sender.connection.abort();
        loop.settle();
    }

    @Test
    void aListenerThatRunsOutOfDescriptorsGoesOnWhenThereAreSome() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        loop.settle();
        socket.failAccepts(Errno.ECONNABORTED, Errno.EMFILE);
        ScriptedPeer lost = kernel.connect(socket);
        ScriptedPeer waiting = kernel.connect(socket);
        loop.settle();
        assertThat(lost.socket()).isNull();
        assertThat(waiting.socket()).isNull();
        assertThat(open.get()).isZero();
        loop.advance(Duration.ofMillis(101));
        assertThat(waiting.socket()).isNotNull();
        assertThat(open.get()).isOne();
        listener.close(0, () -> events.add("listener closed"));
        family.abortAll();
        loop.settle();
        assertThat(events).contains("listener closed");
        assertThat(kernel.openDescriptors()).isZero();
        assertThat(open.get()).isZero();
    }

    @Test
    void aFloodOfConnectionsIsAcceptedABoundedNumberATurn() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        loop.settle();
        for (int i = 0; i < 1_000; i++) kernel.connect(socket);
        for (int turn = 0; turn < 10; turn++) {
            kernel.connect(socket); // an edge in each turn
            int before = open.get();
            loop.turn();
            assertThat(open.get() - before).isEqualTo(64);
        }
        loop.settle();
        assertThat(open.get()).isEqualTo(1_010);
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whoeverWaitsForAListenerHearsThatItAcceptsOrWhyItDoesNot() throws Exception {
        var family = family(ConnectionLimits.DEFAULT);
        Listener good = Listener.start(family, kernel.listen(0), Sender::new);
        var socket = kernel.listen(0);
        Listener refused = Listener.start(family, socket, Sender::new);
        assertThatThrownBy(() -> good.awaitBegun(1)).hasMessageContaining("loop 0 does not answer");
        socket.close();
        loop.settle();

        good.awaitBegun(1);
        assertThatThrownBy(() -> refused.awaitBegun(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + socket.port())
                .hasMessageContaining("is not open");
        assertThat(loop.takeFaults()).hasSize(1);
        refused.close(0, () -> events.add("refused closed"));
        good.close(0, () -> events.add("good closed"));
        loop.settle();
        assertThat(events).contains("refused closed", "good closed");
        assertThat(kernel.openDescriptors()).isZero();
    }

    /** Its watch fails in a way that nobody foresaw, as where memory lacks. */
    private static StreamSocket failing(StreamSocket socket, Error failure) {
        InvocationHandler calls = (proxy, method, arguments) -> {
            if (method.getName().equals("descriptor")) throw failure;
            return method.invoke(socket, arguments);
        };
        return (StreamSocket) Proxy.newProxyInstance(
                ConnectionTest.class.getClassLoader(), new Class<?>[] {StreamSocket.class}, calls);
    }

    @Test
    void aConnectionThatCannotBeWatchedForLackOfMemoryLeavesNothingBehind() {
        var family = family(ConnectionLimits.DEFAULT);
        var failure = new OutOfMemoryError("for a test");
        ScriptedPeer peer = kernel.connect();
        assertThatThrownBy(() -> Connection.open(family, failing(peer.socket(), failure), Sender::new))
                .isSameAs(failure);
        assertThat(peer.seesClose()).isTrue();
        assertThat(kernel.openDescriptors()).isZero();
        assertThat(family.counts().closed(ConnectionEnd.NOT_WATCHED)).isEqualTo(1);
    }

    @Test
    void whereConnectionsCannotBeginForLackOfMemoryTheirPlacesAreGivenBackAndOthersGoOn() {
        var family = family(ConnectionLimits.DEFAULT);
        var entrance = new Entrance(family, Sender::new);
        var failure = new OutOfMemoryError("for a test");
        for (int i = 0; i < 3; i++) {
            StreamSocket socket = failing(kernel.connect().socket(), failure);
            assertThat(family.reserve()).isTrue();
            family.expect();
            assertThatThrownBy(() -> entrance.begin(socket, false)).isSameAs(failure);
        }
        assertThat(open.get()).isZero();
        assertThat(family.members()).isZero();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whatCannotBeAcceptedForLackOfMemoryCostsNobodyAPlace() {
        var accepted = new AtomicInteger();
        var socket = kernel.listen(0);
        ListenSocket poor = (ListenSocket) Proxy.newProxyInstance(
                ConnectionTest.class.getClassLoader(),
                new Class<?>[] {ListenSocket.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("accept") && accepted.getAndIncrement() < 2)
                        throw new OutOfMemoryError("for a test");
                    return method.invoke(socket, arguments);
                });
        var family = family(new ConnectionLimits(
                1,
                ConnectionLimits.DEFAULT.maxPerAddress(),
                ConnectionLimits.DEFAULT.maxLingerBytes(),
                ConnectionLimits.DEFAULT.lingerTimeout(),
                ConnectionLimits.DEFAULT.closeTimeout(),
                ConnectionLimits.DEFAULT.minRate()));
        Listener listener = Listener.start(family, poor, Sender::new);
        kernel.connect(socket);
        loop.settle();
        loop.advance(Duration.ofMillis(100));
        loop.advance(Duration.ofMillis(100));
        assertThat(loop.takeFaults()).hasSize(2);
        assertThat(open.get()).isEqualTo(1);
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aListenerThatCannotBeWatchedForLackOfMemorySaysSo() throws Exception {
        var socket = kernel.listen(0);
        ListenSocket poor = (ListenSocket) Proxy.newProxyInstance(
                ConnectionTest.class.getClassLoader(),
                new Class<?>[] {ListenSocket.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("descriptor")) throw new OutOfMemoryError("for a test");
                    return method.invoke(socket, arguments);
                });
        Listener listener = Listener.start(family(ConnectionLimits.DEFAULT), poor, Sender::new);
        loop.settle();
        assertThatThrownBy(() -> listener.awaitBegun(1)).hasMessageContaining("for a test");
        assertThat(loop.takeFaults()).hasSize(1);
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whoWaitsWhileDescriptorsLackSeesACleanEndOneAfterAnother() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        kernel.limitDescriptors(3);
        ScriptedPeer first = kernel.connect(socket);
        kernel.connect(socket);
        loop.settle();
        var waiting = new ArrayList<ScriptedPeer>();
        for (int i = 0; i < 200; i++) waiting.add(kernel.connect(socket).send("request"));
        loop.settle();
        assertThat(waiting).noneMatch(ScriptedPeer::seesEnd); // there may be descriptors in a moment

        loop.advance(Duration.ofMillis(101));
        assertThat(waiting).allMatch(ScriptedPeer::seesClose).noneMatch(ScriptedPeer::seesReset);
        assertThat(family.counts().closed(ConnectionEnd.NO_DESCRIPTORS)).isEqualTo(200);
        assertThat(kernel.openDescriptors()).isEqualTo(3);
        assertThat(open.get()).isEqualTo(2);

        ScriptedPeer patient = kernel.connect(socket);
        loop.settle();
        first.reset();
        loop.settle();
        assertThat(patient.socket()).isNotNull();
        assertThat(patient.seesEnd()).isFalse();

        ScriptedPeer late = kernel.connect(socket);
        loop.settle();
        assertThat(late.seesEnd()).isFalse(); // it is a new lack: this one waits for its turn as well
        loop.advance(Duration.ofMillis(101));
        assertThat(late.seesClose()).isTrue();
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
        assertThat(open.get()).isZero();
    }

    @Test
    void aListenerThatLosesItsKeptDescriptorGoesOnTryingAndHasItAgainAfterwards() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        kernel.limitDescriptors(2);
        ScriptedPeer first = kernel.connect(socket);
        loop.settle();
        socket.loseSpare();
        ScriptedPeer waiting = kernel.connect(socket);
        loop.advance(Duration.ofMillis(101));
        loop.advance(Duration.ofSeconds(10));
        assertThat(waiting.seesEnd()).isFalse();
        kernel.limitDescriptors(4);
        loop.advance(Duration.ofMillis(101));
        assertThat(waiting.socket()).isNotNull();
        kernel.limitDescriptors(3);
        ScriptedPeer next = kernel.connect(socket);
        loop.settle();
        loop.advance(Duration.ofMillis(101));
        assertThat(next.seesClose()).isTrue();
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whenMemoryLacksNobodyIsTurnedAway() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        loop.settle();
        socket.failAccepts(Errno.ENOBUFS, Errno.ENOMEM, Errno.ENOMEM);
        ScriptedPeer waiting = kernel.connect(socket);
        loop.settle();
        loop.advance(Duration.ofMillis(101)); // tries twice: once with the kept descriptor
        assertThat(waiting.seesEnd()).isFalse();
        loop.advance(Duration.ofMillis(101));
        assertThat(waiting.socket()).isNotNull();
        assertThat(waiting.seesEnd()).isFalse();
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
    }

    @Test
    void connectionsBeyondTheLimitWaitInTheKernel() {
        var socket = kernel.listen(0);
        var limits = new ConnectionLimits(2, 2, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1), 240);
        var family = family(limits);
        Listener listener = Listener.start(family, socket, Sender::new);
        ScriptedPeer first = kernel.connect(socket);
        kernel.connect(socket);
        ScriptedPeer third = kernel.connect(socket);
        loop.settle();
        assertThat(third.socket()).isNull();
        first.reset();
        loop.settle();
        assertThat(third.socket()).isNotNull();
        listener.close(0, () -> {});
        family.abortAll();
        loop.settle();
        assertThat(open.get()).isZero();
        assertThat(family.counts().accepted()).isEqualTo(3);
        assertThat(family.counts().closed(ConnectionEnd.PEER_RESET)).isOne();
        assertThat(family.counts().closed(ConnectionEnd.CUT)).isEqualTo(2);
        assertThat(family.counts().closed()).isEqualTo(3);
    }

    @Test
    void aListenerThatClosesAcceptsAndDrainsWhatWaitsInTheKernel() {
        var socket = kernel.listen(0);
        var family = family(ConnectionLimits.DEFAULT);
        Listener listener = Listener.start(family, socket, Sender::new);
        loop.settle();
        var waiting = new ArrayList<ScriptedPeer>();
        for (int i = 0; i < 200; i++) waiting.add(kernel.connect(socket).send("request " + i));
        listener.close(Duration.ofSeconds(1).toNanos(), () -> events.add("listener closed"));
        loop.loop().execute(family::drainAll);
        loop.turn();
        assertThat(events).doesNotContain("listener closed"); // more of them than one turn accepts
        loop.settle();
        for (int i = 0; i < 200; i++) {
            assertThat(events).contains("received request " + i);
            assertThat(waiting.get(i).seesEnd()).isTrue();
            assertThat(waiting.get(i).seesReset()).isFalse();
        }
        assertThat(events).contains("listener closed");
        family.abortAll();
        loop.settle();
        assertThat(open.get()).isZero();
    }

    @Test
    void aListenerThatClosesWaitsForRoomAsLongAsItMay() {
        var socket = kernel.listen(0);
        var limits = new ConnectionLimits(1, 1, 1000, Duration.ofSeconds(60), Duration.ofSeconds(60), 240);
        var family = family(limits);
        Listener listener = Listener.start(family, socket, Sender::new);
        ScriptedPeer first = kernel.connect(socket);
        ScriptedPeer second = kernel.connect(socket);
        ScriptedPeer third = kernel.connect(socket);
        loop.settle();
        listener.close(Duration.ofSeconds(1).toNanos(), () -> events.add("listener closed"));
        loop.settle();
        assertThat(events).doesNotContain("listener closed");
        first.reset();
        loop.settle();
        assertThat(second.socket()).isNotNull();
        assertThat(events).doesNotContain("listener closed");
        loop.advance(Duration.ofSeconds(1));
        assertThat(third.socket()).isNull();
        assertThat(events).contains("listener closed");
        family.abortAll();
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
    }
}
