package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Printable;
import org.dormouse.http1.Refusals.Refusal;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** What the log is told of clients that were refused or went away. */
class ClientLogTest {
    private final Recorder recorder = new Recorder();
    private final AtomicInteger asked = new AtomicInteger();
    private final Http1Server server = new Http1Server(
            Http1Limits.DEFAULT,
            exchange -> exchange.carrier().execute(() -> {
                try {
                    Http1Server.ECHO.handle(exchange);
                } catch (BadRequest e) {
                    refuse(exchange, e);
                } catch (IOException e) {
                    exchange.abort();
                    exchange.finish();
                }
            }),
            () -> {
                asked.incrementAndGet();
                return recorder;
            });

    private static void refuse(Exchange exchange, BadRequest reason) {
        try {
            Http1Server.answer(exchange, reason.status(), String.valueOf(reason.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Keeps what is logged. */
    private static final class Recorder extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        final transient List<String> lines = new ArrayList<>();
        boolean debug = true;

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
            assertThat(level).isEqualTo(Level.DEBUG);
            assertThat(throwable).isNull();
            lines.add(MessageFormatter.basicArrayFormat(pattern, arguments));
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return debug;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }

    private String logOf(String request) {
        ScriptedPeer peer = server.connect();
        server.talk(peer, request);
        peer.reset();
        server.loop.settle();
        String line = recorder.lines.removeFirst();
        assertThat(recorder.lines).isEmpty();
        assertThat(line).contains(" from 127.0.0.1:" + peer.port() + ": ");
        return line.substring(line.indexOf(": ") + 2);
    }

    @Test
    void eachRefusalIsOneLineWithPeerStatusAndReason() {
        assertThat(logOf("GET / HTTP/2.0\n"))
                .isEqualTo("refused: 505 version HTTP/2.0, here HTTP/1.1 and HTTP/1.0 are spoken");
        assertThat(logOf("GET / HTTP/1.1\nA\u001b: b\n\n")).isEqualTo("refused: 400 byte 27 in field name");
        assertThat(logOf("GET /" + "x".repeat(9000)))
                .isEqualTo("refused: 414 target of at least 8193 bytes, limit 8192 (http.max-target-bytes)");
        assertThat(logOf("POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nx"))
                .isEqualTo("refused: 400 'x' in chunk size");
        assertThat(logOf("POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n4\nbody\ny"))
                .isEqualTo("refused: 400 'y' in chunk size");
        assertThat(recorder.lines).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("org.dormouse.http1.Refusals#ALL")
    void everyRefusalIsAnsweredCountedOnceAndOneLineWithItsReasonAndTheConnectionEndsInOrder(Refusal refusal) {
        ScriptedPeer peer = server.connect();
        assertThat(server.talk(peer, refusal.request()))
                .startsWith("HTTP/1.1 " + refusal.status() + " ")
                .contains("\r\nConnection: close\r\n")
                .contains(refusal.reason());
        assertThat(peer.seesEnd()).isTrue();
        assertThat(server.counts.refused(refusal.status())).isOne();
        assertThat(server.counts.refused()).isOne();
        assertThat(recorder.lines).hasSize(1);
        assertThat(recorder.lines.getFirst()).contains("refused: " + refusal.status() + " ", refusal.reason());
        peer.finish();
        server.loop.settle();
        assertThat(peer.seesClose()).isTrue();
        assertThat(peer.seesReset()).isFalse();
    }

    @Test
    void aClientThatGoesAwayIsOneLine() {
        assertThat(logOf("GET / HT")).isEqualTo("lost: peer reset the connection or its network failed");
        ScriptedPeer peer = server.connect();
        server.talk(peer, "GET / HT");
        peer.finish();
        server.loop.settle();
        assertThat(recorder.lines).hasSize(1);
        assertThat(recorder.lines.getFirst()).endsWith("lost: client ended its stream in the middle of a head");
    }

    @Test
    void whereDebugIsOffNobodyIsAskedMoreThanOnceASecond() {
        recorder.debug = false;
        for (int i = 0; i < 100; i++) server.talk(server.connect(), "nonsense\n\n");
        assertThat(asked.get()).isOne();
        assertThat(recorder.lines).isEmpty();
        recorder.debug = true;
        server.advance(Duration.ofSeconds(1));
        server.talk(server.connect(), "nonsense\n\n");
        assertThat(recorder.lines).hasSize(1);
    }

    @Test
    void whatIsNotPrintableIsEscaped() {
        assertThat(Printable.text("a\r\nb\u001b[2J\\ \u00e9~")).isEqualTo("a\\u000d\\u000ab\\u001b[2J\\u005c \\u00e9~");
    }
}
