package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DormouseResponseTest {
    private static TestExchange answer(TestApp.Service service) {
        try (var app = TestApp.at("/").servlet("/", service)) {
            return app.get("/");
        }
    }

    private static TestExchange answerTo(TestExchange exchange, TestApp.Service service) {
        try (var app = TestApp.at("/").servlet("/", service)) {
            return app.run(exchange);
        }
    }

    @Test
    void bufferIsPassedOnWhenItIsFullAndTheLengthIsThenUnknown() {
        var exchange = answer((request, response) -> {
            var out = response.getOutputStream();
            out.write(new byte[8192]);
            assertThat(response.isCommitted()).isFalse();
            out.write(1);
            assertThat(response.isCommitted()).isTrue();
        });

        assertThat(exchange.contentLength()).isEqualTo(-1);
        assertThat(exchange.bodyBytes()).hasSize(8193);
        assertThat(exchange.calls()).containsExactly("commit", "write 8192", "write 1", "finish");
    }

    @Test
    void manySmallWritesBecomeOne() {
        var exchange = answer((request, response) -> {
            var out = response.getOutputStream();
            for (int i = 0; i < 1000; i++) out.print("abc");
        });

        assertThat(exchange.contentLength()).isEqualTo(3000);
        assertThat(exchange.calls()).containsExactly("commit", "write 3000", "finish");
    }

    @Test
    void announcedLengthCommitsWhenItIsReached() {
        var exchange = answer((request, response) -> {
            response.setContentLength(3);
            response.getOutputStream().print("ab");
            assertThat(response.isCommitted()).isFalse();
            response.getOutputStream().print("c");
            assertThat(response.isCommitted()).isTrue();
            response.getOutputStream().print("too much");
        });

        assertThat(exchange.contentLength()).isEqualTo(3);
        assertThat(exchange.body()).isEqualTo("abc");
    }

    @Test
    void bodyThatComesWholeIsNotBuffered() {
        var exchange = answer((request, response) -> {
            var output = ((DormouseResponse) response).output();
            response.setContentLength(3);
            output.write(new byte[] {'a', 'b', 'c'});
            assertThat(response.isCommitted()).isTrue();
            assertThat(output.buffer).isEmpty();
        });

        assertThat(exchange.body()).isEqualTo("abc");
        assertThat(exchange.calls()).containsExactly("commit", "write 3", "finish");
    }

    @Test
    void flushSendsWhatIsThere() {
        var exchange = answer((request, response) -> {
            response.getWriter().write("one");
            response.flushBuffer();
            assertThat(response.isCommitted()).isTrue();
            response.setHeader("X-Late", "ignored");
            response.setStatus(500);
            response.getWriter().write("two");
        });

        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.responseField("X-Late")).isNull();
        assertThat(exchange.calls()).containsExactly("commit", "write 3", "flush", "write 3", "finish");
        assertThat(exchange.contentLength()).isEqualTo(-1);
    }

    @Test
    void resetClearsAllAndResetBufferOnlyTheBody() {
        var exchange = answer((request, response) -> {
            response.setStatus(201);
            response.setHeader("A", "1");
            response.getWriter().write("gone");
            response.resetBuffer();
            assertThat(response.getStatus()).isEqualTo(201);
            assertThat(response.getHeader("A")).isEqualTo("1");
            response.reset();
            assertThat(response.getStatus()).isEqualTo(200);
            assertThat(response.getHeader("A")).isNull();
            response.getOutputStream().print("stream after writer");
            response.flushBuffer();
            assertThatThrownBy(response::reset).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(response::resetBuffer).isInstanceOf(IllegalStateException.class);
        });

        assertThat(exchange.body()).isEqualTo("stream after writer");
    }

    @Test
    void writerAndStreamExcludeEachOther() {
        answer((request, response) -> {
            response.getWriter();
            assertThat(response.getWriter()).isSameAs(response.getWriter());
            assertThatThrownBy(response::getOutputStream).isInstanceOf(IllegalStateException.class);
        });
        answer((request, response) -> {
            response.getOutputStream();
            assertThatThrownBy(response::getWriter).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void closeSendsEverythingWithItsLengthAndDropsWhatFollows() {
        var exchange = answer((request, response) -> {
            var writer = response.getWriter();
            writer.write("all");
            writer.close();
            writer.write("more");
            assertThat(response.isCommitted()).isTrue();
        });

        assertThat(exchange.body()).isEqualTo("all");
        assertThat(exchange.contentLength()).isEqualTo(3);
    }

    @Test
    void sendErrorDropsTheBodyAndCountsAsCommitted() {
        var exchange = answer((request, response) -> {
            response.setHeader("WWW-Authenticate", "Test");
            response.getWriter().write("before");
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
            assertThat(response.isCommitted()).isTrue();
            response.getWriter().write("after");
            assertThatThrownBy(() -> response.sendError(404)).isInstanceOf(IllegalStateException.class);
        });

        assertThat(exchange.status()).isEqualTo(401);
        assertThat(exchange.responseField("WWW-Authenticate")).isEqualTo("Test");
        assertThat(exchange.body())
                .contains("401 Unauthorized")
                .doesNotContain("before")
                .doesNotContain("after");
    }

    @ParameterizedTest
    @CsvSource({
        "other,/folder/other",
        "/root,/root",
        "https://example.org/a?b#c,https://example.org/a?b#c",
        "//example.org/,//example.org/",
        "?q=1,/folder/page?q=1",
        "a b,/folder/a%20b",
        "ü,/folder/%C3%BC",
        "a:b/c,a:b/c",
        "./x:y,/folder/./x:y",
        "/\\evil.example,/%5Cevil.example",
        "\\\\evil.example,/folder/%5C%5Cevil.example",
    })
    void redirectResolvesWhatIsRelative(String location, String expected) {
        try (var app = TestApp.at("/").servlet("/folder/page", (request, response) -> {
            response.getWriter().write("dropped");
            response.sendRedirect(location);
        })) {
            var exchange = app.get("/folder/page");

            assertThat(exchange.status()).isEqualTo(302);
            assertThat(exchange.responseField("Location")).isEqualTo(expected);
            assertThat(exchange.body()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "//evil.example/x,login,/evil.example/login",
        "///evil.example/x,login,/evil.example/login",
        "//evil.example,login,/login",
        "//evil.example/x,?a,/evil.example/x?a",
        "//evil.example/x,'',/evil.example/x",
        "//evil.example/x,#f,/evil.example/x#f",
        "//evil.example/x,./y,/evil.example/./y",
        "/,\\evil.example,/%5Cevil.example",
        "//,\\evil.example,/%5Cevil.example",
        "//evil.example/x,//wanted.example/y,//wanted.example/y",
    })
    void redirectLeadsToAnotherHostOnlyIfTheApplicationNamesOne(String path, String location, String expected) {
        try (var app = TestApp.at("/").servlet("/*", (request, response) -> response.sendRedirect(location))) {
            assertThat(app.get(path).responseField("Location")).isEqualTo(expected);
        }
    }

    @Test
    void redirectIsRelativeToWhatTheClientAskedForNotToWhereItWasForwarded() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/folder/page",
                        (request, response) ->
                                request.getRequestDispatcher("/other/page").forward(request, response))
                .servlet("/other/page", (request, response) -> response.sendRedirect("next"))) {
            assertThat(app.get("/folder/page").responseField("Location")).isEqualTo("/folder/next");
        }
    }

    @Test
    void redirectMayChooseItsStatusAndKeepTheBody() {
        var exchange = answer((request, response) -> {
            response.getWriter().write("see there");
            response.sendRedirect("/x", 308, false);
            response.getWriter().write("dropped");
        });

        assertThat(exchange.status()).isEqualTo(308);
        assertThat(exchange.body()).isEqualTo("see there");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\r\nX: y", "a\nb", "a\rb", "a\u0000b", "a\u010ab", "a\u010d\u010ab", "a\u0100b", "a\u007fb"})
    void valuesThatWouldSplitTheResponseAreRefused(String value) {
        var exchange = answer((request, response) -> {
            assertThatThrownBy(() -> response.setHeader("X", value)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> response.addHeader("X", value)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> response.setHeader("X y", "1")).isInstanceOf(IllegalArgumentException.class);
            var cookie = new Cookie("c", value);
            assertThatThrownBy(() -> response.addCookie(cookie)).isInstanceOf(IllegalArgumentException.class);
            for (String attribute : List.of("Path", "Domain", "SameSite", "X")) {
                var other = new Cookie("c", "v");
                assertThatThrownBy(() -> {
                            other.setAttribute(attribute, value);
                            response.addCookie(other);
                        })
                        .as(attribute)
                        .isInstanceOf(IllegalArgumentException.class);
            }
            tryOut(() -> response.setContentType("text/plain; x=" + value));
            tryOut(() -> response.setCharacterEncoding(value));
            tryOut(() -> response.setTrailerFields(() -> Map.of("T", value)));
            tryOut(() -> response.sendRedirect("/" + value));
        });
        // Refused, or without what would end the line.
        for (String name : List.of("Content-Type", "Location"))
            assertThat(String.valueOf(exchange.responseField(name))).matches("[\\t -~\u0080-\u00ff]*");
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static void tryOut(Attempt attempt) throws IOException {
        try {
            attempt.run();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    @Test
    void redirectThatWouldSplitTheResponseIsRefused() {
        answer((request, response) -> assertThatThrownBy(() -> response.sendRedirect("/a\r\nX: y"))
                .isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void cookiesCarryTheirAttributes() {
        var exchange = answer((request, response) -> {
            var cookie = new Cookie("id", "42");
            cookie.setPath("/app");
            cookie.setHttpOnly(true);
            cookie.setSecure(true);
            cookie.setMaxAge(60);
            cookie.setAttribute("SameSite", "Lax");
            response.addCookie(cookie);
            var gone = new Cookie("old", "");
            gone.setMaxAge(0);
            response.addCookie(gone);
        });

        var cookies = exchange.responseFields("Set-Cookie");
        assertThat(cookies.get(0).split("; "))
                .startsWith("id=42")
                .contains("Path=/app", "HttpOnly", "Secure", "Max-Age=60", "SameSite=Lax")
                .contains("Expires=Thu, 01 Jan 1970 00:17:40 GMT");
        // There is no Max-Age of zero (RFC 6265 §4.1.1).
        assertThat(cookies.get(1)).isEqualTo("old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    }

    @Test
    void nullRemovesAField() {
        var exchange = answer((request, response) -> {
            response.setHeader("A", "1");
            response.addHeader("a", "2");
            assertThat(response.getHeaders("A")).containsExactly("1", "2");
            assertThat(response.getHeaderNames()).containsExactly("A");
            response.setHeader("A", null);
            response.addHeader("B", null);
            assertThat(response.containsHeader("A")).isFalse();
        });
        assertThat(exchange.responseField("A")).isNull();
    }

    @Test
    void contentTypeAndEncodingFollowEachOther() {
        answer((request, response) -> {
            assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
            response.setContentType("text/html; charset=\"utf-8\"");
            assertThat(response.getCharacterEncoding()).isEqualTo("utf-8");
            response.setCharacterEncoding("UTF-16");
            assertThat(response.getContentType()).isEqualTo("text/html;charset=UTF-16");
            response.setCharacterEncoding((String) null);
            assertThat(response.getContentType()).isEqualTo("text/html");
            response.setHeader("content-type", "text/plain");
            assertThat(response.getContentType()).isEqualTo("text/plain");
            response.setCharacterEncoding("UTF-8");
            response.getWriter();
            response.setContentType("text/css;charset=ISO-8859-1");
            assertThat(response.getContentType()).isEqualTo("text/css;charset=UTF-8");
            response.setCharacterEncoding("ISO-8859-1");
            assertThat(response.getCharacterEncoding()).isEqualTo("UTF-8");
        });
    }

    @Test
    void jsonIsUtf8AndNeedsNoCharset() {
        var exchange = answer((request, response) -> {
            response.setContentType("application/json");
            response.getWriter().write("\"ü\"");
        });

        assertThat(exchange.responseField("Content-Type")).isEqualTo("application/json");
        assertThat(exchange.body()).isEqualTo("\"ü\"");
    }

    @Test
    void unknownEncodingIsTheWritersError() {
        answer((request, response) -> {
            response.setContentType("text/plain;charset=nonsense");
            assertThatThrownBy(response::getWriter).isInstanceOf(UnsupportedEncodingException.class);
        });
    }

    @Test
    void localeBringsItsLanguageAndEncoding() {
        try (var app = TestApp.at("/")
                .with(d -> d.localeEncodings().put(Locale.JAPANESE, "Shift_JIS"))
                .servlet("/", (request, response) -> {
                    response.setContentType("text/plain");
                    response.setLocale(Locale.JAPAN);
                    response.getWriter().write("日");
                })) {
            var exchange = app.get("/");

            assertThat(exchange.responseField("Content-Language")).isEqualTo("ja-JP");
            assertThat(exchange.responseField("Content-Type")).isEqualTo("text/plain;charset=Shift_JIS");
            assertThat(exchange.bodyBytes()).isEqualTo("日".getBytes(Charset.forName("Shift_JIS")));
            assertThat(exchange.contentLength()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "US-ASCII", "UTF-16BE", "windows-1252"})
    void writerEncodesLikeTheJdkHoweverTheTextIsCut(String charset) {
        String text = "plain ü é \u00ff € 日本 \ud83d\ude00 end \ud83d x \ude00".repeat(7);
        byte[] expected = text.getBytes(Charset.forName(charset));
        for (int step = 1; step < 20; step++) {
            int size = step;
            var exchange = answer((request, response) -> {
                response.setBufferSize(16);
                response.setCharacterEncoding(charset);
                var writer = response.getWriter();
                for (int i = 0; i < text.length(); i += size) {
                    int end = Math.min(text.length(), i + size);
                    if (i % 2 == 0) writer.write(text, i, end - i);
                    else writer.write(text.substring(i, end).toCharArray());
                }
            });
            assertThat(exchange.bodyBytes()).as("steps of %d", size).isEqualTo(expected);
        }
    }

    @Test
    void longTextGoesThroughABufferThatStaysSmall() {
        String text = "0123456789".repeat(5000);
        var exchange = answer((request, response) -> {
            response.getWriter().print(text);
            assertThat(DormouseResponse.of(response).output().buffer.length).isLessThanOrEqualTo(8192);
        });
        assertThat(exchange.body()).isEqualTo(text);
    }

    @Test
    void printlnAndFormatWork() {
        var exchange = answer((request, response) -> {
            var writer = response.getWriter();
            writer.println("one");
            writer.printf("%d %s", 2, "two");
            writer.append('!').append(" x").print(3.5);
        });
        assertThat(exchange.body()).isEqualTo("one" + System.lineSeparator() + "2 two! x3.5");
    }

    @Test
    void blockedWriterWaitsUntilTheClientTakesMore() throws Exception {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.getOutputStream().write(new byte[100_000]);
        })) {
            app.start();
            var exchange = TestExchange.get("/").takeOnly(10);
            Thread servlet = Thread.ofVirtual().start(() -> app.run(exchange));
            while (!exchange.isEnded()) exchange.take(5_000);
            exchange.awaitEnd();
            servlet.join();

            assertThat(exchange.bodyBytes()).hasSize(100_000);
        }
    }

    @Test
    void setBufferSizeAfterContentIsRefused() {
        answer((request, response) -> {
            response.setBufferSize(10);
            assertThat(response.getBufferSize()).isEqualTo(10);
            response.getOutputStream().write(1);
            assertThatThrownBy(() -> response.setBufferSize(20)).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void notModifiedAndHeadWithoutBodyClaimNoLength() {
        assertThat(answer((request, response) -> response.setStatus(304)).contentLength())
                .isEqualTo(-1);
        assertThat(answerTo(TestExchange.of("HEAD", "/"), (request, response) -> {})
                        .contentLength())
                .isEqualTo(-1);
        assertThat(answer((request, response) -> {}).contentLength()).isZero();
    }

    @Test
    void trailersAreAskedForWhenTheBodyIsWholeAndAnnouncedIfTheHeadHasNotLeft() {
        var asked = new java.util.ArrayList<String>();
        var exchange = answer((request, response) -> {
            response.setTrailerFields(() -> {
                asked.add("asked");
                return Map.of("X-Sum", "3", "Content-Length", "7", "transfer-encoding", "x");
            });
            assertThat(response.getTrailerFields()).isNotNull();
            response.getOutputStream().print("abc");
            assertThat(asked).isEmpty();
        });
        assertThat(asked).hasSize(1);
        assertThat(exchange.contentLength()).isEqualTo(-1);
        assertThat(exchange.responseField("Trailer")).isEqualTo("X-Sum");
        assertThat(exchange.sentTrailers().size()).isEqualTo(1);
        assertThat(exchange.sentTrailers().first("X-Sum")).isEqualTo("3");
        var flushed = answer((request, response) -> {
            response.setTrailerFields(() -> Map.of("X-Late", "1"));
            response.flushBuffer();
            response.getOutputStream().print("abc");
            response.getOutputStream().close();
        });
        assertThat(flushed.responseField("Trailer")).isNull();
        assertThat(flushed.sentTrailers().first("X-Late")).isEqualTo("1");
    }

    @Test
    void trailersThatCannotBeSentAreRefusedWithTheReason() {
        answer((request, response) -> {
            response.setContentLength(3);
            assertThatThrownBy(() -> response.setTrailerFields(Map::of))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("content length, 3");
        });
        answer((request, response) -> {
            response.flushBuffer();
            assertThatThrownBy(() -> response.setTrailerFields(Map::of))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("committed");
        });
        var old = TestExchange.get("/").version(org.dormouse.http.Version.HTTP_1_0);
        answerTo(
                old,
                (request, response) -> assertThatThrownBy(() -> response.setTrailerFields(Map::of))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("HTTP/1.0"));
    }

    @Test
    void aTrailerWithALineEndCutsTheResponse() {
        for (String value : new String[] {"a\r\nSet-Cookie: b", "a\nb", "a\0b", "\u010a"}) {
            var exchange = answer((request, response) -> {
                response.setTrailerFields(() -> Map.of("A", value));
                response.flushBuffer();
            });
            assertThat(exchange.isAborted()).isTrue();
            assertThat(exchange.sentTrailers()).isNull();
        }
    }

    @Test
    void anErrorPageHasNoneOfTheTrailersThatWereMeant() {
        var exchange = answer((request, response) -> {
            response.setTrailerFields(() -> Map.of("A", "b"));
            response.sendError(404);
        });
        assertThat(exchange.status()).isEqualTo(404);
        assertThat(exchange.sentTrailers()).isNull();
        assertThat(exchange.contentLength()).isPositive();
    }

    @Test
    void earlyHintsCommitNothingAndAreWithoutEffectBehindTheHead() {
        var exchange = answer((request, response) -> {
            response.addHeader("Link", "</a.css>; rel=preload");
            var own = DormouseResponse.of(new HttpServletResponseWrapper(response));
            own.sendEarlyHints();
            response.addHeader("Link", "</b.css>; rel=preload");
            own.sendEarlyHints();
            assertThat(response.isCommitted()).isFalse();
            response.flushBuffer();
            own.sendEarlyHints();
        });
        assertThat(exchange.calls())
                .containsExactly("interim 103 with 1", "interim 103 with 2", "commit", "flush", "finish");
    }

    @Test
    void encodeUrlReturnsItsInput() {
        answer((request, response) -> {
            request.getSession();
            assertThat(response.encodeURL("/x?y")).isEqualTo("/x?y");
            assertThat(response.encodeRedirectURL("/x?y")).isEqualTo("/x?y");
        });
    }

    @Test
    void largeWriteIsNotCopied() {
        byte[] large = "x".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        var exchange = answer((request, response) -> {
            response.setContentLength(large.length);
            response.getOutputStream().write(large);
        });
        assertThat(exchange.calls()).containsExactly("commit", "write 20000", "finish");
    }

    @Test
    void fieldsAndStatusOfASuspendedResponseStay() { // Servlet 6.1 §5.4: sendError and sendRedirect commit it
        var redirected = answer((request, response) -> {
            response.sendRedirect("/x");
            response.addIntHeader("X-Late", 1);
            response.setStatus(200);
            response.addCookie(new Cookie("late", "1"));
            response.setContentType("text/plain");
        });
        assertThat(redirected.status()).isEqualTo(302);
        assertThat(redirected.responseField("X-Late")).isNull();
        assertThat(redirected.responseField("Set-Cookie")).isNull();
        assertThat(redirected.responseField("Content-Type")).isNull();

        var refused = answer((request, response) -> {
            response.sendError(404);
            response.addIntHeader("X-Late", 1);
        });
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.responseField("X-Late")).isNull();
    }

    @Test
    void aPageOfTheErrorHasAHeadOfItsOwnAgain() {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> response.sendError(404))
                .servlet("/page", (request, response) -> response.setHeader("X-Page", "1"))
                .with(d -> d.errorPages().add(new ErrorPage(404, null, "/page")))) {
            assertThat(app.get("/").responseField("X-Page")).isEqualTo("1");
        }
    }

    @Test
    void aCookieThatSaysWhenItExpiresIsNotToldTwice() {
        var exchange = answer((request, response) -> {
            var cookie = new Cookie("a", "b");
            cookie.setMaxAge(60);
            cookie.setAttribute("Expires", "Sat, 21 Nov 2026 10:00:00 GMT");
            response.addCookie(cookie);
        });
        assertThat(exchange.responseField("Set-Cookie"))
                .containsOnlyOnce("Expires=Sat, 21 Nov 2026 10:00:00 GMT")
                .contains("Max-Age=60");
    }

    @ParameterizedTest
    @CsvSource({"ja,Shift_JIS", "ja-JP,Shift_JIS", "ko,EUC-KR", "zh,GB2312", "zh-TW,Big5", "fr,ISO-8859-1"})
    void aLanguageThatLatin1CannotWriteHasACharsetThatCan(String tag, String charset) { // Servlet 6.1 §5.5
        answer((request, response) -> {
            response.setLocale(Locale.forLanguageTag(tag));
            assertThat(response.getCharacterEncoding()).isEqualTo(charset);
            response.setCharacterEncoding((String) null);
            assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
        });
    }

    @Test
    void whatTheApplicationDeclaresForALocaleWins() {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> {
                    response.setLocale(Locale.JAPAN);
                    response.getWriter().write(response.getCharacterEncoding());
                })
                .with(d -> d.localeEncodings().put(Locale.JAPANESE, "UTF-8"))) {
            assertThat(app.get("/").body()).isEqualTo("UTF-8");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/x, http://localhost/x",
        "next, http://localhost/next",
        "//other/x, //other/x",
        "https://other/x, https://other/x"
    })
    void redirectsAreAbsoluteWhereThatIsAskedFor(String location, String sent) {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> response.sendRedirect(location))
                .with(d -> d.servletSettings(new ServletSettings(true, false)))) {
            var exchange = app.run(TestExchange.get("/").field("Host", "localhost"));
            assertThat(exchange.responseField("Location")).isEqualTo(sent);
        }
    }
}
