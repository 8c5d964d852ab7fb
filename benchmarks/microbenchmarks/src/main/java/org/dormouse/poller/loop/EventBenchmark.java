package org.dormouse.poller.loop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.Interest;
import org.dormouse.poller.Poller;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to learn that a byte came: over one poller on the benchmark's own thread, with the same byte sent and received without one
 * for comparison, and through an event loop on a thread of its own, from the send to the callback.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventBenchmark {
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);
    private final byte[] target = new byte[64];

    private Poller poller;
    private ListenSocket listener;
    private SocketChannel plainPeer;
    private StreamSocket plain;
    private SocketChannel polledPeer;
    private StreamSocket polled;
    private SocketChannel loopPeer;
    private StreamSocket onLoop;
    private EventLoops loops;
    private volatile int seen;

    @Setup
    public void connect() throws Exception {
        poller = Poller.open("epoll");
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        listener = KernelSockets.listen(SocketAddress.of(loopback), 16, 1).getFirst();
        plainPeer = peer();
        plain = accepted();
        polledPeer = peer();
        polled = accepted();
        poller.add(polled.descriptor(), Interest.READ_AND_WRITE, 1);
        poller.await(0);
        loopPeer = peer();
        onLoop = accepted();
        loops = EventLoops.start(LoopSettings.defaults().withLoops(1));
        loops.loop(0).execute(this::watchOnLoop);
    }

    private SocketChannel peer() throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private StreamSocket accepted() {
        StreamSocket socket = listener.accept();
        while (socket == null) socket = listener.accept();
        return socket;
    }

    private void watchOnLoop() {
        var received = new byte[64];
        try {
            loops.loop(0).register(onLoop, readiness -> {
                int count = onLoop.receive(received, 0, received.length);
                if (count > 0) seen += count; // one writer: the loop
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @TearDown
    public void close() throws IOException {
        loops.close();
        for (SocketChannel each : new SocketChannel[] {plainPeer, polledPeer, loopPeer}) each.close();
        for (StreamSocket each : new StreamSocket[] {plain, polled, onLoop}) each.close();
        listener.close();
        poller.close();
    }

    private void sendFrom(SocketChannel peer) throws IOException {
        one.clear();
        peer.write(one);
    }

    /** Send and receive: what there is without a poller. */
    @Benchmark
    public int sendAndReceive() throws IOException {
        sendFrom(plainPeer);
        return plain.receive(target, 0, target.length);
    }

    /** Send, wait for the event, receive. */
    @Benchmark
    public int sendAwaitAndReceive() throws IOException {
        sendFrom(polledPeer);
        int events = 0;
        while (events == 0) events = poller.await(0);
        return polled.receive(target, 0, target.length) + poller.readiness(0);
    }

    /** A wake-up, and its event. */
    @Benchmark
    public int wakeUpAndAwait() throws IOException {
        poller.wakeUp();
        return poller.await(-1);
    }

    /** From the send until the callback on the loop's thread has received, as another thread sees it. Needs two cores. */
    @Benchmark
    public int throughALoop() throws IOException {
        int expected = seen + 1;
        sendFrom(loopPeer);
        while (seen != expected) Thread.onSpinWait();
        return expected;
    }
}
