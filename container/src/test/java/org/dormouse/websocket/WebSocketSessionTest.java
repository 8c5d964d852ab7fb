package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;
import static org.dormouse.websocket.TestEndpoints.LOG;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.TestEndpoints.Fails;
import org.dormouse.websocket.TestEndpoints.Parts;
import org.dormouse.websocket.TestEndpoints.Room;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions over the kernel in memory: frames in, callbacks, frames out. */
class WebSocketSessionTest {
    @BeforeEach
    void clearLog() {
        LOG.clear();
        Echo.session = null;
    }

    @Test
    void textAndBinaryAreEchoedInOrderHoweverManyComeAtOnce() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.send(frames().text("a\u20ac").binary((byte) 'b').text("").text("c"));
            assertThat(client.received()).containsExactly("text:a\u20ac", "binary:b", "text:", "text:c");
        }
    }

    @Test
    void messagesAreUnderstoodHoweverTheyAreSplit() {
        byte[] bytes = frames().text("h\u00e9llo")
                .frame(0x01, (byte) 'x')
                .ping("p")
                .frame(0x80, (byte) 'y')
                .binary(new byte[200])
                .bytes();
        try (var sessions = new ScriptedSessions(Echo.class)) {
            for (var pieces : FrameParserTest.splits(bytes)) {
                var client = sessions.connect("/echo");
                for (byte[] piece : pieces) {
                    client.peer.send(piece);
                    sessions.driver.settle();
                }
                var received = client.received();
                assertThat(received.remove("pong:p"))
                        .isTrue(); // the loop answers it, while a message may wait for its thread
                assertThat(received).containsExactly("text:h\u00e9llo", "text:xy", "binary:" + "\0".repeat(200));
            }
        }
    }

    @Test
    void pingIsAnsweredWithItsPayloadWithoutTheApplication() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo").send(frames().ping("are you there"));
            assertThat(client.received()).containsExactly("pong:are you there");
        }
    }

    @Test
    void pongReachesTheEndpoint() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            sessions.connect("/echo").send(frames().pong("here"));
            assertThat(LOG).containsExactly("pong here");
        }
    }

    @Test
    void closeIsEchoedAfterTheMessagesBeforeItAndTheConnectionEnds() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo")
                    .send(frames().text("last words").close(1000, "bye").text("ghost"));
            assertThat(client.received()).containsExactly("text:last words", "close:1000 bye");
            assertThat(LOG).containsExactly("close 1000 bye");
            assertThat(client.peer.seesEnd()).isTrue();
            client.peer.finish();
            sessions.driver.settle();
            assertThat(client.peer.seesClose()).isTrue();
            assertThat(sessions.container.openSessions()).isZero();
        }
    }

    @Test
    void closeWithoutACodeIsAnsweredWithoutACodeAndIs1005ToTheEndpoint() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo").send(frames().frame(0x88));
            assertThat(client.received()).containsExactly("close:");
            assertThat(LOG).containsExactly("close 1005");
        }
    }

    @Test
    void closeOfTheApplicationIsSentAndTheAnswerEndsTheConnection() throws IOException {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            Echo.session.close(new CloseReason(CloseCodes.getCloseCode(4001), "enough"));
            sessions.driver.settle();
            assertThat(client.received()).containsExactly("close:4001 enough");
            assertThat(LOG).containsExactly("close 4001 enough");
            assertThat(client.peer.seesEnd()).isFalse();

            client.send(frames().text("too late").close(4001, "enough"));
            assertThat(client.peer.seesEnd()).isTrue();
            assertThat(client.received()).isEmpty();
            assertThat(LOG).containsExactly("close 4001 enough");
        }
    }

    @Test
    void connectionIsCutWhenOurCloseIsNotAnsweredInTime() throws IOException {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            Echo.session.close();
            sessions.driver.settle();
            sessions.advance(Duration.ofMillis(9_900));
            assertThat(client.peer.seesClose()).isFalse();
            sessions.advance(Duration.ofMillis(200));
            assertThat(client.peer.seesClose()).isTrue();
        }
    }

    @Test
    void connectionIsCutWhenThePeerDoesNotTakeOurCloseInTime() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(8).stopReading();
            client.send(frames().text("longer than eight bytes").close(1000, ""));
            sessions.advance(Duration.ofSeconds(60));
            assertThat(client.peer.seesClose()).isTrue();
        }
    }

    @Test
    void sessionOfAPeerThatIsResetEndsWith1006() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.reset();
            sessions.driver.settle();
            assertThat(LOG).hasSize(1).allMatch(line -> line.startsWith("close 1006"));
            assertThat(sessions.container.openSessions()).isZero();
        }
    }

    @Test
    void halfClosedPeerGetsTheAnswersToWhatItSaidAndTheSessionEndsWith1006() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.send(frames().text("one").text("two").bytes()).finish();
            sessions.driver.settle();
            assertThat(client.received()).startsWith("text:one", "text:two");
            assertThat(LOG).hasSize(1).allMatch(line -> line.startsWith("close 1006"));
            assertThat(client.peer.seesClose()).isTrue();
        }
    }

    @Test
    void violationIsClosedWithItsCodeAfterTheMessagesBeforeIt() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo").send(frames().text("fine").raw(0xC1, 0x80));
            assertThat(client.received()).containsExactly("text:fine", "close:1002 frame with reserved bits 0x40");
            assertThat(client.peer.seesEnd()).isTrue();
        }
    }

    @Test
    void closeFramesThatAreWrongAreClosedWithTheirCode() {
        int[][] wrong = {
            {0x03}, {0x03, 0xED}, {0x03, 0xEE}, {0x03, 0xEC}, {0x00, 0x00}, {0x03, 0xF7}, {0x13, 0x88}, {0x0B, 0xB7}
        };
        try (var sessions = new ScriptedSessions(Echo.class)) {
            for (int[] given : wrong) {
                byte[] payload = new byte[given.length];
                for (int i = 0; i < given.length; i++) payload[i] = (byte) given[i];
                var client = sessions.connect("/echo").send(frames().frame(0x88, payload));
                assertThat(client.received())
                        .as(Arrays.toString(given))
                        .hasSize(1)
                        .allMatch(f -> f.startsWith("close:1002"));
            }
            var client = sessions.connect("/echo").send(frames().frame(0x88, (byte) 3, (byte) 0xE8, (byte) 0xC3));
            assertThat(client.received()).hasSize(1).allMatch(f -> f.startsWith("close:1007"));
        }
    }

    @Test
    void textThatIsNotUtf8IsClosedWith1007AsSoonAsItShows() {
        try (var sessions = new ScriptedSessions(Echo.class, Parts.class)) {
            for (String path : new String[] {"/echo", "/parts"}) {
                // the frame is not complete, nor is the message: what came is enough
                byte[] begun = frames().frame(0x01, (byte) 'a', (byte) 0xC0, (byte) 0x80, (byte) 'b')
                        .bytes();
                var client = sessions.connect(path);
                client.peer.send(Arrays.copyOf(begun, begun.length - 2));
                sessions.driver.settle();
                assertThat(client.received()).containsExactly("close:1007 text message is not UTF-8");
            }
        }
    }

    @Test
    void textThatEndsInsideACharacterIsClosedWith1007() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo").send(frames().frame(0x81, (byte) 0xE2, (byte) 0x82));
            assertThat(client.received()).containsExactly("close:1007 text message is not UTF-8");
        }
    }

    @Test
    void characterMaySpanFragments() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo")
                    .send(frames().frame(0x01, (byte) 0xE2)
                            .frame(0x00, (byte) 0x82)
                            .frame(0x80, (byte) 0xAC));
            assertThat(client.received()).containsExactly("text:\u20ac");
        }
    }

    @Test
    void messageOverTheLimitIsClosedWith1009ByItsAnnouncedLength() {
        var limits = limits(10, 1024 * 1024);
        try (var sessions = new ScriptedSessions(limits, Echo.class)) {
            var client = sessions.connect("/echo")
                    .send(frames().text("0123456789").raw(0x82, 0xFF).number(Long.MAX_VALUE, 8));
            assertThat(client.received())
                    .containsExactly(
                            "text:0123456789",
                            "close:1009 message of more than 9223372036854775806 bytes, limit 10 (websocket.max-binary-message)");
        }
    }

    @Test
    void fragmentsCountTogetherAgainstTheLimit() {
        try (var sessions = new ScriptedSessions(limits(10, 1024 * 1024), Echo.class)) {
            var client = sessions.connect("/echo")
                    .send(frames().frame(0x01, new byte[6]).frame(0x00, new byte[5]));
            assertThat(client.received())
                    .containsExactly("close:1009 message of more than 10 bytes, limit 10 (websocket.max-text-message)");
        }
    }

    @Test
    void partsAreDeliveredAsTheyComeBeyondAnyLimitAndCutBetweenCharacters() {
        try (var sessions = new ScriptedSessions(limits(10, 1024 * 1024), Parts.class)) {
            var client = sessions.connect("/parts");
            client.send(frames().frame(0x01, ClientFrames.utf8("0123456789\u20ac".substring(0, 10))));
            client.send(frames().frame(0x00, (byte) 0xE2, (byte) 0x82));
            client.send(frames().frame(0x00, (byte) 0xAC, (byte) '!'));
            client.send(frames().frame(0x80));
            client.send(frames().binary(new byte[30]));
            assertThat(LOG).containsExactly("part 0123456789", "part \u20ac!", "last ", "last 30");
        }
    }

    @Test
    void pathParametersAndPrimitivesAreConverted() {
        try (var sessions = new ScriptedSessions(Room.class)) {
            var client = sessions.connect("/rooms/blue/41")
                    .send(frames().text("1").text("no number").text("2"));
            assertThat(client.received()).containsExactly("text:42", "text:43");
            assertThat(LOG).containsExactly("open blue 42 41", "error in blue DecodeException");
        }
    }

    @Test
    void sessionOpenedWithAPathParameterOfTheWrongTypeIsClosedWith1011() {
        try (var sessions = new ScriptedSessions(Room.class)) {
            var client = sessions.connect("/rooms/blue/seven");
            assertThat(client.received()).containsExactly("close:1011 the endpoint failed to open");
            assertThat(LOG).containsExactly("error in blue DecodeException");
        }
    }

    @Test
    void endpointWithoutAnErrorMethodIsClosedWith1011WhenItFails() {
        try (var sessions = new ScriptedSessions(Fails.class)) {
            var client = sessions.connect("/fails")
                    .send(frames().text("a test's failure, meant to be logged").text("not delivered"));
            assertThat(client.received()).containsExactly("close:1011 the endpoint failed");
            assertThat(LOG).containsExactly("close 1011 the endpoint failed");
        }
    }

    @Test
    void idleSessionIsClosedWith1001AndOneThatTalksIsNot() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            Echo.session.setMaxIdleTimeout(1_000);
            sessions.driver.settle();
            for (int i = 0; i < 5; i++) {
                sessions.advance(Duration.ofMillis(900));
                client.send(frames().ping(""));
            }
            assertThat(client.received()).containsOnly("pong:");
            sessions.advance(Duration.ofMillis(1_100));
            assertThat(client.received()).containsExactly("close:1001 nothing was sent or received for 1000 ms");
            assertThat(LOG).containsExactly("close 1006 nothing was sent or received for 1000 ms");
        }
    }

    @Test
    void inputWaitsForTheCallbackThatIsRunning() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var waiting = new java.util.ArrayDeque<Runnable>();
            sessions.executor = waiting::add;
            var client = sessions.connect("/echo");
            client.send(frames().text("1"));
            client.send(frames().text("2").text("3"));
            assertThat(waiting).hasSize(1);

            waiting.remove().run(); // onOpen; the first message is parsed only now
            sessions.driver.settle();
            assertThat(client.received()).isEmpty();
            assertThat(waiting).hasSize(1);
            waiting.remove().run();
            sessions.driver.settle();
            assertThat(client.received()).containsExactly("text:1");
            client.send(frames().text("4"));
            waiting.remove().run();
            sessions.driver.settle();
            assertThat(client.received()).containsExactly("text:2", "text:3");
            waiting.remove().run();
            assertThat(client.received()).containsExactly("text:4");
        }
    }

    @Test
    void messagesWaitForAnExecutorThatIsFull() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var full = new java.util.concurrent.atomic.AtomicBoolean();
            sessions.executor = task -> {
                if (full.get()) throw new RejectedExecutionException();
                sessions.driver.loop().carry(task);
            };
            var client = sessions.connect("/echo");
            full.set(true);
            client.send(frames().text("patience"));
            sessions.advance(Duration.ofMillis(100));
            assertThat(client.received()).isEmpty();
            full.set(false);
            sessions.advance(Duration.ofMillis(100));
            assertThat(client.received()).containsExactly("text:patience");
        }
    }

    @Test
    void asynchronousSendBeyondTheBudgetFailsAndWhatWasTakenArrivesInOrder() throws Exception {
        try (var sessions = new ScriptedSessions(limits(1024, 200_000), Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000).stopReading();
            var remote = Echo.session.getAsyncRemote();
            int taken = 0;
            java.util.concurrent.Future<Void> last = null;
            for (int i = 0; i < 1000; i++) {
                last = remote.sendText(i + "x".repeat(995));
                if (last.state() == java.util.concurrent.Future.State.FAILED) break;
                taken++;
            }
            assertThat(taken).isBetween(150, 210);
            assertThat(last.exceptionNow())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("limit 200000 (websocket.send-budget)");

            client.peer.resumeReading();
            sessions.driver.settle();
            var received = client.received();
            assertThat(received).hasSize(taken);
            for (int i = 0; i < taken; i++) assertThat(received.get(i)).startsWith("text:" + i + "x");
            assertThat(remote.sendText("again").state()).isEqualTo(java.util.concurrent.Future.State.SUCCESS);
        }
    }

    @Test
    void manySmallMessagesForAPeerThatDoesNotReadCountWithWhatEachTakesOfTheHeap() {
        try (var sessions = new ScriptedSessions(limits(1024, 200_000), Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(10).stopReading();
            var remote = Echo.session.getAsyncRemote();
            int taken = 0;
            while (remote.sendText("x").state() != java.util.concurrent.Future.State.FAILED) taken++;
            assertThat(taken).isBetween(200_000 / 200, 200_000 / WebSocketOutput.FRAME_COST);
            for (int round = 0; round < 3; round++) { // what has left no longer counts
                client.peer.resumeReading().stopReading();
                sessions.driver.settle();
                client.peer.resumeReading().stopReading();
                sessions.driver.settle();
                assertThat(remote.sendText("y").state()).isNotEqualTo(java.util.concurrent.Future.State.FAILED);
            }
            client.peer.resumeReading();
            sessions.driver.settle();
            assertThat(client.received()).hasSizeBetween(taken, taken + 8);
        }
    }

    @Test
    void pingsOfAPeerThatDoesNotReadKeepOneAnswerOnly() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(10).stopReading();
            for (int i = 0; i < 2_000; i++) client.send(frames().ping("p".repeat(100) + i));
            client.peer.resumeReading();
            sessions.driver.settle();
            var received = client.received();
            assertThat(received.size()).isLessThan(700); // 64 KiB of them lay in the connection, then one waited
            assertThat(received.getLast()).isEqualTo("pong:" + "p".repeat(100) + 1999);
        }
    }

    @Test
    void peerThatDoesNotTakeAMessageWithinItsTimeoutIsCut() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(10).stopReading();
            var sent = Echo.session.getAsyncRemote().sendText("x".repeat(100));
            sessions.driver.settle();
            assertThat(sent.isDone()).isFalse();
            sessions.advance(Duration.ofSeconds(21));
            assertThat(sent.exceptionNow()).hasMessageContaining("websocket.send-timeout");
            assertThat(client.peer.seesClose()).isTrue();
            assertThat(LOG).hasSize(1).allMatch(line -> line.startsWith("close 1006"));
        }
    }

    @Test
    void messagesOfABatchLeaveTogetherWhenItIsFlushedOrFullOrNoLongerAllowedOrTheSessionCloses() throws Exception {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            var remote = Echo.session.getBasicRemote();
            assertThat(remote.getBatchingAllowed()).isFalse();
            remote.setBatchingAllowed(true);
            assertThat(Echo.session.getAsyncRemote().getBatchingAllowed()).isTrue();
            remote.sendText("a");
            Echo.session.getAsyncRemote().sendText("b").get();
            remote.sendBinary(ByteBuffer.wrap(new byte[] {'c'}));
            sessions.driver.settle();
            assertThat(client.received()).isEmpty();
            remote.flushBatch();
            assertThat(client.received()).containsExactly("text:a", "text:b", "binary:c");

            remote.sendText("d");
            remote.sendText("x".repeat(WebSocketOutput.BATCH_BYTES));
            assertThat(client.received()).hasSize(2).startsWith("text:d");

            remote.sendText("e");
            remote.setBatchingAllowed(false);
            remote.sendText("f");
            assertThat(client.received()).containsExactly("text:e", "text:f");

            remote.setBatchingAllowed(true);
            remote.sendText("g");
            Echo.session.close();
            sessions.driver.settle();
            assertThat(client.received()).containsExactly("text:g", "close:1000");
        }
    }

    @Test
    void messagesInPartsAreFramesOfOneMessageAndNothingComesBetween() throws IOException {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            var remote = Echo.session.getBasicRemote();
            remote.sendText("a", false);
            assertThatThrownBy(() -> remote.sendText("whole")).isInstanceOf(IllegalStateException.class);
            remote.sendPing(ByteBuffer.wrap(new byte[] {'p'}));
            remote.sendText("b", false);
            remote.sendText("c", true);
            remote.sendBinary(ByteBuffer.wrap(new byte[] {'d'}));
            assertThat(client.received()).containsExactly("text+:a", "ping:p", "more+:b", "more:c", "binary:d");
        }
    }

    @Test
    void streamsAndWritersSendOneMessage() throws IOException {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            try (var writer = Echo.session.getBasicRemote().getSendWriter()) {
                writer.write("x".repeat(20_000));
                writer.write("end");
            }
            try (var stream = Echo.session.getBasicRemote().getSendStream()) {
                stream.write(new byte[] {'1', '2'});
            }
            Echo.session.getBasicRemote().getSendStream().close(); // nothing written, nothing sent
            var received = client.received();
            assertThat(received.getFirst()).startsWith("text+:xxx");
            assertThat(received.get(received.size() - 2)).startsWith("more:").endsWith("end");
            assertThat(received.getLast()).isEqualTo("binary:12");
        }
    }

    @Test
    void largeMessageIsSentWholeThroughASmallSocketBuffer() throws Exception {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            client.peer.sendBuffer(1000);
            var sent = Echo.session
                    .getAsyncRemote()
                    .sendBinary(ByteBuffer.wrap("y".repeat(300_000).getBytes()));
            sessions.driver.settle();
            assertThat(sent.isDone()).isTrue();
            assertThat(client.received()).containsExactly("binary:" + "y".repeat(300_000));
        }
    }

    @Test
    void closedSessionRefusesEverythingButClose() throws IOException {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            var client = sessions.connect("/echo");
            Session session = Echo.session;
            var remote = session.getBasicRemote();
            assertThat(session.isOpen()).isTrue();
            client.send(frames().close(1000, ""));
            assertThat(session.isOpen()).isFalse();
            assertThatThrownBy(session::getBasicRemote).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::getUserProperties).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> remote.sendText("late")).isInstanceOf(IOException.class);
            session.close();
        }
    }

    @Test
    void requestThatOpenedTheSessionIsStillKnown() {
        try (var sessions = new ScriptedSessions(Echo.class)) {
            sessions.connect("/echo?a=1&b=%20x&a=2");
            Session session = Echo.session;
            assertThat(session.getRequestURI()).hasToString("ws://localhost/echo?a=1&b=%20x&a=2");
            assertThat(session.getQueryString()).isEqualTo("a=1&b=%20x&a=2");
            assertThat(session.getRequestParameterMap())
                    .isEqualTo(java.util.Map.of("a", java.util.List.of("1", "2"), "b", java.util.List.of(" x")));
            assertThat(session.getProtocolVersion()).isEqualTo("13");
            assertThat(session.isSecure()).isFalse();
            assertThat(session.getNegotiatedSubprotocol()).isEmpty();
        }
    }

    @Test
    void openSessionsAreThoseOfTheSameEndpoint() {
        try (var sessions = new ScriptedSessions(Echo.class, Parts.class)) {
            var first = sessions.connect("/echo");
            sessions.connect("/parts");
            sessions.connect("/echo");
            assertThat(Echo.session.getOpenSessions()).hasSize(2).contains(Echo.session);
            first.send(frames().close(1000, ""));
            assertThat(Echo.session.getOpenSessions()).containsExactly(Echo.session);
            sessions.container.close();
            sessions.driver.settle();
            assertThat(sessions.container.openSessions()).isZero();
            assertThat(LOG).contains("close 1006 the application stops");
        }
    }

    private static WebSocketLimits limits(int maxMessage, int sendBudget) {
        return new WebSocketLimits(
                maxMessage, maxMessage, sendBudget, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ZERO);
    }
}
