package org.dormouse.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FedExchangeTest {
    private final ScriptedHost host = new ScriptedHost();
    private final AtomicInteger wakes = new AtomicInteger();

    // --- request body

    @Test
    void bodyArrivesInTheOrderOffered() throws IOException {
        var exchange = host.exchange("POST", "/", 6);
        exchange.offer(bytes("abc"));
        exchange.offer(bytes("def"));
        exchange.end();
        assertThat(read(exchange, 2)).isEqualTo("ab");
        assertThat(read(exchange, 9)).isEqualTo("c");
        assertThat(exchange.isBodyRead()).isFalse();
        assertThat(read(exchange, 9)).isEqualTo("def");
        assertThat(exchange.isBodyRead()).isTrue();
        assertThat(exchange.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void nothingToReadYetIsZeroAndTheEndIsMinusOne() throws IOException {
        var exchange = host.exchange("POST", "/", -1);
        assertThat(exchange.read(new byte[1], 0, 1)).isZero();
        exchange.end();
        assertThat(exchange.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void requestWithoutBodyIsReadFromTheStart() throws IOException {
        var exchange = host.exchange("GET", "/", 0);
        assertThat(exchange.isBodyRead()).isTrue();
        assertThat(exchange.read(new byte[1], 0, 1)).isEqualTo(-1);
        exchange.end();
    }

    @Test
    void bodyOfItsFullLengthIsReadEvenBeforeTheHostSaysSo() throws IOException {
        var exchange = host.exchange("POST", "/", 3);
        exchange.offer(bytes("abc"));
        read(exchange, 3);
        assertThat(exchange.isBodyRead()).isTrue();
        assertThat(exchange.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void hostStopsAtTheBoundAndGoesOnWhenHalfIsRead() throws IOException {
        var exchange = host.exchange("POST", "/", -1);
        assertThat(exchange.offer(new byte[500])).isTrue();
        assertThat(exchange.offer(new byte[500])).isFalse();
        exchange.read(new byte[100], 0, 100);
        assertThat(host.takeEvents())
                .as("one chunk of two was taken, more than half is held")
                .isEmpty();
        exchange.read(new byte[400], 0, 400);
        exchange.read(new byte[1], 0, 1);
        exchange.read(new byte[1], 0, 1);
        assertThat(host.takeEvents()).containsExactly("resume");
    }

    @Test
    void singleBytesCountForWhatTheyCost() {
        var exchange = host.exchange("POST", "/", -1);
        for (int i = 0; i < 1024 / (1 + FedBody.CHUNK_OVERHEAD); i++)
            assertThat(exchange.offer(new byte[1])).isTrue();
        assertThat(exchange.offer(new byte[1])).isFalse();
    }

    @Test
    void hostThatGoesOnAlthoughToldToStopIsRefusedAtTwiceTheBound() {
        var exchange = host.exchange("POST", "/", -1);
        exchange.offer(new byte[1024]);
        exchange.offer(new byte[1024]);
        assertThatThrownBy(() -> exchange.offer(new byte[7]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("7 bytes offered to a full exchange")
                .hasMessageContaining("bound maxHeldBytes 1024");
    }

    @Test
    void moreThanTheContentLengthFailsTheBodyWith400() throws IOException {
        var exchange = host.exchange("POST", "/", 3);
        exchange.offer(bytes("ab"));
        exchange.offer(bytes("cd"));
        assertThat(read(exchange, 9)).isEqualTo("ab");
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1))
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageContaining("at least 4 bytes")
                .hasMessageContaining("content length is 3");
    }

    @Test
    void endBeforeTheContentLengthFailsTheBodyBehindWhatCame() throws IOException {
        var exchange = host.exchange("POST", "/", 3);
        exchange.offer(bytes("ab"));
        exchange.end();
        assertThat(read(exchange, 9)).isEqualTo("ab");
        assertThat(exchange.isBodyRead()).isFalse();
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).hasMessageContaining("body of 2 bytes");
    }

    @Test
    void faultOfTheHostReachesTheReaderBehindTheBytesBeforeIt() throws IOException {
        var exchange = host.exchange("POST", "/", -1);
        exchange.offer(bytes("ab"));
        exchange.fail(new BadRequest(413, "body of more than 2 bytes, limit test.max-body 2"));
        assertThat(read(exchange, 9)).isEqualTo("ab");
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).hasMessageContaining("limit test.max-body 2");
    }

    @Test
    void readerIsWokenOnceByBytes() {
        var exchange = host.exchange("POST", "/", -1);
        exchange.whenReadable(wakes::incrementAndGet);
        assertThat(wakes).hasValue(0);
        exchange.offer(bytes("a"));
        exchange.offer(bytes("b"));
        assertThat(wakes).hasValue(1);
    }

    @Test
    void readerIsWokenAtOnceWhereThereIsSomething() {
        var exchange = host.exchange("POST", "/", -1);
        exchange.offer(bytes("a"));
        exchange.whenReadable(wakes::incrementAndGet);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void readerIsWokenByEndFaultAndLoss() {
        var ended = host.exchange("POST", "/", -1);
        ended.whenReadable(wakes::incrementAndGet);
        ended.end();
        assertThat(wakes).hasValue(1);
        var failed = host.exchange("POST", "/", -1);
        failed.whenReadable(wakes::incrementAndGet);
        failed.fail(new BadRequest(400, "test"));
        assertThat(wakes).hasValue(2);
        var lost = host.exchange("POST", "/", -1);
        lost.whenReadable(wakes::incrementAndGet);
        lost.gone(new ClientGone("test"));
        assertThat(wakes).hasValue(3);
    }

    @Test
    void secondWaitReplacesTheFirst() {
        var exchange = host.exchange("POST", "/", -1);
        exchange.whenReadable(() -> wakes.addAndGet(100));
        exchange.whenReadable(wakes::incrementAndGet);
        exchange.end();
        assertThat(wakes).hasValue(1);
    }

    @Test
    void continueIsAskedForByTheFirstReadOnly() throws IOException {
        var exchange = host.exchange("POST", "/", 5, "Expect", "100-Continue");
        assertThat(host.takeEvents()).isEmpty();
        exchange.read(new byte[1], 0, 1);
        exchange.read(new byte[1], 0, 1);
        assertThat(host.takeEvents()).containsExactly("continue");
    }

    @Test
    void continueIsNotSentBehindTheResponse() throws IOException {
        var exchange = host.exchange("POST", "/", 5, "Expect", "100-continue");
        exchange.commit(417, null, new Headers(), 0);
        exchange.read(new byte[1], 0, 1);
        assertThat(host.takeEvents()).containsExactly("head 417 body 0");
    }

    @Test
    void bodyNobodyReadIsDroppedAfterTheResponse() {
        var exchange = host.exchange("POST", "/", -1);
        exchange.offer(new byte[1024]);
        exchange.commit(200, null, new Headers(), 0);
        exchange.finish();
        assertThat(host.takeEvents()).containsExactly("head 200 body 0", "end whole", "resume");
        for (int i = 0; i < 100; i++) assertThat(exchange.offer(new byte[1024])).isTrue();
        exchange.end();
        assertThat(host.takeEvents()).isEmpty();
    }

    @Test
    void everyByteArrivesBetweenTwoThreadsAndEveryStopIsFollowedByOneResume() throws Exception {
        var exchange = host.exchange("POST", "/", -1);
        var random = new Random(7);
        var reader = CompletableFuture.supplyAsync(() -> sumOfAllBytes(exchange));
        long expected = 0;
        int stops = 0;
        for (int sent = 0; sent < 300_000; ) {
            var chunk = new byte[1 + random.nextInt(700)];
            random.nextBytes(chunk);
            for (byte b : chunk) expected += b & 0xFF;
            sent += chunk.length;
            if (exchange.offer(chunk)) continue;
            stops++;
            host.awaitEvent("resume");
            assertThat(host.takeEvents()).containsExactly("resume");
        }
        exchange.end();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(stops).isPositive();
        assertThat(host.takeEvents()).isEmpty();
    }

    private static long sumOfAllBytes(FedExchange exchange) {
        try {
            long sum = 0;
            var target = new byte[333];
            while (true) {
                int length = exchange.read(target, 0, target.length);
                if (length < 0) return sum;
                for (int i = 0; i < length; i++) sum += target[i] & 0xFF;
                if (length == 0) {
                    var woken = new Semaphore(0);
                    exchange.whenReadable(woken::release);
                    if (!woken.tryAcquire(10, TimeUnit.SECONDS)) throw new AssertionError("never woken");
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // --- response

    @Test
    void bodyBeyondTheContentLengthIsTakenAndDropped() throws IOException {
        var exchange = host.exchange("GET", "/", 0);
        exchange.commit(200, null, new Headers(), 3);
        assertThat(exchange.write(bytes("abcdef"), 0, 6)).isEqualTo(6);
        assertThat(exchange.write(bytes("ghi"), 0, 3)).isEqualTo(3);
        exchange.finish();
        assertThat(host.body()).isEqualTo("abc");
        assertThat(host.takeEvents()).containsExactly("head 200 body 3", "end whole");
    }

    @Test
    void bodyShorterThanItsLengthEndsTheConnection() throws IOException {
        var exchange = host.exchange("GET", "/", 0);
        exchange.commit(200, null, new Headers(), 3);
        exchange.write(bytes("ab"), 0, 2);
        exchange.finish();
        assertThat(host.takeEvents()).containsExactly("head 200 body 3", "end short");
    }

    @Test
    void bodyOfHeadAnd204And304IsDropped() throws IOException {
        for (String line : new String[] {"HEAD 200", "GET 204", "GET 304"}) {
            var words = line.split(" ");
            var exchange = answered(words[0], Integer.parseInt(words[1]));
            assertThat(exchange.write(bytes("abc"), 0, 3)).isEqualTo(3);
            exchange.finish();
        }
        assertThat(host.body()).isEmpty();
        assertThat(host.takeEvents())
                .containsExactly(
                        "head 200 nobody 3",
                        "end whole",
                        "head 204 nobody",
                        "end whole",
                        "head 304 nobody 3",
                        "end whole");
    }

    private FedExchange answered(String method, int status) {
        var exchange = host.exchange(method, "/", 0);
        exchange.commit(status, null, new Headers(), 3);
        return exchange;
    }

    @Test
    void bodyThatIsDroppedIsAlwaysWritable() {
        var exchange = answered("HEAD", 200);
        host.room(0);
        exchange.whenWritable(wakes::incrementAndGet);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void framingFieldsOfTheApplicationAreLeftOut() {
        var fields = new Headers();
        fields.add("X-One", "1");
        fields.add("content-length", "99");
        fields.add("Transfer-Encoding", "chunked");
        fields.add("Connection", "X-Two");
        fields.add("X-Two", "2");
        host.exchange("GET", "/", 0).commit(200, "Fine", fields, -1);
        assertThat(host.takeEvents()).containsExactly("head 200 Fine body, X-One: 1, X-Two: 2");
    }

    @Test
    void fullOutputTakesPartAndWakesTheWriterWhenDrained() throws IOException {
        var exchange = host.exchange("GET", "/", 0);
        exchange.commit(200, null, new Headers(), -1);
        host.room(2);
        assertThat(exchange.write(bytes("abc"), 0, 3)).isEqualTo(2);
        exchange.whenWritable(wakes::incrementAndGet);
        exchange.drained();
        assertThat(wakes).as("still full").hasValue(0);
        host.room(5);
        exchange.drained();
        exchange.drained();
        assertThat(wakes).hasValue(1);
        assertThat(exchange.write(bytes("c"), 0, 1)).isEqualTo(1);
        assertThat(host.body()).isEqualTo("abc");
    }

    @Test
    void partTakenOfABodyThatIsAlsoTooLongCountsOnlyWhatLeft() throws IOException {
        var exchange = host.exchange("GET", "/", 0);
        exchange.commit(200, null, new Headers(), 3);
        host.room(2);
        assertThat(exchange.write(bytes("abcdef"), 0, 6)).isEqualTo(2);
        host.room(9);
        assertThat(exchange.write(bytes("cdef"), 0, 4)).isEqualTo(4);
        assertThat(host.body()).isEqualTo("abc");
    }

    @Test
    void useOutOfOrderIsRefused() {
        var exchange = host.exchange("GET", "/", 0);
        assertThatThrownBy(() -> exchange.write(bytes("a"), 0, 1)).hasMessage("not committed");
        exchange.commit(200, null, new Headers(), 0);
        assertThatThrownBy(() -> exchange.commit(200, null, new Headers(), 0)).hasMessage("already committed");
        exchange.finish();
        exchange.finish();
        assertThatThrownBy(() -> exchange.write(bytes("a"), 0, 1)).hasMessage("already finished");
    }

    @Test
    void endWithoutAResponseCutsTheConnection() {
        host.exchange("GET", "/", 0).finish();
        assertThat(host.takeEvents()).containsExactly("abort");
    }

    @Test
    void upgradeIsRefusedByName() {
        assertThatThrownBy(() -> host.exchange("GET", "/", 0).upgrade(new Headers(), () -> "websocket"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("websocket");
    }

    // --- abort and loss

    @Test
    void abortCutsOnceAndWakesWhoeverWaits() {
        var exchange = host.exchange("POST", "/", -1);
        host.room(0);
        exchange.commit(200, null, new Headers(), -1);
        exchange.whenReadable(wakes::incrementAndGet);
        exchange.whenWritable(wakes::incrementAndGet);
        exchange.abort();
        exchange.abort();
        assertThat(wakes).hasValue(2);
        assertThat(host.takeEvents()).containsExactly("head 200 body", "abort");
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).isInstanceOf(ClientGone.class);
        assertThatThrownBy(() -> exchange.write(bytes("a"), 0, 1)).isInstanceOf(ClientGone.class);
        exchange.finish();
        assertThat(host.takeEvents()).isEmpty();
    }

    @Test
    void abortAfterTheEndLeavesTheConnectionToTheNextExchange() {
        var exchange = answered("HEAD", 200);
        exchange.finish();
        exchange.abort();
        exchange.gone(new ClientGone("late"));
        assertThat(host.takeEvents()).containsExactly("head 200 nobody 3", "end whole");
    }

    @Test
    void goneIsToldOnceAndEndsReadingAndWriting() throws IOException {
        var exchange = host.exchange("POST", "/", -1);
        exchange.commit(200, null, new Headers(), -1);
        exchange.offer(bytes("held"));
        exchange.whenGone(wakes::incrementAndGet);
        var cause = new ClientGone("reset");
        exchange.gone(cause);
        exchange.gone(new ClientGone("again"));
        assertThat(wakes).hasValue(1);
        assertThatThrownBy(() -> exchange.read(new byte[9], 0, 9)).isSameAs(cause);
        assertThatThrownBy(() -> exchange.write(bytes("a"), 0, 1)).isSameAs(cause);
        assertThatThrownBy(exchange::flush).isSameAs(cause);
    }

    @Test
    void goneBeforeAnybodyAskedIsToldAtOnce() {
        var exchange = host.exchange("GET", "/", 0);
        exchange.gone(new ClientGone("reset"));
        exchange.whenGone(wakes::incrementAndGet);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void goneIsNotToldWhenTakenBack() {
        var exchange = host.exchange("GET", "/", 0);
        exchange.whenGone(wakes::incrementAndGet);
        exchange.whenGone(null);
        exchange.gone(new ClientGone("reset"));
        assertThat(wakes).hasValue(0);
    }

    @Test
    void tasksAndTimersBelongToTheHost() {
        var exchange = host.exchange("GET", "/", 0);
        exchange.carrier().execute(wakes::incrementAndGet);
        assertThat(wakes).hasValue(0);
        host.runTasks();
        assertThat(wakes).hasValue(1);
        exchange.schedule(5, wakes::incrementAndGet);
        exchange.schedule(5, () -> wakes.addAndGet(100)).run();
        host.expireTimers();
        assertThat(wakes).hasValue(2);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String read(Exchange exchange, int length) throws IOException {
        var target = new byte[length];
        int read = exchange.read(target, 0, length);
        return new String(target, 0, read, UTF_8);
    }
}
