package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.dormouse.poller.Readiness;
import org.dormouse.poller.RealBackend;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same conversations over every backend: what each side receives, how it ends, and that nothing is left, must be the same. Each
 * conversation is drawn from a seed; both sides keep to rules by which its outcome does not depend on time.
 */
@Timeout(60)
class BackendsAgreeTest {
    private static final int CONVERSATIONS = 60;
    private static final int AT_ONCE = 6;

    /** How a conversation ends. */
    private enum End {
        /** The client half-closes; the server answers the rest and closes. */
        CLIENT_FINISHES,
        /** The server half-closes after its last byte and waits for the client's end. */
        SERVER_FINISHES,
        /** The client resets, once it has everything. */
        CLIENT_RESETS
    }

    /**
     * A conversation: the client sends, in pieces, and the server echoes each byte with one bit turned.
     *
     * @param pieces lengths of the client's sends
     * @param serverReads most bytes of each of the server's receives, in turn
     * @param readsPerEvent after how many receives the server asks for another turn
     * @param readsLate whether the client reads nothing before it has sent everything
     */
    private record Script(long seed, int[] pieces, int[] serverReads, int readsPerEvent, boolean readsLate, End end) {
        static Script draw(long seed) {
            var random = new Random(seed);
            int[] pieces = new int[1 + random.nextInt(6)];
            for (int i = 0; i < pieces.length; i++)
                pieces[i] = random.nextInt(4) == 0 ? 1 + random.nextInt(60_000) : 1 + random.nextInt(200);
            int[] reads = new int[1 + random.nextInt(3)];
            for (int i = 0; i < reads.length; i++)
                reads[i] = random.nextBoolean() ? StreamSocket.MAX_TRANSFER : 1 + random.nextInt(3000);
            End end = End.values()[random.nextInt(End.values().length)];
            return new Script(seed, pieces, reads, 1 + random.nextInt(4), random.nextInt(3) == 0, end);
        }

        int total() {
            int total = 0;
            for (int piece : pieces) total += piece;
            return total;
        }

        byte[] bytes() {
            byte[] bytes = new byte[total()];
            new Random(~seed).nextBytes(bytes);
            return bytes;
        }
    }

    /** What could be observed. */
    private record Outcome(String server, String client) {}

    private static String summary(CRC32 checksum, long count, String end) {
        return count + " bytes " + Long.toHexString(checksum.getValue()) + ", " + end;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EPOLL")
    void theSameConversationsHaveTheSameOutcome(RealBackend kind) throws Exception {
        kind.open().close(); // skips where there is none
        List<Outcome> expected = converse(RealBackend.EPOLL);
        List<Outcome> found = converse(kind);
        for (int i = 0; i < CONVERSATIONS; i++)
            assertThat(found.get(i)).as("%s", Script.draw(i)).isEqualTo(expected.get(i));
        assertThat(expected).as("all kinds of ends were seen").anyMatch(each -> each.server.endsWith("gone"));
    }

    private static List<Outcome> converse(RealBackend kind) throws Exception {
        var settings = LoopSettings.defaults()
                .withLoops(2)
                .withBackend(kind.toString())
                .withCarryThreads(false)
                .withFaults(new RecordedFaults());
        var outcomes = new ArrayList<Outcome>();
        try (var loops = EventLoops.start(settings)) {
            assertThat(loops.backend()).isEqualTo(kind.toString());
            for (int first = 0; first < CONVERSATIONS; first += AT_ONCE) {
                var running = new ArrayList<Conversation>();
                for (int i = 0; i < AT_ONCE; i++) running.add(new Conversation(loops, Script.draw(first + i)));
                for (Conversation each : running) outcomes.add(each.outcome());
            }
            for (int i = 0; i < loops.size(); i++) {
                EventLoop loop = loops.loop(i);
                var left = new CompletableFuture<Integer>();
                loop.execute(() -> left.complete(loop.registered()));
                assertThat(left.get(10, TimeUnit.SECONDS))
                        .as("descriptors still watched")
                        .isZero();
            }
        }
        return outcomes;
    }

    /** One script with its client, on a thread of its own, and its server, on a loop. */
    private static final class Conversation {
        private final Script script;
        private final CompletableFuture<String> server = new CompletableFuture<>();
        private final CompletableFuture<String> client = new CompletableFuture<>();
        private final CompletableFuture<Void> clientHasAll = new CompletableFuture<>();
        private final CountDownLatch listenersOpen;

        Conversation(EventLoops loops, Script script) throws Exception {
            this.script = script;
            listenersOpen = new CountDownLatch(loops.size());
            var address = SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            List<ListenSocket> listeners = loops.listen(address, 4);
            int port = listeners.getFirst().port();
            for (int i = 0; i < loops.size(); i++) {
                EventLoop loop = loops.loop(i);
                ListenSocket listener = listeners.get(i);
                loop.execute(() -> {
                    long[] token = new long[1];
                    token[0] = TestLoops.register(loop, listener, readiness -> {
                        StreamSocket socket = listener.accept();
                        if (socket != null) new Answering(loop, socket, script, server);
                    });
                    server.whenComplete((text, failure) -> loop.execute(() -> {
                        loop.deregister(token[0]);
                        listener.close();
                        listenersOpen.countDown();
                    }));
                });
            }
            Thread.ofPlatform().daemon().start(() -> {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(20_000);
                    client.complete(talk(socket));
                } catch (IOException | InterruptedException e) {
                    client.completeExceptionally(e);
                }
            });
        }

        private String talk(Socket socket) throws IOException, InterruptedException {
            var checksum = new CRC32();
            long[] count = new long[1];
            Thread reader = Thread.ofPlatform().daemon().unstarted(() -> {
                try {
                    count[0] = receive(socket.getInputStream(), checksum);
                    clientHasAll.complete(null);
                } catch (IOException e) {
                    clientHasAll.completeExceptionally(e);
                }
            });
            if (!script.readsLate) reader.start();
            byte[] bytes = script.bytes();
            int at = 0;
            for (int piece : script.pieces) {
                socket.getOutputStream().write(bytes, at, piece);
                at += piece;
            }
            if (script.end == End.CLIENT_FINISHES) socket.shutdownOutput();
            if (script.readsLate) reader.start();
            clientHasAll.orTimeout(20, TimeUnit.SECONDS).join();
            reader.join();
            if (script.end == End.CLIENT_RESETS) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                socket.close();
                return summary(checksum, count[0], "reset");
            }
            return summary(checksum, count[0], "end " + socket.getInputStream().read());
        }

        private long receive(InputStream in, CRC32 checksum) throws IOException {
            byte[] buffer = new byte[8192];
            long received = 0;
            int total = script.total();
            while (received < total) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, total - received));
                if (count < 0) return received;
                checksum.update(buffer, 0, count);
                received += count;
            }
            return received;
        }

        Outcome outcome() throws Exception {
            assertThat(listenersOpen.await(30, TimeUnit.SECONDS)).isTrue();
            return new Outcome(server.get(30, TimeUnit.SECONDS), client.get(30, TimeUnit.SECONDS));
        }
    }

    /** The server's side: echoes until the end, keeping what finds no room. Loop owner. */
    private static final class Answering implements EventLoop.Handler {
        private final EventLoop loop;
        private final StreamSocket socket;
        private final Script script;
        private final CompletableFuture<String> outcome;
        private final CRC32 checksum = new CRC32();
        private final long token;
        private byte[] unsent = {};
        private long received;
        private long sent;
        private int reads;
        private boolean moreInput = true;
        private boolean hasEnded;
        private boolean isDone;

        Answering(EventLoop loop, StreamSocket socket, Script script, CompletableFuture<String> outcome) {
            this.loop = loop;
            this.socket = socket;
            this.script = script;
            this.outcome = outcome;
            token = TestLoops.register(loop, socket, this);
        }

        @Override
        public void ready(int readiness) {
            if (isDone) return;
            if ((readiness & (Readiness.IN | Readiness.PEER_FINISHED)) != 0) moreInput = true;
            if (!flush()) return;
            for (int i = 0; i < script.readsPerEvent && moreInput && unsent.length == 0; i++) {
                receive();
                if (isDone) return;
            }
            if (moreInput && unsent.length == 0) loop.again(this);
            if (hasEnded && unsent.length == 0) done("end");
        }

        private void receive() {
            byte[] buffer = loop.readBuffer();
            int most = script.serverReads[reads++ % script.serverReads.length];
            int count = socket.receive(buffer, 0, most);
            if (count > 0) {
                checksum.update(buffer, 0, count);
                received += count;
                unsent = new byte[count];
                for (int i = 0; i < count; i++) unsent[i] = (byte) (buffer[i] ^ 1);
                flush();
            } else if (count == 0) {
                // libkqueue takes the error of a reset away; elsewhere it is one.
                moreInput = false;
                if (script.end == End.CLIENT_RESETS) done("gone");
                else hasEnded = true;
            } else if (SocketError.wouldBlock(count)) {
                moreInput = false;
            } else {
                done(SocketError.isPeerGone(count) ? "gone" : SocketError.describe(count));
            }
        }

        /** True if nothing is left to send. */
        private boolean flush() {
            int at = 0;
            while (at < unsent.length) {
                int count = socket.send(unsent, at, unsent.length - at);
                if (count < 0) {
                    if (!SocketError.wouldBlock(count)) done("send: " + SocketError.describe(count));
                    break;
                }
                at += count;
            }
            sent += at;
            unsent = java.util.Arrays.copyOfRange(unsent, at, unsent.length);
            if (at > 0 && sent == script.total() && script.end == End.SERVER_FINISHES) socket.shutdownOutput();
            return !isDone && unsent.length == 0;
        }

        private void done(String how) {
            if (isDone) return;
            isDone = true;
            loop.deregister(token);
            socket.close();
            outcome.complete(summary(checksum, received, how) + ", sent " + sent + " " + how);
        }
    }
}
