package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code HttpServletRequest.upgrade} (Servlet 6.1 §2.3.3.5): protocols of an application's own. */
@Timeout(60)
class UpgradeTest {
    private static final String ASK = """
            GET /%s HTTP/1.1
            Host: h
            Connection: Upgrade
            Upgrade: echo

            """;

    private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();
    private static Dormouse server;

    private static String nextEvent() throws InterruptedException {
        return EVENTS.poll(10, TimeUnit.SECONDS);
    }

    /** Echoes lines by blocking until the peer finishes or says "end". */
    public static final class Blocking implements HttpUpgradeHandler {
        @Override
        public void init(WebConnection connection) {
            try {
                ServletInputStream in = connection.getInputStream();
                ServletOutputStream out = connection.getOutputStream();
                byte[] buffer = new byte[1000];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                    out.flush();
                    if (new String(buffer, 0, count, StandardCharsets.US_ASCII).endsWith("end")) break;
                }
                connection.close();
            } catch (IOException e) {
                EVENTS.add("failed");
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void destroy() {
            EVENTS.add("destroyed");
        }
    }

    /** Echoes without ever waiting. */
    public static final class NonBlocking implements HttpUpgradeHandler, ReadListener, WriteListener {
        private ServletInputStream in;
        private ServletOutputStream out;
        private WebConnection connection;
        private boolean allRead;

        @Override
        public void init(WebConnection begun) {
            try {
                connection = begun;
                in = begun.getInputStream();
                out = begun.getOutputStream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            in.setReadListener(this);
            out.setWriteListener(this);
        }

        @Override
        public void onDataAvailable() throws IOException {
            echo();
        }

        @Override
        public void onWritePossible() throws IOException {
            echo();
        }

        private void echo() throws IOException {
            byte[] buffer = new byte[1000];
            while (out.isReady() && in.isReady() && !in.isFinished()) {
                int count = in.read(buffer);
                if (count < 0) break;
                out.write(buffer, 0, count);
            }
            if (allRead && out.isReady()) close();
        }

        @Override
        public void onAllDataRead() throws IOException {
            allRead = true;
            echo();
        }

        private void close() {
            try {
                connection.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            EVENTS.add("error " + failure.getClass().getSimpleName());
        }

        @Override
        public void destroy() {
            EVENTS.add("destroyed");
        }
    }

    /** Does nothing with its connection. */
    public static final class Idle implements HttpUpgradeHandler {
        @Override
        public void init(WebConnection connection) {
            EVENTS.add("idle");
        }

        @Override
        public void destroy() {
            EVENTS.add("destroyed");
        }
    }

    private static final class Upgrading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            switch (request.getRequestURI()) {
                case "/blocking" -> {
                    response.setHeader("X-Mine", "yes");
                    request.upgrade(Blocking.class);
                    response.getOutputStream().print("dropped");
                }
                case "/listening" -> request.upgrade(NonBlocking.class);
                case "/idle" -> request.upgrade(Idle.class);
                case "/failing" -> {
                    request.upgrade(Idle.class);
                    throw new ServletException("not after all");
                }
                default -> {
                    try {
                        request.upgrade(Idle.class);
                    } catch (IllegalStateException e) {
                        response.getWriter().print(e.getMessage());
                    }
                }
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(Mode.app("/").servlet("/*", new Upgrading()))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aHandlerThatBlocksGetsWhatCameBehindTheRequestAndAnswersUntilItCloses() throws Exception {
        EVENTS.clear();
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(ASK.formatted("blocking") + "hello");
            peer.expectStatus(101).expectField("Connection", "Upgrade").expectField("Upgrade", "echo");
            peer.expectField("X-Mine", "yes");
            assertThat(new String(peer.read(5), StandardCharsets.US_ASCII)).isEqualTo("hello");
            peer.sendExactly("more");
            assertThat(new String(peer.read(4), StandardCharsets.US_ASCII)).isEqualTo("more");
            peer.sendExactly("the end");
            assertThat(new String(peer.read(7), StandardCharsets.US_ASCII)).isEqualTo("the end");
            peer.expectClosedInOrder();
        }
        assertThat(nextEvent()).isEqualTo("destroyed");
    }

    @Test
    void listenersOfBothStreamsEchoAMegabyteInOrderAndLearnOfItsEnd() throws Exception {
        EVENTS.clear();
        byte[] sent = new byte[1_000_000];
        for (int i = 0; i < sent.length; i++) sent[i] = (byte) (i * 31 + i / 251);
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(ASK.formatted("listening"));
            peer.expectStatus(101);
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    peer.sendWhole(sent);
                    peer.finishSending();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(Arrays.equals(peer.read(sent.length), sent)).isTrue();
            sender.join();
            peer.expectClosedInOrder();
        }
        assertThat(nextEvent()).isEqualTo("destroyed");
    }

    @Test
    void aPeerThatResetsEndsTheHandlerThoughItWaitsForNothing() throws Exception {
        EVENTS.clear();
        var peer = RawHttp.connect(server.port());
        peer.send(ASK.formatted("idle")).expectStatus(101);
        assertThat(nextEvent()).isEqualTo("idle");
        peer.reset();
        assertThat(nextEvent()).isEqualTo("destroyed");
    }

    @Test
    void aRequestThatFailsBehindItsUpgradeIsAnsweredWithTheError() throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(ASK.formatted("failing")).expectStatus(500);
            peer.send("GET /other HTTP/1.1\nHost: h\n\n").expectStatus(200);
        }
    }

    @Test
    void aRequestThatDoesNotAskForItCannotBeUpgraded() throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET /other HTTP/1.1\nHost: h\n\n").expectStatus(200).expectBodyContaining("does not ask for it");
            peer.send("POST /other HTTP/1.1\nHost: h\nConnection: Upgrade\nUpgrade: echo\nContent-Length: 1\n\nx");
            peer.expectStatus(200).expectBodyContaining("its body is not read");
        }
    }
}
