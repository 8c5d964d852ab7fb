package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.dormouse.http.ByteStream;
import org.dormouse.http.ClientGone;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.http.StreamUpgrade;
import org.dormouse.http.Upgrade;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.junit.jupiter.api.Test;

/** The exchange as its users see it: callbacks, backpressure, clients that leave, answers that wait for one another. */
class Http1ExchangeTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";

    private static Exchange exchangeOf(Http1Server server, ScriptedPeer peer, String request) {
        assertThat(server.talk(peer, request)).isEmpty();
        return server.next();
    }

    @Test
    void theHeadWaitsForTheFirstBytesOfTheBody() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            exchange.commit(200, null, new Headers(), 6);
            assertThat(exchange.isCommitted()).isTrue();
            assertThat(peer.takeReceivedText()).isEmpty();
            exchange.write("abc".getBytes(), 0, 3);
            assertThat(exchange.flush()).isTrue();
            assertThat(peer.takeReceivedText()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nabc");
            exchange.write("def".getBytes(), 0, 3);
            exchange.finish();
            assertThat(peer.takeReceivedText()).isEqualTo("def");
        }
    }

    @Test
    void aTaskThatIsPutOffForAsLongAsALongCanSayDoesNotRun() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            Exchange exchange = exchangeOf(server, server.connect(), GET);
            var ran = new ArrayList<String>();
            exchange.schedule(Long.MAX_VALUE, () -> ran.add("for ever"));
            exchange.schedule(Duration.ofHours(1).toNanos(), () -> ran.add("an hour"));
            server.loop.advance(Duration.ofSeconds(1));
            assertThat(ran).isEmpty();
            server.loop.advance(Duration.ofHours(1));
            assertThat(ran).containsExactly("an hour");
            exchange.commit(200, null, new Headers(), 0);
            exchange.finish();
            server.loop.settle();
        }
    }

    @Test
    void fieldsThatFrameTheMessageAreOurs() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            var fields = new Headers();
            for (String name : new String[] {"content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date"})
                fields.add(name, "7");
            fields.add("X-Mine", "yes");
            exchange.commit(299, "Fine by me", fields, 0);
            exchange.finish();
            assertThat(peer.takeReceivedText())
                    .isEqualTo("HTTP/1.1 299 Fine by me\r\n"
                            + "X-Mine: yes\r\n"
                            + "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
                            + "Content-Length: 0\r\n\r\n");
        }
    }

    @Test
    void connectionCloseOfTheApplicationIsHonoured() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            var fields = new Headers();
            fields.add("Connection", "close");
            exchange.commit(200, null, fields, 0);
            exchange.finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).contains("Connection: close\r\n");
            assertThat(peer.seesEnd()).isTrue();
            peer.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void whoAbortsAnExchangeThatIsOverCutsNoneOfThoseBehindIt() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange first = exchangeOf(server, peer, GET);
            Http1Server.answer(first, 200, "first");
            first.abort();
            assertThat(server.talk(peer, GET)).endsWith("first");
            Exchange second = server.next();
            first.abort();
            server.loop.settle();
            Http1Server.answer(second, 200, "second");
            first.abort();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("second");
            assertThat(peer.seesClose()).isFalse();
        }
    }

    @Test
    void whatIsAbortedAndThenFinishedIsCutBeforeTheRequestBehindItBegins() throws IOException {
        for (String behind : new String[] {"", GET}) {
            try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
                ScriptedPeer peer = server.connect();
                Exchange exchange = exchangeOf(server, peer, GET + behind);
                exchange.commit(200, null, new Headers(), 5);
                exchange.abort();
                exchange.write("Hello".getBytes(), 0, 5);
                exchange.finish();
                server.talk(peer, GET);
                assertThat(server.hasNext()).isFalse();
                assertThat(peer.seesClose()).isTrue();
                assertThat(server.connections.counts().closed(ConnectionEnd.ABORTED))
                        .isEqualTo(1);
            }
        }
    }

    /** Meets a client that has left as soon as it begins, and counts how often it is told. */
    private static final class Forsaken implements StreamUpgrade {
        private final ScriptedPeer peer;
        int told;
        boolean found;
        ByteStream connection;

        Forsaken(ScriptedPeer peer) {
            this.peer = peer;
        }

        @Override
        public String protocol() {
            return "p";
        }

        @Override
        public void begun(ByteStream stream) {
            peer.reset();
            try {
                stream.write(new byte[10], 0, 10);
                stream.flush();
            } catch (IOException e) {
                found = true;
            }
            stream.whenGone(() -> told++);
            connection = stream;
        }
    }

    @Test
    void whatAConnectionWasUpgradedToIsToldOnceOfAClientThatIsGoneAlready() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange =
                    exchangeOf(server, peer, "GET / HTTP/1.1\nHost: h\nConnection: upgrade\nUpgrade: p\n\n");
            var successor = new Forsaken(peer);
            exchange.upgrade(new Headers(), successor);
            server.loop.settle();
            assertThat(successor.found).isTrue();
            successor.connection.finish();
            server.loop.settle();
            assertThat(successor.told).isEqualTo(1);
        }
    }

    @Test
    void closeIsHonouredAmongOtherOptionsAndInLaterLinesOfTheField() throws IOException {
        for (String[] values :
                new String[][] {{"X-A, close"}, {"X-A", " Close "}, {"close,x"}, {"keep-alive", "x, CLOSE"}}) {
            try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
                ScriptedPeer peer = server.connect();
                Exchange exchange = exchangeOf(server, peer, GET);
                var fields = new Headers();
                for (String value : values) fields.add("Connection", value);
                exchange.commit(200, null, fields, 0);
                exchange.finish();
                server.loop.settle();
                assertThat(peer.takeReceivedText()).as("%s", (Object) values).contains("Connection: close\r\n");
                assertThat(peer.seesEnd()).isTrue();
            }
        }
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            var fields = new Headers();
            fields.add("Connection", "closed, enclose");
            exchange.commit(200, null, fields, 0);
            exchange.finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).doesNotContain("Connection");
            assertThat(peer.seesEnd()).isFalse();
        }
    }

    @Test
    void whoIsToldOfTheEndWhileItSendsTheNextRequestSeesNoReset() throws IOException {
        for (String request : new String[] {GET, "GET / HTTP/1.1\nHost: h\nConnection: close\n\n"}) {
            try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
                ScriptedPeer peer = server.connect();
                Exchange exchange = exchangeOf(server, peer, request);
                var fields = new Headers();
                fields.add("Connection", "close");
                exchange.commit(200, null, fields, 0);
                exchange.finish();
                server.loop.settle();
                boolean knew = request.contains("close");
                assertThat(server.kernel.openDescriptors()).isEqualTo(knew ? 0 : 1);
                if (!knew) {
                    assertThat(server.talk(peer, GET))
                            .contains("Connection: close")
                            .doesNotContain("400");
                    assertThat(peer.seesEnd()).isTrue();
                    peer.finish();
                    server.loop.settle();
                }
                assertThat(peer.seesReset()).isFalse();
                assertThat(server.kernel.openDescriptors()).isZero();
                assertThat(server.connections.counts().closed(ConnectionEnd.ANSWERED))
                        .isEqualTo(1);
                assertThat(server.hasNext()).isFalse();
            }
        }
    }

    @Test
    void aStatusOrReasonThatCannotStandInAStatusLineIsRefused() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            for (String reason : new String[] {"a\r\nSet-Cookie: b", "a\nb", "a\0b", "\u010a"}) {
                assertThatThrownBy(() -> exchange.commit(200, reason, new Headers(), 0))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> exchange.commit(1000, null, new Headers(), 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> exchange.commit(102, null, new Headers(), 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(exchange.isCommitted()).isFalse();
            Http1Server.answer(exchange, 200, "ok");
            assertThat(peer.takeReceivedText()).endsWith("ok");
        }
    }

    @Test
    void aHeadLargerThanABufferIsSentWhole() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            for (int round = 0; round < 2; round++) {
                Exchange exchange = exchangeOf(server, peer, GET);
                var fields = new Headers();
                fields.add("X-Large", "y".repeat(40_000));
                exchange.commit(200, null, fields, round == 0 ? 5 : -1);
                exchange.write("Hello".getBytes(), 0, 5);
                exchange.finish();
                assertThat(peer.takeReceivedText()).hasSizeGreaterThan(40_000).contains("Hello");
            }
        }
    }

    @Test
    void aLargeBodyWaitsForASlowReaderAndArrivesWhole() throws IOException {
        byte[] body = new byte[500_000];
        new Random(1).nextBytes(body);
        for (long length : new long[] {body.length, -1}) {
            try (var server = new Http1Server(exchange -> {
                exchange.commit(200, null, new Headers(), length);
                Http1Server.writeAll(exchange, body);
                exchange.finish();
            })) {
                ScriptedPeer peer = server.connect().sendBuffer(30_000).stopReading();
                server.talk(peer, GET);
                var all = new java.io.ByteArrayOutputStream();
                for (int i = 0; i < 5000; i++) {
                    peer.read(777 + i % 1000);
                    server.loop.settle();
                    all.writeBytes(peer.takeReceived());
                }
                String text = all.toString(StandardCharsets.ISO_8859_1);
                byte[] received = text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
                assertThat(length < 0 ? unchunk(received) : received).isEqualTo(body);
                peer.resumeReading();
                assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: h\nConnection: close\n\n"))
                        .startsWith("HTTP/1.1 200");
            }
        }
    }

    private static byte[] unchunk(byte[] chunked) throws IOException {
        var decoder = new ChunkedBody(Http1Limits.DEFAULT);
        byte[] target = new byte[chunked.length];
        int count = decoder.decode(chunked, 0, chunked.length, target, 0, target.length);
        assertThat(decoder.isDone()).isTrue();
        assertThat(decoder.consumed()).isEqualTo(chunked.length);
        return Arrays.copyOf(target, count);
    }

    @Test
    void anAnswerLeftUnsentByFinishIsSentInTheBackgroundBeforeTheNextRequestIsRead() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect().sendBuffer(1000).stopReading();
            Exchange exchange = exchangeOf(server, peer, GET);
            exchange.commit(200, null, new Headers(), 40_000);
            exchange.write(new byte[40_000], 0, 40_000);
            exchange.finish();
            server.talk(peer, GET);
            assertThat(server.hasNext()).isFalse();
            peer.resumeReading();
            server.loop.settle();
            assertThat(peer.takeReceived()).hasSizeGreaterThan(40_000);
            Http1Server.answer(server.next(), 200, "second");
            assertThat(peer.takeReceivedText()).endsWith("second");
        }
    }

    @Test
    void answersToPipelinedRequestsLeaveTogether() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            peer.send(GET.repeat(20).replace("\n", "\r\n"));
            var answers = new StringBuilder();
            int sends = 0;
            for (int turn = 0; turn < 100; turn++) {
                server.loop.turn(); // one request a turn: each could have sent
                String sent = peer.takeReceivedText();
                if (!sent.isEmpty()) sends++;
                answers.append(sent);
            }
            assertThat(answers.toString().split("HTTP/1.1 200 OK", -1)).hasSize(21);
            assertThat(sends).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void anAnswerDoesNotWaitForAPipelinedRequestThatTakesLong() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange first = exchangeOf(server, peer, GET + GET);
            Http1Server.answer(first, 200, "first");
            server.loop.settle();
            Exchange second = server.next();
            assertThat(peer.takeReceivedText()).endsWith("first");
            server.loop.settle();
            Http1Server.answer(second, 200, "second");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("second");
        }
    }

    @Test
    void readableComesWhenBytesComeAndAtOnceIfTheyAreThere() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 6\n\n");
            var events = new ArrayList<String>();
            exchange.whenReadable(() -> events.add("replaced"));
            exchange.whenReadable(() -> events.add("one"));
            server.loop.settle();
            assertThat(events).isEmpty();
            server.talk(peer, "abc");
            assertThat(events).containsExactly("one");
            exchange.whenReadable(() -> events.add("two"));
            assertThat(events).containsExactly("one", "two");
            byte[] buffer = new byte[10];
            assertThat(exchange.read(buffer, 0, 10)).isEqualTo(3);
            assertThat(exchange.read(buffer, 0, 10)).isZero();
            exchange.whenReadable(() -> events.add("three"));
            server.talk(peer, "def");
            assertThat(events).containsExactly("one", "two", "three");
            assertThat(exchange.read(buffer, 0, 2)).isEqualTo(2);
            assertThat(exchange.isBodyRead()).isFalse();
            assertThat(exchange.read(buffer, 0, 2)).isEqualTo(1);
            assertThat(exchange.isBodyRead()).isTrue();
            assertThat(exchange.read(buffer, 0, 2)).isEqualTo(-1);
            exchange.whenReadable(() -> events.add("end"));
            assertThat(events).endsWith("end");
            Http1Server.answer(exchange, 200, "");
        }
    }

    @Test
    void waitingForTheBodyAsksForItToo() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange =
                    exchangeOf(server, peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 3\nExpect: 100-continue\n\n");
            exchange.whenReadable(() -> {});
            assertThat(peer.takeReceivedText()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            server.talk(peer, "abc");
            assertThat(exchange.read(new byte[3], 0, 3)).isEqualTo(3);
            Http1Server.answer(exchange, 200, "ok");
            assertThat(peer.takeReceivedText()).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
        }
    }

    @Test
    void aBodyBeyondTheLimitFailsTheRead() throws IOException {
        try (var server = Http1Server.holding(Http1Server.limits("http.max-body-bytes", "5"))) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(
                    server, peer, "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n3\ndef\n");
            byte[] buffer = new byte[10];
            assertThat(exchange.read(buffer, 0, 3)).isEqualTo(3);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> exchange.read(buffer, 0, 10))
                        .hasMessageContaining("limit 5 (http.max-body-bytes)")
                        .extracting("status")
                        .isEqualTo(413);
            }
            Http1Server.answer(exchange, 413, "too much");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).contains("Connection: close").endsWith("too much");
            assertThat(peer.seesEnd()).isTrue();
            assertThat(peer.seesClose()).isFalse();
        }
    }

    @Test
    void anUnreadBodyTooLargeToDropClosesTheConnectionAfterTheAnswerWasReadable() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 10000000\n\nabc"))
                    .endsWith("Hello");
            peer.send(new byte[100_000]);
            server.loop.settle();
            assertThat(peer.seesEnd()).isTrue();
            assertThat(peer.seesClose()).isFalse();
            peer.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.seesReset()).isFalse();
        }
    }

    @Test
    void aClientThatEndsInTheMiddleOfItsBodyFailsTheRead() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 6\n\nabc");
            var events = new ArrayList<String>();
            exchange.read(new byte[10], 0, 10);
            exchange.whenReadable(() -> events.add("readable"));
            peer.finish();
            server.loop.settle();
            assertThat(events).containsExactly("readable");
            assertThatThrownBy(() -> exchange.read(new byte[10], 0, 10)).isInstanceOf(ClientGone.class);
            exchange.abort();
            exchange.finish();
        }
    }

    @Test
    void aResetIsToldAndEndsReadingAndWriting() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 6\n\n");
            var events = new ArrayList<String>();
            exchange.whenGone(() -> events.add("gone"));
            exchange.whenReadable(() -> events.add("readable"));
            peer.reset();
            server.loop.settle();
            assertThat(events).containsExactlyInAnyOrder("gone", "readable");
            assertThatThrownBy(() -> exchange.read(new byte[10], 0, 10)).isInstanceOf(ClientGone.class);
            exchange.commit(200, null, new Headers(), 3);
            assertThatThrownBy(() -> exchange.write(new byte[3], 0, 3)).isInstanceOf(ClientGone.class);
            exchange.whenGone(() -> events.add("told at once"));
            assertThat(events).endsWith("told at once");
            assertThat(peer.seesClose()).isFalse();
            exchange.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void halfCloseAloneIsNotGone() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            var events = new ArrayList<String>();
            exchange.whenGone(() -> events.add("gone"));
            peer.finish();
            server.loop.settle();
            assertThat(events).isEmpty();
            Http1Server.answer(exchange, 200, "still here");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("still here");
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void anAbortedConnectionKeepsItsDescriptorUntilTheExchangeHasEnded() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            exchange.commit(200, null, new Headers(), 100);
            exchange.abort();
            server.loop.settle();
            assertThat(peer.seesEnd()).isTrue();
            assertThat(peer.seesClose()).isFalse();

            // whoever is accepted meanwhile must not get the number, nor the bytes
            ScriptedPeer stranger = server.connect();
            assertThat(stranger.socket().descriptor())
                    .isNotEqualTo(peer.socket().descriptor());
            assertThatThrownBy(() -> {
                        exchange.write(new byte[100], 0, 100);
                        exchange.flush();
                    })
                    .isInstanceOf(ClientGone.class);
            exchange.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(stranger.takeReceivedText()).isEmpty();
            exchange.abort(); // late, when the number may be somebody else's
            exchange.finish();
            server.loop.settle();
            assertThat(stranger.seesEnd()).isFalse();
        }
    }

    @Test
    void anExchangeThatIsFinishedWithoutAnAnswerIsCutOff() {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            exchangeOf(server, peer, GET).finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).isEmpty();
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aClientThatHalfClosesBehindItsPipelineAndReadsLateGetsEveryAnswer() {
        String large = "x".repeat(40_000);
        try (var server = new Http1Server(exchange -> Http1Server.answer(exchange, 200, large))) {
            ScriptedPeer peer = server.connect().sendBuffer(1000).stopReading();
            peer.send(GET.replace("\n", "\r\n").repeat(6)).finish();
            server.loop.settle();
            var answers = new StringBuilder();
            for (int i = 0; i < 1000 && !peer.seesEnd(); i++) {
                peer.read(1000);
                server.loop.settle();
                answers.append(peer.takeReceivedText());
            }
            peer.resumeReading();
            answers.append(peer.takeReceivedText());
            assertThat(answers.toString().split("HTTP/1.1 200", -1)).hasSize(7);
            assertThat(answers).hasSizeGreaterThan(6 * 40_000).endsWith("x");
        }
    }

    @Test
    void theServersEndFinishesWhatIsUnderWayAndClosesWhatIsIdle() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer idle = server.connect();
            Http1Server.answer(exchangeOf(server, idle, GET), 200, "idle now");
            ScriptedPeer unused = server.connect();
            server.advance(Duration.ofSeconds(2));
            ScriptedPeer busy = server.connect();
            Exchange exchange = exchangeOf(server, busy, GET);
            server.connections.drainAll();
            server.loop.settle();
            assertThat(idle.seesClose()).isTrue();
            assertThat(unused.seesClose()).isTrue();
            assertThat(busy.seesEnd()).isFalse();
            Http1Server.answer(exchange, 200, "last");
            server.loop.settle();
            assertThat(busy.takeReceivedText())
                    .contains("Connection: close\r\n")
                    .endsWith("last");
            assertThat(busy.seesEnd()).isTrue();
            busy.finish();
            server.loop.settle();
            assertThat(busy.seesClose()).isTrue();
        }
    }

    @Test
    void theServersEndClosesBehindAnAnswerThatHadBegunToKeepTheConnection() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer busy = server.connect();
            Exchange exchange = exchangeOf(server, busy, GET);
            exchange.commit(200, null, new Headers(), 4);
            exchange.flush();
            server.connections.drainAll();
            server.loop.settle();
            assertThat(busy.seesEnd()).isFalse();

            exchange.write("last".getBytes(StandardCharsets.ISO_8859_1), 0, 4);
            exchange.finish();
            server.loop.settle();

            assertThat(busy.takeReceivedText()).endsWith("last");
            assertThat(busy.seesClose()).isTrue();
        }
    }

    @Test
    void theServersEndAnswersARequestThatHasArrivedButWasNotReadYet() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer kept = server.connect();
            Http1Server.answer(exchangeOf(server, kept, GET), 200, "first");
            server.loop.settle();
            kept.takeReceived();
            kept.send(GET.replace("\n", "\r\n"));
            server.connections.drainAll();
            server.loop.settle();
            Http1Server.answer(server.next(), 200, "second");
            server.loop.settle();
            assertThat(kept.takeReceivedText())
                    .contains("Connection: close\r\n")
                    .endsWith("second");
            assertThat(kept.seesEnd()).isTrue();
            kept.finish();
            server.loop.settle();
            assertThat(kept.seesClose()).isTrue();
        }
    }

    @Test
    void theServersEndWaitsASecondForTheFirstRequestOfAClientThatHasJustConnected() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer newcomer = server.connect();
            ScriptedPeer silent = server.connect();
            server.connections.drainAll();
            server.loop.settle();
            assertThat(newcomer.seesEnd()).isFalse();
            Http1Server.answer(exchangeOf(server, newcomer, GET), 200, "welcome");
            server.loop.settle();
            assertThat(newcomer.takeReceivedText())
                    .contains("Connection: close\r\n")
                    .endsWith("welcome");
            assertThat(newcomer.seesEnd()).isTrue();
            newcomer.finish();
            server.loop.settle();
            assertThat(newcomer.seesClose()).isTrue();
            assertThat(silent.seesEnd()).isFalse();
            server.advance(Duration.ofSeconds(1));
            assertThat(silent.seesClose()).isTrue();
            assertThat(silent.takeReceivedText()).isEmpty();
        }
    }

    // --- upgrade

    /** Sends back what comes, in upper case. */
    private record Shouting(ArrayList<String> events) implements Upgrade, ProtocolUpgrade {
        @Override
        public String protocol() {
            return "shout";
        }

        @Override
        public Protocol begin(Connection connection) {
            return new Protocol() {
                @Override
                public int received(byte[] bytes, int offset, int length) {
                    byte[] answer = new String(bytes, offset, length, StandardCharsets.ISO_8859_1)
                            .toUpperCase()
                            .getBytes();
                    assertThat(connection.borrowOutput()).isTrue();
                    connection.copyIn(answer, 0, answer.length);
                    connection.flush();
                    assertThat(connection.giveBackOutput()).isTrue();
                    return length;
                }

                @Override
                public void inputEnded() {
                    events.add("ended");
                    connection.closeWhenSent(ConnectionEnd.ANSWERED);
                }

                @Override
                public void writable() {}

                @Override
                public void deadline() {
                    events.add("deadline");
                }

                @Override
                public void drain() {
                    events.add("drain");
                }

                @Override
                public void closed(IOException cause) {
                    events.add("closed " + cause);
                }
            };
        }
    }

    @Test
    void anUpgradeHandsTheConnectionWithTheBytesBehindTheRequestOn() {
        var events = new ArrayList<String>();
        try (var server = new Http1Server(exchange -> {
            var fields = new Headers();
            fields.add("X-Key", "k");
            exchange.upgrade(fields, new Shouting(events));
        })) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: h\nConnection: Upgrade\nUpgrade: shout\n\nearly "))
                    .isEqualTo("HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout\r\nX-Key: k\r\n"
                            + "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\nConnection: Upgrade\r\n\r\nEARLY ");
            assertThat(server.talk(peer, "late")).isEqualTo("LATE");
            server.advance(java.time.Duration.ofHours(1));
            assertThat(events).isEmpty();
            peer.finish();
            server.loop.settle();
            assertThat(events).containsExactly("ended", "closed null");
        }
    }

    @Test
    void whatARequestBecomesWhileTheServerEndsIsToldSo() throws IOException {
        var events = new ArrayList<String>();
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange =
                    exchangeOf(server, peer, "GET / HTTP/1.1\nHost: h\nConnection: Upgrade\nUpgrade: shout\n\nearly ");
            server.connections.drain();
            exchange.upgrade(new Headers(), new Shouting(events));
            exchange.finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\nEARLY ");
            assertThat(events).containsExactly("drain");
            peer.finish();
            server.loop.settle();
            assertThat(events).containsExactly("drain", "ended", "closed null");
        }
    }

    @Test
    void anUpgradeNobodyAskedForIsRefused() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            Exchange exchange = exchangeOf(server, peer, GET);
            assertThatThrownBy(() -> exchange.upgrade(new Headers(), new Shouting(new ArrayList<>())))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> exchange.upgrade(new Headers(), () -> "other"))
                    .isInstanceOf(UnsupportedOperationException.class);
            Http1Server.answer(exchange, 400, "no");
            assertThat(peer.takeReceivedText()).endsWith("no");
        }
    }
}
