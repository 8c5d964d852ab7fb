package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;

class NonBlockingTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void readListenerIsCalledAsTheBodyArrives() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            AsyncContext async = request.startAsync();
            request.getInputStream().setReadListener(new Reader(request.getInputStream(), async));
            told.add("returned");
        })) {
            var exchange = TestExchange.open("POST", "/");
            app.run(exchange);
            assertThat(told).containsExactly("returned");

            exchange.arrive("one");
            exchange.arrive("two");
            exchange.endBody();

            assertThat(told).containsExactly("returned", "one", "two", "all");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void bodyThatIsThereIsReadAfterTheServiceMethodHasReturned() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            request.getInputStream().setReadListener(new Reader(request.getInputStream(), request.startAsync()));
            told.add("returned");
        })) {
            app.run(TestExchange.post("/", "text/plain", "whole"));
            assertThat(told).containsExactly("returned", "whole", "all");
        }
    }

    @Test
    void requestWithoutBodyTellsTheListenerThatAllIsRead() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> request.getInputStream()
                                .setReadListener(new Reader(request.getInputStream(), request.startAsync())))) {
            app.get("/");
            assertThat(told).containsExactly("all");
        }
    }

    @Test
    void brokenBodyIsToldToTheReadListenerAndAnswered() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> request.getInputStream()
                                .setReadListener(new Reader(request.getInputStream(), request.startAsync()) {
                                    @Override
                                    public void onError(Throwable failure) {
                                        told.add("error " + failure.getMessage());
                                    }
                                }))) {
            var exchange = app.run(TestExchange.open("POST", "/"));
            exchange.breakBody(new BadRequest(400, "bad chunk"));

            assertThat(told).containsExactly("error bad chunk");
            assertThat(exchange.status()).isEqualTo(400);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void listenersNeedStartAsync() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            assertThatThrownBy(() -> request.getInputStream().setReadListener(new Reader(null, null)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("startAsync");
            assertThatThrownBy(() -> response.getOutputStream().setWriteListener(new Writer(null, null, 0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("startAsync");
        })) {
            app.get("/");
        }
    }

    @Test
    void writeListenerIsCalledWhenTheClientTakesMore() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            var async = request.startAsync();
            response.setBufferSize(16);
            response.getOutputStream().setWriteListener(new Writer(response.getOutputStream(), async, 10));
            told.add("returned");
        })) {
            var exchange = TestExchange.get("/").takeOnly(20);
            app.run(exchange);
            assertThat(told).startsWith("returned", "possible");
            assertThat(exchange.isEnded()).isFalse();

            int rounds = 0;
            while (!exchange.isEnded() && rounds++ < 1000) exchange.take(7);

            assertThat(exchange.isEnded()).isTrue();
            assertThat(exchange.body()).isEqualTo("0123456789abcde\n".repeat(10));
            assertThat(told.stream().filter("possible"::equals).count()).isGreaterThan(2);
        }
    }

    @Test
    void writerThatIsAlwaysReadyWritesAllAtOnce() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> response.getOutputStream()
                                .setWriteListener(new Writer(response.getOutputStream(), request.startAsync(), 100)))) {
            var exchange = app.get("/");
            assertThat(exchange.body()).hasSize(1600);
            assertThat(told).containsExactly("possible");
        }
    }

    @Test
    void exceptionOfAWriteListenerIsToldToItAndAnswered() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            request.startAsync();
            response.getOutputStream().setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    throw new IOException("mine");
                }

                @Override
                public void onError(Throwable failure) {
                    told.add("error " + failure.getMessage());
                }
            });
        })) {
            var exchange = app.get("/");
            assertThat(told).containsExactly("error mine");
            assertThat(exchange.status()).isEqualTo(500);
        }
    }

    @Test
    void readAndWriteTogetherEcho() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            var async = request.startAsync();
            ServletInputStream in = request.getInputStream();
            ServletOutputStream out = response.getOutputStream();
            in.setReadListener(new ReadListener() {
                private final byte[] bytes = new byte[4];

                @Override
                public void onDataAvailable() throws IOException {
                    while (in.isReady() && !in.isFinished()) {
                        int count = in.read(bytes);
                        if (count > 0) out.write(bytes, 0, count);
                    }
                }

                @Override
                public void onAllDataRead() {
                    async.complete();
                }

                @Override
                public void onError(Throwable failure) {
                    told.add("error " + failure);
                }
            });
        })) {
            var exchange = app.run(TestExchange.open("POST", "/"));
            exchange.arrive("hello ").arrive("world, this is long").endBody();

            assertThat(told).isEmpty();
            assertThat(exchange.body()).isEqualTo("hello world, this is long");
        }
    }

    private class Reader implements ReadListener {
        private final ServletInputStream in;
        private final AsyncContext async;

        Reader(ServletInputStream in, AsyncContext async) {
            this.in = in;
            this.async = async;
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] bytes = new byte[100];
            while (in.isReady() && !in.isFinished()) {
                int count = in.read(bytes);
                if (count > 0) told.add(new String(bytes, 0, count));
            }
        }

        @Override
        public void onAllDataRead() {
            told.add("all");
            async.complete();
        }

        @Override
        public void onError(Throwable failure) {
            told.add("error");
            async.complete();
        }
    }

    private class Writer implements WriteListener {
        private final ServletOutputStream out;
        private final AsyncContext async;
        private int left;

        Writer(ServletOutputStream out, AsyncContext async, int lines) {
            this.out = out;
            this.async = async;
            this.left = lines;
        }

        @Override
        public void onWritePossible() throws IOException {
            told.add("possible");
            while (out.isReady()) {
                if (left-- == 0) {
                    async.complete();
                    return;
                }
                out.write("0123456789abcde\n".getBytes());
            }
        }

        @Override
        public void onError(Throwable failure) {
            told.add("error " + failure);
        }
    }
}
