package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.http.Cookie;
import java.io.UnsupportedEncodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DormouseRequestTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static TestExchange ask(TestExchange exchange, TestApp.Service service) {
        try (var app = TestApp.at("/").servlet("/*", service)) {
            return app.run(exchange);
        }
    }

    @Test
    void parametersOfTheQueryComeBeforeThoseOfTheForm() {
        var exchange =
                ask(TestExchange.post("/p?a=1&b=%C3%BC+x&a=2&empty&=no", FORM, "a=3&c=%2B"), (request, response) -> {
                    assertThat(request.getParameterValues("a")).containsExactly("1", "2", "3");
                    assertThat(request.getParameter("a")).isEqualTo("1");
                    assertThat(request.getParameter("b")).isEqualTo("ü x");
                    assertThat(request.getParameter("c")).isEqualTo("+");
                    assertThat(request.getParameter("empty")).isEmpty();
                    assertThat(request.getParameter("")).isEqualTo("no");
                    assertThat(request.getParameter("missing")).isNull();
                    assertThat(request.getParameterValues("missing")).isNull();
                    assertThat(Collections.list(request.getParameterNames()))
                            .containsExactly("a", "b", "empty", "", "c");
                    assertThatThrownBy(() -> request.getParameterMap().clear())
                            .isInstanceOf(UnsupportedOperationException.class);
                });
        assertThat(exchange.status()).isEqualTo(200);
    }

    @Test
    void formIsReadInItsEncodingHoweverItArrives() {
        var exchange = TestExchange.open("POST", "/").field("Content-Type", FORM + ";charset=ISO-8859-1");
        exchange.arrive("name=").arrive("%F").arrive("C").endBody();

        ask(
                exchange,
                (request, response) -> assertThat(request.getParameter("name")).isEqualTo("ü"));
    }

    @Test
    void formBelongsToTheStreamIfThatWasTakenFirst() {
        ask(TestExchange.post("/?q=1", FORM, "a=1"), (request, response) -> {
            request.getInputStream();
            assertThat(request.getParameter("a")).isNull();
            assertThat(request.getParameter("q")).isEqualTo("1");
            assertThat(new String(request.getInputStream().readAllBytes())).isEqualTo("a=1");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?a=%", "/?a=%zz", "/?a=%f", "/?a=%ff", "/?%c3=1"})
    void malformedParametersAreAnswered400(String target) {
        var exchange = ask(TestExchange.get(target), (request, response) -> request.getParameter("x"));
        assertThat(exchange.status()).isEqualTo(400);
    }

    @Test
    void tooManyParametersAreAnswered400WithTheLimitAndItsKey() {
        try (var app = TestApp.at("/")
                .with(d -> d.limits(new RequestLimits(3, 100, 200)))
                .servlet("/", (request, response) -> request.getParameter("a"))) {
            assertThat(app.get("/?a&b&c").status()).isEqualTo(200);

            var exchange = app.get("/?a&b&c&d");
            assertThat(exchange.status()).isEqualTo(400);
            assertThat(exchange.body()).contains("3").contains("http.max-parameters");
        }
    }

    @Test
    void tooManyCookiesAreAnswered431WithTheLimitAndItsKeyWhoeverAsksForThem() {
        for (boolean forSession : new boolean[] {false, true}) {
            try (var app = TestApp.at("/")
                    .with(d -> d.limits(new RequestLimits(3, 100, 3)))
                    .servlet("/", (request, response) -> {
                        if (forSession) request.getSession(false);
                        else request.getCookies();
                    })) {
                assertThat(app.run(TestExchange.get("/")
                                        .field("Cookie", "a=1; b=2")
                                        .field("Cookie", "c=3"))
                                .status())
                        .isEqualTo(200);
                var exchange =
                        app.run(TestExchange.get("/").field("Cookie", "a=1;;").field("Cookie", "=;b=2"));
                assertThat(exchange.status()).isEqualTo(431);
                assertThat(exchange.body()).contains("more than 3 cookies (http.max-cookies)");
                assertThat(exchange.refusals()).containsExactly(431);
            }
        }
    }

    @Test
    void valuesOfOneNameKeepTheirOrderHoweverManyThereAre() {
        var target = new StringBuilder("/?a=0");
        for (int i = 1; i < 1000; i++) target.append("&a=").append(i);
        ask(TestExchange.get(target.toString()), (request, response) -> {
            assertThat(request.getParameterValues("a")).hasSize(1000).endsWith("998", "999");
            assertThat(request.getParameter("a")).isEqualTo("0");
            assertThat(request.getParameterMap().get("a")).hasSize(1000);
        });
    }

    @Test
    void tooLongAFormIsAnswered413WithTheLimitAndItsKey() {
        try (var app = TestApp.at("/")
                .with(d -> d.limits(new RequestLimits(3, 100, 200)))
                .servlet("/", (request, response) -> request.getParameter("a"))) {
            var announced = app.run(TestExchange.post("/", FORM, "a=" + "x".repeat(99)));
            assertThat(announced.status()).isEqualTo(413);
            assertThat(announced.body()).contains("101").contains("100").contains("http.max-form-bytes");

            var chunked = TestExchange.open("POST", "/").field("Content-Type", FORM);
            chunked.arrive("a=" + "x".repeat(60)).arrive("x".repeat(60)).endBody();
            assertThat(app.run(chunked).status()).isEqualTo(413);

            assertThat(app.run(TestExchange.post("/", FORM, "a=" + "x".repeat(98)))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aFormThatIsSaidToBeLongTakesNoMemoryBeforeItComes() {
        String value = "x".repeat(100_000);
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> response.getWriter()
                                .write("" + request.getParameter("a").equals(value)))) {
            var exchange = app.run(TestExchange.post("/", FORM, "a=" + value));
            assertThat(exchange.body()).isEqualTo("true");
            assertThat(exchange.roomOfFirstRead()).isBetween(1, 8192);
        }
    }

    @Test
    void parametersThatCannotBeReadAreNotHalfThereWhenAskedForAgain() {
        ask(TestExchange.post("/?a=1", FORM, "b=%zz"), (request, response) -> {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> request.getParameter("a"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("bad escape");
            }
        });
    }

    @Test
    void aReaderInACharsetThatDoesNotExistIsAnUnsupportedEncoding() {
        ask(
                TestExchange.post("/", "text/plain;charset=utf-9", "x"),
                (request, response) -> assertThatThrownBy(request::getReader)
                        .isInstanceOf(UnsupportedEncodingException.class)
                        .hasMessage("utf-9"));
    }

    @Test
    void malformedCookiesDoNotSwallowTheirNeighbours() {
        var exchange = TestExchange.get("/")
                .field("Cookie", "a=1; q=\"x y; b=2; =3; bad name=4; c=\"5\"; d; $Version=1; e=a=b")
                .field("Cookie", "f=6");
        ask(exchange, (request, response) -> {
            var cookies = new ArrayList<String>();
            for (Cookie cookie : request.getCookies()) cookies.add(cookie.getName() + "=" + cookie.getValue());
            assertThat(cookies).contains("a=1", "b=2", "c=\"5\"", "e=a=b", "f=6");
            assertThat(cookies).noneMatch(c -> c.startsWith("q=") || c.startsWith("bad") || c.startsWith("d"));
        });
    }

    @Test
    void noCookiesAreNull() {
        ask(
                TestExchange.get("/"),
                (request, response) -> assertThat(request.getCookies()).isNull());
    }

    @Test
    void fieldsAreFoundWithoutCase() {
        var exchange = TestExchange.get("/")
                .field("X-One", "1")
                .field("x-one", "2")
                .field("Number", "42")
                .field("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")
                .field("Old", "Sunday, 06-Nov-94 08:49:37 GMT")
                .field("Older", "Sun Nov  6 08:49:37 1994")
                .field("Bad", "yesterday");
        ask(exchange, (request, response) -> {
            assertThat(request.getHeader("x-ONE")).isEqualTo("1");
            assertThat(Collections.list(request.getHeaders("X-one"))).containsExactly("1", "2");
            assertThat(Collections.list(request.getHeaderNames())).startsWith("X-One", "Number");
            assertThat(request.getIntHeader("number")).isEqualTo(42);
            assertThat(request.getIntHeader("none")).isEqualTo(-1);
            assertThat(request.getDateHeader("if-modified-since")).isEqualTo(784111777000L);
            assertThat(request.getDateHeader("Old")).isEqualTo(784111777000L);
            assertThat(request.getDateHeader("Older")).isEqualTo(784111777000L);
            assertThat(request.getDateHeader("none")).isEqualTo(-1);
            assertThatThrownBy(() -> request.getDateHeader("Bad")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> request.getIntHeader("Bad")).isInstanceOf(NumberFormatException.class);
        });
    }

    @Test
    void localesComeInTheOrderOfTheirWeight() {
        var exchange =
                TestExchange.get("/").field("Accept-Language", "fr;q=0.5, de-CH, en;q=0.8, *;q=0.1, xx;q=9, it;q=0");
        ask(exchange, (request, response) -> {
            assertThat(Collections.list(request.getLocales()))
                    .containsExactly(Locale.of("de", "CH"), Locale.ENGLISH, Locale.FRENCH);
            assertThat(request.getLocale()).isEqualTo(Locale.of("de", "CH"));
        });
    }

    @Test
    void serverNameAndPortAreThoseOfTheHost() {
        ask(TestExchange.get("/a?b").field("Host", "example.org:8443").secure(), (request, response) -> {
            assertThat(request.getServerName()).isEqualTo("example.org");
            assertThat(request.getServerPort()).isEqualTo(8443);
            assertThat(request.getScheme()).isEqualTo("https");
            assertThat(request.getRequestURL().toString()).isEqualTo("https://example.org:8443/a");
        });
        ask(TestExchange.get("/").field("Host", "[::1]"), (request, response) -> {
            assertThat(request.getServerName()).isEqualTo("[::1]");
            assertThat(request.getServerPort()).isEqualTo(80);
            assertThat(request.getRequestURL().toString()).isEqualTo("http://[::1]/");
        });
        ask(TestExchange.get("/").version(Version.HTTP_1_0), (request, response) -> {
            assertThat(request.getServerName()).isEqualTo("192.0.2.1");
            assertThat(request.getServerPort()).isEqualTo(8080);
            assertThat(request.getProtocol()).isEqualTo("HTTP/1.0");
        });
    }

    @Test
    void connectionAndRequestAreIdentified() {
        var exchange = TestExchange.get("/");
        ask(exchange, (request, response) -> {
            assertThat(request.getRequestId()).isEqualTo(Long.toString(exchange.id()));
            assertThat(request.getProtocolRequestId()).isEmpty();
            var connection = request.getServletConnection();
            assertThat(connection.getConnectionId()).isEqualTo("connection-" + exchange.id());
            assertThat(connection.getProtocol()).isEqualTo("http/1.1");
            assertThat(request.getRemoteAddr()).isEqualTo("192.0.2.7");
            assertThat(request.getRemotePort()).isEqualTo(40000);
        });
    }

    @Test
    void attributeListenersAreToldWhatHappened() {
        var told = new ArrayList<String>();
        var listener = new ServletRequestAttributeListener() {
            @Override
            public void attributeAdded(ServletRequestAttributeEvent event) {
                told.add("added " + event.getValue());
            }

            @Override
            public void attributeReplaced(ServletRequestAttributeEvent event) {
                told.add("replaced " + event.getValue());
            }

            @Override
            public void attributeRemoved(ServletRequestAttributeEvent event) {
                told.add("removed " + event.getValue());
            }
        };
        try (var app = TestApp.at("/").listener(listener).servlet("/", (request, response) -> {
            request.setAttribute("a", 1);
            request.setAttribute("a", 2);
            request.setAttribute("a", null);
            request.removeAttribute("a");
            assertThat(request.getAttribute("a")).isNull();
        })) {
            app.get("/");
            assertThat(told).containsExactly("added 1", "replaced 1", "removed 2");
        }
    }

    @Test
    void readerDecodesAndExcludesTheStream() {
        ask(TestExchange.post("/", "text/plain;charset=UTF-8", "ü\nsecond"), (request, response) -> {
            assertThat(request.getCharacterEncoding()).isEqualTo("UTF-8");
            assertThat(request.getReader().readLine()).isEqualTo("ü");
            assertThat(request.getReader().readLine()).isEqualTo("second");
            assertThatThrownBy(request::getInputStream).isInstanceOf(IllegalStateException.class);
        });
        ask(TestExchange.post("/", "text/plain", "ü"), (request, response) -> {
            assertThat(request.getCharacterEncoding()).isNull();
            assertThatThrownBy(() -> request.setCharacterEncoding("nonsense"))
                    .isInstanceOf(UnsupportedEncodingException.class);
            request.setCharacterEncoding("UTF-8");
            assertThat(request.getReader().readLine()).isEqualTo("ü");
        });
    }

    @Test
    void readerOfJsonIsUtf8() {
        ask(
                TestExchange.post("/", "application/json", "\"ü\""),
                (request, response) ->
                        assertThat(request.getReader().readLine()).isEqualTo("\"ü\""));
    }

    @Test
    void contentLengthIsMinusOneUnlessTheRequestSaysIt() {
        ask(TestExchange.get("/"), (request, response) -> {
            assertThat(request.getContentLength()).isEqualTo(-1);
            assertThat(request.getContentLengthLong()).isEqualTo(-1);
        });
        ask(
                TestExchange.post("/", "text/plain", "abc"),
                (request, response) -> assertThat(request.getContentLength()).isEqualTo(3));
        ask(
                TestExchange.open("POST", "/"),
                (request, response) ->
                        assertThat(request.getContentLengthLong()).isEqualTo(-1));
    }

    @Test
    void blockedReaderWaitsUntilTheBodyArrives() throws Exception {
        var got = new ArrayList<String>();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            byte[] bytes = new byte[10];
            var in = request.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) got.add(new String(bytes, 0, count));
        })) {
            app.start();
            for (Thread.Builder kind : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
                got.clear();
                var exchange = TestExchange.open("POST", "/");
                Thread servlet = kind.start(() -> app.run(exchange));
                exchange.arrive("one");
                exchange.arrive("two");
                exchange.endBody();
                exchange.awaitEnd();
                servlet.join();
                assertThat(String.join("", got)).isEqualTo("onetwo");
            }
        }
    }

    @Test
    void interruptedReaderSaysSo() throws Exception {
        var failure = new ArrayList<Exception>();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            Thread.currentThread().interrupt();
            try {
                int ignored = request.getInputStream().read();
            } catch (java.io.InterruptedIOException e) {
                failure.add(e);
                assertThat(Thread.interrupted()).isTrue();
            }
        })) {
            app.run(TestExchange.open("POST", "/"));
            assertThat(failure).hasSize(1);
        }
    }

    @Test
    void trailersAreNotReadyBeforeTheBodyIsReadAndMayBeNone() {
        ask(TestExchange.post("/", "text/plain", "x"), (request, response) -> {
            assertThat(request.isTrailerFieldsReady()).isFalse();
            assertThatThrownBy(request::getTrailerFields).isInstanceOf(IllegalStateException.class);
            request.getInputStream().readAllBytes();
            assertThat(request.getTrailerFields()).isEmpty();
        });
    }
}
