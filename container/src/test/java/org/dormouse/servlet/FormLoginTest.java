package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.dormouse.http.Version;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.dormouse.servlet.security.LoginSettings;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The FORM scheme, from the request that needs a caller to the same request made again. */
class FormLoginTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int MAX_SAVED = 2_000;

    private static TestApp app() {
        return app("/shop");
    }

    private static TestApp app(String contextPath) {
        return TestApp.at(contextPath)
                .with(d -> {
                    d.roles().add("admin");
                    d.security()
                            .authMethod("FORM")
                            .formPages("/login?from=gate", "/failed")
                            .login(new LoginSettings(MAX_SAVED, 60_000, Duration.ofMinutes(2)))
                            .users((name, password) -> switch (name + ":" + password) {
                                case "anna:secret", "jos\u00e9:caf\u00e9" -> new Caller(name, Set.of("admin"));
                                case "bert:hidden" -> new Caller("bert", Set.of("user"));
                                case "anna:busy" -> throw new TooManyLogins("busy");
                                default -> null;
                            });
                    constrain(d, "/admin/*", "admin");
                })
                .servlet(
                        "/login",
                        (request, response) -> response.getWriter()
                                .write("LOGIN " + request.getMethod() + " " + request.getParameter("from") + " "
                                        + request.getParameter("amount") + " "
                                        + response.encodeURL("j_security_check")))
                .servlet("/failed", (request, response) -> response.getWriter().write("FAILED " + request.getMethod()))
                .servlet("/admin/*", (request, response) -> response.getWriter().write(what(request)))
                .servlet("/visit", (request, response) -> {
                    request.getSession().setAttribute("visited", true);
                    response.getWriter().write("visited");
                })
                .servlet("/authenticate", (request, response) -> {
                    if (request.authenticate(response)) response.getWriter().write(what(request));
                })
                .servlet("/programmatic", (request, response) -> {
                    request.login("anna", "secret");
                    request.getSession();
                })
                .servlet("/logout", (request, response) -> {
                    request.logout();
                    response.getWriter().write(String.valueOf(request.getUserPrincipal()));
                })
                .servlet("/", (request, response) -> response.getWriter().write(what(request)));
    }

    private static void constrain(Deployment d, String pattern, String... roles) {
        d.security()
                .constraints()
                .add(new SecurityConstraint(List.of(ResourceCollection.of(pattern)), Set.of(roles), false));
    }

    private static String what(HttpServletRequest request) throws IOException {
        HttpSession session = request.getSession(false);
        Object visited = session == null ? null : session.getAttribute("visited");
        var amounts = request.getParameterValues("amount");
        return request.getMethod() + " " + request.getRequestURI() + " " + request.getRemoteUser() + " "
                + request.getAuthType() + " " + request.isUserInRole("admin") + " "
                + (amounts == null ? "-" : String.join(",", amounts)) + " visited " + visited;
    }

    // --- a browser, as far as it matters here

    /** Keeps the cookie of its session, as browsers do. */
    private static final class Browser {
        final TestApp app;
        String id = "";

        Browser(TestApp app) {
            this.app = app;
        }

        TestExchange get(String target) {
            return send(TestExchange.get(target));
        }

        TestExchange send(TestExchange exchange) {
            if (!id.isEmpty()) exchange.field("Cookie", "JSESSIONID=" + id);
            app.run(exchange);
            String cookie = exchange.responseField("Set-Cookie");
            if (cookie != null) id = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
            return exchange;
        }

        TestExchange post(String target, String name, String password) {
            return send(TestExchange.post(target, FORM, "j_username=" + name + "&j_password=" + password));
        }

        TestExchange logIn(String name, String password) {
            return post("/shop/j_security_check", name, password);
        }

        /** Goes where {@code answer} sends it. */
        TestExchange follow(TestExchange answer) {
            assertThat(answer.status()).isEqualTo(303);
            return get(answer.responseField("Location"));
        }
    }

    @Test
    void theLoginPageIsShownInPlaceAndTheRequestIsMadeAgainAfterTheLogin() {
        try (var app = app()) {
            var browser = new Browser(app);
            var shown = browser.get("/shop/admin/x?amount=1&b=%20");
            assertThat(shown.status()).isEqualTo(200);
            assertThat(shown.body()).startsWith("LOGIN GET gate");
            assertThat(shown.responseField("Cache-Control")).isEqualTo("no-store");
            assertThat(shown.responseField("Expires")).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
            String before = browser.id;

            var answer = browser.post("/shop/admin/j_security_check", "anna", "secret");

            assertThat(answer.responseField("Location")).isEqualTo("/shop/admin/x?amount=1&b=%20");
            assertThat(browser.id).as("the id of the session").isNotEqualTo(before);
            var done = browser.follow(answer);
            assertThat(done.body()).isEqualTo("GET /shop/admin/x anna FORM true 1 visited null");
            assertThat(done.responseField("Cache-Control")).isEqualTo("private");
            assertThat(browser.get("/shop/").body()).startsWith("GET /shop/ anna FORM true");
        }
    }

    @Test
    void methodFieldsAndBodyOfTheFirstRequestComeBackOnce() {
        try (var app = app()) {
            var browser = new Browser(app);
            var first = TestExchange.post("/shop/admin/pay?amount=1", FORM, "amount=2")
                    .field("X-Shop", "yes")
                    .field("Accept-Language", "de");
            assertThat(browser.send(first).body()).isEqualTo("LOGIN GET gate 1 j_security_check");

            var answer = browser.logIn("anna", "secret");

            assertThat(answer.responseField("Location")).isEqualTo("/shop/admin/pay?amount=1");
            assertThat(browser.follow(answer).body()).isEqualTo("POST /shop/admin/pay anna FORM true 1,2 visited null");
            assertThat(browser.follow(answer).body())
                    .as("the second time")
                    .isEqualTo("GET /shop/admin/pay anna FORM true 1 visited null");
        }
    }

    @Test
    void fieldsAreThoseOfTheFirstRequestAndCookiesAndConditionsThoseOfTheOneThatComesBack() {
        var seen = new ArrayList<String>();
        var app = app().servlet("/admin/fields", (request, response) -> {
            for (String name : List.of(
                    "X-Shop",
                    "Origin",
                    "Cookie",
                    "If-None-Match",
                    "Range",
                    "Content-Type",
                    "Content-Length",
                    "X-Forwarded-For",
                    "Expect")) seen.add(name + "=" + Collections.list(request.getHeaders(name)));
            seen.add(new String(request.getInputStream().readAllBytes()));
            seen.add(request.getContentLength() + " " + request.getCookies().length);
        });
        try (app) {
            var browser = new Browser(app);
            browser.send(TestExchange.post("/shop/admin/fields", "text/plain", "hello")
                    .field("X-Shop", "first")
                    .field("Origin", "https://elsewhere.example")
                    .field("If-None-Match", "\"old\"")
                    .field("Range", "bytes=0-1")
                    .field("X-Forwarded-For", "198.51.100.1")
                    .field("Expect", "100-continue"));
            browser.logIn("anna", "secret");
            browser.send(TestExchange.get("/shop/admin/fields").field("X-Shop", "second"));
            assertThat(seen)
                    .containsExactly(
                            "X-Shop=[first]",
                            "Origin=[https://elsewhere.example]",
                            "Cookie=[JSESSIONID=" + browser.id + "]",
                            "If-None-Match=[]",
                            "Range=[]",
                            "Content-Type=[text/plain]",
                            "Content-Length=[5]",
                            "X-Forwarded-For=[]",
                            "Expect=[]",
                            "hello",
                            "5 1");
        }
    }

    @Test
    void whoIsNotLetInSeesTheErrorPageWith200AndStaysWhoTheyWere() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            for (String password : List.of("wrong", "")) {
                var failed = browser.logIn("anna", password);
                assertThat(failed.status()).isEqualTo(200);
                assertThat(failed.body()).isEqualTo("FAILED GET");
                assertThat(failed.responseField("Cache-Control")).isEqualTo("no-store");
            }
            assertThat(browser.send(TestExchange.post("/shop/j_security_check", FORM, ""))
                            .body())
                    .isEqualTo("FAILED GET");
            assertThat(browser.get("/shop/admin/x").body()).startsWith("LOGIN");
            assertThat(browser.follow(browser.logIn("anna", "secret")).body()).startsWith("GET /shop/admin/x anna");
            assertThat(browser.get("/shop/admin/x").status()).isEqualTo(200);
        }
    }

    @Test
    void whoHasNoRoleIsForbiddenAfterTheLogin() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            assertThat(browser.follow(browser.logIn("bert", "hidden")).status()).isEqualTo(403);
            assertThat(browser.get("/shop/free").body()).contains(" bert FORM false ");
        }
    }

    @Test
    void passwordsAreReadAsUtf8() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            assertThat(browser.follow(browser.logIn("jos%C3%A9", "caf%C3%A9")).body())
                    .contains(" FORM true ");
        }
    }

    @Test
    void onlyAFormThatIsPostedFromThisSiteIsTakenForALogin() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            var asked = browser.get("/shop/j_security_check?j_username=anna&j_password=secret");
            assertThat(asked.status()).isEqualTo(405);
            assertThat(asked.responseField("Allow")).isEqualTo("POST");
            String login = "j_username=anna&j_password=secret";
            assertThat(browser.send(TestExchange.post("/shop/j_security_check?" + login, FORM, login))
                            .status())
                    .isEqualTo(400);
            assertThat(browser.send(TestExchange.post("/shop/j_security_check", FORM, login)
                                    .field("Sec-Fetch-Site", "cross-site"))
                            .status())
                    .isEqualTo(403);
            assertThat(browser.get("/shop/admin/x").body()).startsWith("LOGIN");
            assertThat(browser.send(TestExchange.post("/shop/j_security_check", FORM, login)
                                    .field("Sec-Fetch-Site", "same-origin"))
                            .status())
                    .isEqualTo(303);
        }
    }

    @Test
    void aLoginWithoutARequestBeforeItLeadsToTheRoot() {
        try (var app = app()) {
            var browser = new Browser(app);
            var answer = browser.logIn("anna", "secret");
            assertThat(answer.responseField("Location")).isEqualTo("/shop/");
            assertThat(browser.follow(answer).body()).startsWith("GET /shop/ anna FORM");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"//admin/x", "//admin//evil.example/", "/admin/%2Fevil", "///admin/x?//evil.example"})
    void theWayBackNeverLeadsToAnotherHost(String target) {
        try (var app = app("/")) {
            var browser = new Browser(app);
            if (browser.get(target).status() != 200) return; // refused before anything else
            var answer = browser.post("/j_security_check", "anna", "secret");
            assertThat(answer.responseField("Location"))
                    .startsWith("/")
                    .doesNotStartWith("//")
                    .doesNotStartWith("/\\");
        }
    }

    @Test
    void olderClientsAreSentBackWith302() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            var answer =
                    browser.send(TestExchange.post("/shop/j_security_check", FORM, "j_username=anna&j_password=secret")
                            .version(Version.HTTP_1_0));
            assertThat(answer.status()).isEqualTo(302);
        }
    }

    // --- sessions

    @Test
    void aSessionKnownBeforeIsWorthNothingOnceTheLoginPageIsShownNorAfterTheLogin() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/visit");
            String planted = browser.id;
            browser.get("/shop/admin/mine");
            String whileLoggingIn = browser.id;
            assertThat(whileLoggingIn).isNotEqualTo(planted);

            var thief = new Browser(app);
            thief.id = planted;
            thief.send(TestExchange.post("/shop/admin/pay", FORM, "amount=1000"));

            var done = browser.follow(browser.logIn("anna", "secret"));
            assertThat(done.body()).isEqualTo("GET /shop/admin/mine anna FORM true - visited true");
            for (String old : List.of(planted, whileLoggingIn)) {
                var other = new Browser(app);
                other.id = old;
                assertThat(other.get("/shop/").body()).contains(" null null false ");
            }
        }
    }

    @Test
    void aRequestWithABodyIsMadeAgainForTheAddressItCameFromOnly() {
        try (var app = app()) {
            var thief = new Browser(app);
            thief.send(TestExchange.post("/shop/admin/pay", FORM, "amount=1000").from("198.51.100.66"));
            var browser = new Browser(app);
            browser.id = thief.id;
            assertThat(browser.follow(browser.logIn("anna", "secret")).body())
                    .isEqualTo("GET /shop/admin/pay anna FORM true - visited null");
        }
    }

    @Test
    void aSecondUserOfABrowserDoesNotSeeTheSessionOfTheFirst() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.logIn("anna", "secret");
            browser.get("/shop/visit");
            assertThat(browser.get("/shop/").body()).endsWith("anna FORM true - visited true");
            browser.logIn("bert", "hidden");
            assertThat(browser.get("/shop/").body()).endsWith("bert FORM false - visited null");
        }
    }

    @Test
    void aSessionMadeForALoginLivesTwoMinutesAndAsLongAsOthersAfterIt() {
        var ended = new AtomicInteger();
        var app = app().listener(new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                ended.incrementAndGet();
            }
        });
        try (app) {
            var idle = new Browser(app);
            idle.get("/shop/admin/x");
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            browser.follow(browser.logIn("anna", "secret"));
            app.nowMillis += 120_000;
            app.context.expireSessions();
            assertThat(ended).hasValue(1);
            assertThat(idle.follow(idle.logIn("anna", "secret")).body()).startsWith("GET /shop/ anna");
            assertThat(browser.get("/shop/").body()).contains(" anna FORM ");
        }
    }

    @Test
    void whatIsKeptForLoginsIsBoundedAndGivenBack() {
        try (var app = app()) {
            var first = new Browser(app);
            first.get("/shop/admin/x");
            LoginMemory memory = app.context.loginGate().memory();
            long one = memory.used();
            assertThat(one).isBetween(1024L, 2048L);
            for (int i = 0; i < 200; i++) {
                var shown = new Browser(app).get("/shop/admin/x");
                assertThat(shown.body()).startsWith("LOGIN");
                assertThat(memory.used()).isLessThanOrEqualTo(60_000);
            }
            var late = new Browser(app);
            late.get("/shop/admin/x");
            var answer = late.logIn("anna", "secret");
            assertThat(answer.responseField("Location")).as("without room").isEqualTo("/shop/");
            app.nowMillis += 120_000;
            app.context.expireSessions();
            assertThat(memory.used()).isZero();
        }
    }

    @Test
    void whereARequestCannotBeKeptThereIsNoSessionForItEither() {
        try (var app = app()) {
            for (int i = 0; i < 200; i++) new Browser(app).get("/shop/admin/x");
            assertThat(app.context.sessions().size()).isBetween(20, 60_000 / LoginMemory.OVERHEAD_BYTES);
        }
    }

    @Test
    void aSessionMadeForALoginLivesAsLongAsOthersOnceItHoldsSomething() {
        try (var app = app().servlet("/own", (request, response) -> {
            request.getSession().setMaxInactiveInterval(600);
            response.getWriter().write("own");
        })) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            browser.get("/shop/visit");
            var own = new Browser(app);
            own.get("/shop/admin/x");
            own.get("/shop/own");
            own.logIn("anna", "secret");
            app.nowMillis += 180_000;
            assertThat(browser.get("/shop/").body()).endsWith(" visited true");
            assertThat(own.get("/shop/").body()).contains(" anna ");
            app.nowMillis += 600_000;
            assertThat(own.get("/shop/").body())
                    .as("after the time that the application has set")
                    .contains(" null ");
        }
    }

    @Test
    void whoTakesLongerThanARequestIsKeptHasASessionLikeOthersAllTheSame() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            for (int i = 0; i < 3; i++) {
                app.nowMillis += 60_000;
                app.context.expireSessions();
                browser.get("/shop/");
            }
            assertThat(browser.logIn("anna", "secret").responseField("Location"))
                    .isEqualTo("/shop/");
            app.nowMillis += 180_000;
            assertThat(browser.get("/shop/").body()).contains(" anna FORM ");
        }
    }

    @Test
    void aRequestKeptInASessionOfTheApplicationIsForgottenInTimeToo() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.get("/shop/visit");
            browser.send(TestExchange.post("/shop/admin/pay", FORM, "amount=1"));
            LoginMemory memory = app.context.loginGate().memory();
            assertThat(memory.used()).isPositive();
            app.nowMillis += 120_000;
            app.context.expireSessions();
            assertThat(memory.used()).isZero();
            assertThat(browser.follow(browser.logIn("anna", "secret")).body())
                    .isEqualTo("GET /shop/ anna FORM true - visited true");
        }
    }

    @Test
    void aRequestMadeAgainOrGivenUpLeavesNothingBehind() {
        try (var app = app()) {
            var browser = new Browser(app);
            LoginMemory memory = null;
            for (int i = 0; i < 10; i++) {
                browser.id = "";
                for (int j = 0; j < 10; j++) browser.get("/shop/admin/x?" + j);
                browser.follow(browser.logIn("anna", "secret"));
                memory = app.context.loginGate().memory();
                assertThat(memory.used()).isZero();
            }
            browser.id = "";
            browser.get("/shop/admin/x");
            browser.logIn("anna", "secret");
            assertThat(memory.used()).isPositive();
            app.nowMillis += 120_000;
            assertThat(browser.get("/shop/admin/x").body()).contains("anna");
            assertThat(memory.used()).isZero();
        }
    }

    @Test
    void aBodyThatIsTooLongToBeKeptIsRefusedBeforeItIsRead() {
        try (var app = app()) {
            var announced = TestExchange.post("/shop/admin/pay", FORM, "a=" + "b".repeat(MAX_SAVED));
            app.run(announced);
            assertThat(announced.status()).isEqualTo(413);
            assertThat(announced.body()).contains("login.max-saved-request", Integer.toString(MAX_SAVED));
            var open = TestExchange.open("POST", "/shop/admin/pay");
            open.arrive("b".repeat(MAX_SAVED + 1));
            open.endBody();
            assertThat(app.run(open).status()).isEqualTo(413);
            assertThat(new Browser(app).logIn("anna", "secret").status()).isEqualTo(303);
        }
    }

    @Test
    void whatAPageLoadsDoesNotTakeThePlaceOfThePage() {
        try (var app = app()) {
            var browser = new Browser(app);
            browser.send(TestExchange.get("/shop/admin/page").field("Sec-Fetch-Mode", "navigate"));
            browser.send(TestExchange.get("/shop/admin/icon").field("Sec-Fetch-Mode", "no-cors"));
            browser.get("/shop/login");
            assertThat(browser.logIn("anna", "secret").responseField("Location"))
                    .isEqualTo("/shop/admin/page");
        }
    }

    @Test
    void aLoginPageBehindAConstraintShowsItselfAndIsNotWhereTheUserWantsToGo() {
        try (var app = app().with(d -> constrain(d, "/*", "admin"))) {
            var browser = new Browser(app);
            browser.get("/shop/admin/x");
            assertThat(browser.get("/shop/login").body()).startsWith("LOGIN");
            assertThat(browser.logIn("anna", "secret").responseField("Location"))
                    .isEqualTo("/shop/admin/x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsessionid", "s.id"})
    void sessionsInUrlsGoWithTheLogin(String parameter) {
        var app = app().with(d -> {
            d.sessions().trackingModes(EnumSet.of(SessionTrackingMode.URL));
            if (!parameter.equals("jsessionid")) d.sessions().cookieName(parameter);
        });
        try (app) {
            var shown = app.get("/shop/admin/x?amount=1");
            assertThat(shown.responseField("Set-Cookie")).isNull();
            String action = shown.body().substring(shown.body().lastIndexOf(' ') + 1);
            assertThat(action).startsWith("j_security_check;" + parameter + "=");

            var answer = app.run(TestExchange.post("/shop/admin/" + action, FORM, "j_username=anna&j_password=secret"));

            String goal = answer.responseField("Location");
            assertThat(goal).matches("/shop/admin/x;" + Pattern.quote(parameter) + "=[^?;]+\\?amount=1");
            assertThat(goal).doesNotContain(action.substring(action.indexOf('=') + 1));
            assertThat(app.get(goal).body()).contains(" anna FORM true 1 ");
            String again = app.get(goal.replace("/x;", "/y;")).body();
            assertThat(again).contains(" anna FORM ");
            var other = app.get("/shop/admin/z;" + parameter + "=unknown");
            assertThat(other.body()).startsWith("LOGIN");
            assertThat(goalAfterLogin(app, "/shop/admin/z;other=1;" + parameter + "=unknown?x=1"))
                    .matches("/shop/admin/z;other=1;" + Pattern.quote(parameter) + "=[^?;]+\\?x=1");
        }
    }

    private static String goalAfterLogin(TestApp app, String path) {
        String body = app.get(path).body();
        String action = body.substring(body.lastIndexOf(' ') + 1);
        return app.run(TestExchange.post("/shop/admin/" + action, FORM, "j_username=anna&j_password=secret"))
                .responseField("Location");
    }

    // --- the application's own hand

    @Test
    void codeMayAskForALoginLogInAndOut() {
        try (var app = app()) {
            var browser = new Browser(app);
            assertThat(browser.get("/shop/authenticate").body()).startsWith("LOGIN GET gate");
            var answer = browser.logIn("anna", "secret");
            assertThat(answer.responseField("Location")).isEqualTo("/shop/authenticate");
            assertThat(browser.follow(answer).body()).startsWith("GET /shop/authenticate anna FORM");
            assertThat(browser.get("/shop/logout").body()).isEqualTo("null");
            assertThat(browser.get("/shop/admin/x").body()).startsWith("LOGIN");

            var other = new Browser(app);
            other.get("/shop/programmatic");
            assertThat(other.get("/shop/admin/x").body()).startsWith("GET /shop/admin/x anna LOGIN");
        }
    }

    @Test
    void aFormThatCodeHasReadBeforeItAsksForALoginIsNotMadeAgain() {
        var app = app().servlet("/reads", (request, response) -> {
            request.getParameter("amount");
            if (request.authenticate(response)) response.getWriter().write(what(request));
        });
        try (app) {
            var browser = new Browser(app);
            browser.send(TestExchange.post("/shop/reads", FORM, "amount=7"));
            assertThat(browser.follow(browser.logIn("anna", "secret")).body())
                    .isEqualTo("GET /shop/reads anna FORM true - visited null");
        }
    }

    @Test
    void filtersOfForwardsRunBeforeThePagesAndThoseOfRequestsBeforeTheRequestMadeAgain() {
        var ran = new ArrayList<String>();
        var app = app().filter("forwards", "/*", Set.of(DispatcherType.FORWARD), (request, response, chain) -> {
                    ran.add("forward " + request.getServletPath());
                    chain.doFilter(request, response);
                })
                .filter("requests", "/*", (request, response, chain) -> {
                    ran.add(request.getMethod() + " " + request.getRequestURI() + " " + request.getRemoteUser());
                    chain.doFilter(request, response);
                });
        try (app) {
            var browser = new Browser(app);
            browser.send(TestExchange.post("/shop/admin/x", FORM, "amount=1"));
            browser.follow(browser.logIn("anna", "secret"));
            assertThat(ran).containsExactly("forward /login", "POST /shop/admin/x anna");
        }
    }

    @Test
    void aRequestMadeAgainMayGoAsynchronousAndReadItsBodyByListener() throws Exception {
        var app = app().servlet("/admin/async", (request, response) -> {
            var async = request.startAsync();
            var input = request.getInputStream();
            var text = new StringBuilder();
            input.setReadListener(new jakarta.servlet.ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    while (input.isReady() && !input.isFinished()) {
                        int next = input.read();
                        if (next >= 0) text.append((char) next);
                    }
                }

                @Override
                public void onAllDataRead() throws IOException {
                    response.getWriter().write(request.getRemoteUser() + " " + text);
                    async.complete();
                }

                @Override
                public void onError(Throwable failure) {
                    async.complete();
                }
            });
        });
        try (app) {
            var browser = new Browser(app);
            browser.send(TestExchange.post("/shop/admin/async", "text/plain", "some text"));
            var answer = browser.logIn("anna", "secret");
            var done = browser.follow(answer);
            done.awaitEnd();
            assertThat(done.body()).isEqualTo("anna some text");
        }
    }

    @Test
    void whoseLoginCannotBeCheckedNowIsAskedToComeAgain() {
        try (var app = app()) {
            var busy = new Browser(app).logIn("anna", "busy");
            assertThat(busy.status()).isEqualTo(503);
            assertThat(busy.responseField("Retry-After")).isEqualTo("1");
        }
    }

    @Test
    void passwordsForAConfidentialResourceAreNotTakenInPlainText() {
        var app = app().with(d -> d.security()
                .constraints()
                .add(new SecurityConstraint(List.of(ResourceCollection.of("/*")), null, true)));
        try (app) {
            String login = "j_username=anna&j_password=secret";
            assertThat(app.run(TestExchange.post("/shop/j_security_check", FORM, login))
                            .status())
                    .isEqualTo(403);
            assertThat(app.run(TestExchange.post("/shop/j_security_check", FORM, login)
                                    .secure())
                            .status())
                    .isEqualTo(303);
        }
    }

    @Test
    void constraintsLookAtTheMethodThatIsMadeAgain() {
        var app = app().with(d -> {
            d.security().constraints().clear();
            var posts = new ResourceCollection(Set.of("/admin/*"), Set.of("POST"), Set.of());
            var gets = new ResourceCollection(Set.of("/admin/*"), Set.of("GET"), Set.of());
            d.security().constraints().add(new SecurityConstraint(List.of(posts), Set.of("admin"), false));
            d.security().constraints().add(new SecurityConstraint(List.of(gets), Set.of("user"), false));
        });
        try (app) {
            var browser = new Browser(app);
            browser.send(TestExchange.post("/shop/admin/x", FORM, "amount=1"));
            assertThat(browser.follow(browser.logIn("bert", "hidden")).status())
                    .as("a user who may get, but not post")
                    .isEqualTo(403);
            browser.id = "";
            browser.send(TestExchange.post("/shop/admin/x", FORM, "amount=1"));
            assertThat(browser.follow(browser.logIn("anna", "secret")).body()).startsWith("POST /shop/admin/x anna");
        }
    }

    @Test
    void conditionsOfTheRequestAreNotThoseOfTheLoginPage() {
        var app = app().with(d -> d.security().formPages("/page", "/page"))
                .servlet(
                        "/page",
                        (request, response) -> response.getWriter()
                                .write(request.getHeader("If-Modified-Since") + request.getHeader("Range")));
        try (app) {
            var shown = app.run(TestExchange.get("/shop/admin/x")
                    .field("If-Modified-Since", "Sat, 21 Nov 2026 00:00:00 GMT")
                    .field("Range", "bytes=0-0"));
            assertThat(shown.body()).isEqualTo("nullnull");
        }
    }

    @Test
    void formWithoutPagesDoesNotStart() {
        try (var app = TestApp.at("/").with(d -> d.security().authMethod("FORM"))) {
            assertThatThrownBy(app::start).hasMessageContaining("form-login-page and form-error-page");
        }
        assertThatThrownBy(() -> TestApp.at("/").with(d -> d.security().formPages("login.html", "/failed")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("login.html");
    }
}
