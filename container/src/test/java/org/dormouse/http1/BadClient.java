package org.dormouse.http1;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.transport.ConnectionEnd;

/** Clients that do what they should not, over the kernel in memory, and the reason with which their connections end. */
enum BadClient {
    /** Connects and never speaks. */
    SILENT(ConnectionEnd.HEAD_TIMEOUT) {
        @Override
        void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random) {
            loop.advance(Duration.ofSeconds(21));
        }
    },
    /** Sends a byte of its head every second. */
    SLOW_TO_SEND(ConnectionEnd.HEAD_TIMEOUT) {
        @Override
        void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random) {
            for (int i = 0; i < 21; i++) {
                for (ScriptedPeer peer : peers) peer.send(new byte[] {REQUEST[i]});
                loop.advance(Duration.ofSeconds(1));
            }
        }
    },
    /** Sends more than the server is ready to keep of a head. */
    TOO_LARGE(ConnectionEnd.REFUSED) {
        @Override
        void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random) {
            String head = "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(Http1Limits.DEFAULT.maxHeadBytes());
            for (ScriptedPeer peer : peers) {
                peer.send(head);
                loop.settle();
            }
        }
    },
    /** Takes no byte of its answer but the first few. */
    SLOW_TO_READ(ConnectionEnd.WRITE_TIMEOUT) {
        @Override
        void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random) {
            for (ScriptedPeer peer : peers) peer.sendBuffer(10).stopReading().send("GET / HTTP/1.0\r\n\r\n");
            loop.settle();
            loop.advance(Duration.ofSeconds(31));
        }
    },
    /** Resets its connection after any byte, with or without giving the server time to see it, and while it answers. */
    RESETTING(ConnectionEnd.PEER_RESET) {
        @Override
        void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random) {
            for (ScriptedPeer peer : peers) {
                if (random.nextInt(4) == 0)
                    peer.sendBuffer(1 + random.nextInt(60)).stopReading();
                if (random.nextInt(4) == 0) peer.shortReads(random.nextInt(9), random.nextInt(9));
                int requests = random.nextInt(3);
                for (int i = 0; i < requests; i++) peer.send(REQUEST);
                int more = random.nextInt(REQUEST.length);
                for (int i = 0; i < more; i++) peer.send(new byte[] {REQUEST[i]});
                int turns = random.nextInt(4);
                for (int i = 0; i < turns; i++) loop.turn();
                peer.reset();
                if (random.nextBoolean()) loop.settle();
            }
        }
    };

    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int AT_ONCE = 100;

    final ConnectionEnd end;

    BadClient(ConnectionEnd end) {
        this.end = end;
    }

    abstract void misbehave(List<ScriptedPeer> peers, ScriptedLoop loop, SplittableRandom random);

    /** Opens one connection. */
    interface Opening {
        ScriptedPeer open() throws IOException;
    }

    /** Lets {@code count} of them come, a hundred at a time, and waits until the last of their timeouts is over. */
    void come(int count, Opening opening, ScriptedLoop loop) throws IOException {
        var random = new SplittableRandom(4711);
        for (int come = 0; come < count; come += AT_ONCE) {
            var peers = new ArrayList<ScriptedPeer>();
            for (int i = 0; i < AT_ONCE; i++) peers.add(opening.open());
            misbehave(peers, loop, random);
            loop.settle();
            loop.advance(Duration.ofSeconds(6)); // who may still be sending is heard out for a while
        }
        loop.advance(Duration.ofMinutes(2));
    }
}
