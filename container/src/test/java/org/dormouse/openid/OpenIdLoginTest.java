package org.dormouse.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a provider over loopback, with real requests and real signatures. */
@Timeout(120)
class OpenIdLoginTest {
    private TestProvider provider;
    private Dormouse server;

    private static final class Who extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print(request.getMethod() + " " + request.getRemoteUser() + " " + request.getAuthType() + " "
                            + request.isUserInRole("admin") + request.isUserInRole("user") + " "
                            + request.getParameter("amount"));
        }
    }

    @BeforeEach
    void start() throws Exception {
        provider = new TestProvider();
        start(OpenIdSettings.of(provider.issuer(), TestProvider.CLIENT, TestProvider.SECRET));
    }

    private void start(OpenIdSettings settings) {
        if (server != null) server.close();
        server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/shop")
                        .servlet("/admin/*", new Who())
                        .servlet("/", new Who())
                        .protect("/admin/*", "**")
                        .openIdLogin(settings))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        provider.close();
    }

    /** Keeps cookies, follows no redirect of itself. */
    private final class Browser {
        final CookieManager cookies = new CookieManager();
        final HttpClient http = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .connectTimeout(Duration.ofSeconds(10))
                .build();

        HttpResponse<String> get(String url) throws Exception {
            return send(HttpRequest.newBuilder(URI.create(url)));
        }

        HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
        }

        HttpResponse<String> follow(HttpResponse<String> answer) throws Exception {
            assertThat(answer.statusCode()).isBetween(302, 303);
            return get(location(answer));
        }

        String session() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(each -> each.getName().equals("JSESSIONID"))
                    .map(each -> each.getValue())
                    .reduce("", (a, b) -> b);
        }

        /** From the first request to what the callback answers. */
        HttpResponse<String> logIn() throws Exception {
            return follow(follow(get(url("/admin/x"))));
        }
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.port() + "/shop" + path;
    }

    private static String location(HttpResponse<String> answer) {
        String location = answer.headers().firstValue("Location").orElseThrow();
        return answer.uri().resolve(location).toString();
    }

    @Test
    void whoLogsInAtTheProviderComesBackToWhatTheyAskedForWithANewSession() throws Exception {
        var browser = new Browser();
        var sent = browser.get(url("/admin/x?amount=3"));
        assertThat(sent.statusCode()).isEqualTo(302);
        assertThat(sent.headers().firstValue("Cache-Control")).contains("no-store");
        Map<String, String> asked =
                TestProvider.parameters(URI.create(location(sent)).getRawQuery());
        assertThat(asked)
                .containsEntry("redirect_uri", url("/openid/callback"))
                .containsEntry("scope", "openid profile");
        assertThat(asked.get("state")).hasSizeGreaterThan(20);
        assertThat(asked.get("nonce")).isNotEqualTo(asked.get("state"));
        String before = browser.session();

        var back = browser.follow(browser.follow(sent));

        assertThat(back.statusCode()).isEqualTo(303);
        assertThat(location(back)).isEqualTo(url("/admin/x?amount=3"));
        assertThat(browser.session()).isNotEqualTo(before);
        assertThat(browser.follow(back).body()).isEqualTo("GET anna OPENID truefalse 3");
        assertThat(browser.get(url("/")).body()).startsWith("GET anna OPENID");
    }

    @Test
    void aPostIsMadeAgainAfterTheLogin() throws Exception {
        var browser = new Browser();
        var sent = browser.send(HttpRequest.newBuilder(URI.create(url("/admin/pay")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("amount=7")));
        assertThat(browser.follow(browser.follow(browser.follow(sent))).body())
                .isEqualTo("POST anna OPENID truefalse 7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "another nonce",
                "no nonce",
                "another audience",
                "another issuer",
                "expired",
                "another key",
                "none",
                "HS256"
            })
    void aTokenThatDoesNotHoldLetsNobodyIn(String flaw) throws Exception {
        switch (flaw) {
            case "another nonce" -> provider.claims = claims -> claims.claim("nonce", "x");
            case "no nonce" -> provider.claims = claims -> claims.claim("nonce", null);
            case "another audience" -> provider.claims = claims -> claims.audience("bank");
            case "another issuer" -> provider.claims = claims -> claims.issuer("https://elsewhere.example");
            case "expired" ->
                provider.claims =
                        claims -> claims.issueTime(Date.from(Instant.now().minusSeconds(600)))
                                .expirationTime(Date.from(Instant.now().minusSeconds(300)));
            default -> provider.signature = flaw;
        }
        var browser = new Browser();
        assertThat(browser.logIn().statusCode()).isIn(403, 503);
        assertThat(browser.get(url("/admin/x")).statusCode()).isEqualTo(302);
        assertThat(browser.get(url("/")).body()).startsWith("GET null");
    }

    @Test
    void anAnswerCountsInTheSessionInWhichItsAttemptBeganAndOnce() throws Exception {
        var attacker = new Browser();
        String callback = location(attacker.follow(attacker.get(url("/admin/x"))));
        var victim = new Browser();
        assertThat(victim.get(callback).statusCode()).as("without a session").isEqualTo(403);
        victim.get(url("/admin/y"));
        assertThat(victim.get(callback).statusCode()).as("of another attempt").isEqualTo(403);
        assertThat(victim.get(callback.replaceAll("state=[^&]*", "state=x")).statusCode())
                .isEqualTo(403);
        assertThat(victim.get(url("/openid/callback?code=x")).statusCode()).isEqualTo(403);
        assertThat(provider.tokenRequests).hasValue(0);
        assertThat(attacker.get(callback).statusCode()).isEqualTo(303);
        assertThat(attacker.get(callback).headers().firstValue("Location").orElseThrow())
                .as("again")
                .endsWith("/shop/");
        assertThat(provider.tokenRequests).hasValue(1);
    }

    @Test
    void anAnswerOfAnotherProviderOrARefusalLetsNobodyIn() throws Exception {
        var browser = new Browser();
        String callback = location(browser.follow(browser.get(url("/admin/x"))));
        assertThat(browser.get(callback.replaceAll("iss=[^&]*", "iss=https%3A%2F%2Felsewhere.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(provider.tokenRequests).hasValue(0);
        provider.refusal = "access_denied";
        var refused = new Browser();
        assertThat(refused.logIn().statusCode()).isEqualTo(403);
        assertThat(provider.tokenRequests).hasValue(0);
    }

    @Test
    void windowsOpenedAtOnceMayFinishInAnyOrder() throws Exception {
        var browser = new Browser();
        var first = browser.get(url("/admin/one"));
        var second = browser.get(url("/admin/two"));
        var back = browser.follow(browser.follow(first));
        assertThat(location(back)).isEqualTo(url("/admin/one"));
        assertThat(browser.follow(browser.follow(second))
                        .headers()
                        .firstValue("Location")
                        .orElseThrow())
                .endsWith("/shop/");
    }

    @Test
    void aProviderThatIsAwayIsAnswered503AndTheNextLoginAsksAgain() throws Exception {
        String issuer = provider.issuer();
        provider.close();
        start(OpenIdSettings.of(issuer, TestProvider.CLIENT, TestProvider.SECRET));
        var answer = new Browser().get(url("/admin/x"));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(new Browser().get(url("/")).body()).startsWith("GET null");
    }

    @Test
    void aLogoutEndsTheSessionHereAndGoesOnAtTheProvider() throws Exception {
        var browser = new Browser();
        browser.follow(browser.logIn());
        var elsewhere = browser.send(
                HttpRequest.newBuilder(URI.create(url("/openid/logout"))).header("Sec-Fetch-Site", "cross-site"));
        assertThat(elsewhere.statusCode()).isEqualTo(403);
        assertThat(browser.get(url("/")).body()).startsWith("GET anna");
        var out = browser.get(url("/openid/logout"));
        assertThat(location(out)).startsWith(provider.issuer() + "/logout?");
        assertThat(TestProvider.parameters(URI.create(location(out)).getRawQuery()))
                .containsEntry("client_id", TestProvider.CLIENT)
                .containsEntry("post_logout_redirect_uri", url("/"));
        assertThat(browser.get(url("/")).body()).startsWith("GET null");
        assertThat(browser.get(url("/admin/x")).statusCode()).isEqualTo(302);
    }

    @Test
    void nameAndRolesComeFromTheClaimsThatTheSettingsName() throws Exception {
        var settings = OpenIdSettings.of(provider.issuer(), TestProvider.CLIENT, TestProvider.SECRET);
        start(new OpenIdSettings(
                settings.issuer(),
                settings.clientId(),
                settings.clientSecret(),
                List.of("openid"),
                "nickname",
                "realm_access.roles",
                "/back",
                "/bye",
                settings.timeout()));
        var browser = new Browser();
        assertThat(browser.follow(browser.logIn()).body()).isEqualTo("GET 4711 OPENID falsetrue null");
    }

    /** Has the classes of this package, and none of the library. */
    private static final class WithoutLibrary extends ClassLoader {
        WithoutLibrary() {
            super(OpenIdLoginTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.nimbusds.")) throw new ClassNotFoundException(name);
            if (!name.startsWith("org.dormouse.openid.")) return super.loadClass(name, resolve);
            Class<?> known = findLoadedClass(name);
            if (known != null) return known;
            try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    void withoutTheLibraryTheErrorNamesIt() throws Exception {
        Class<?> settings = new WithoutLibrary().loadClass(OpenIdSettings.class.getName());
        Object made = settings.getMethod("of", String.class, String.class, String.class)
                .invoke(null, "https://login.example.org", "x", "y");
        assertThatThrownBy(() -> settings.getMethod("login").invoke(made))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("com.nimbusds:oauth2-oidc-sdk");
    }

    @Test
    void settingsThatCannotBeAreRefusedWithTheirKey() {
        assertThatThrownBy(() -> OpenIdSettings.of("http://login.example.org", "x", null))
                .hasMessageContaining("openid.issuer");
        assertThatThrownBy(() -> OpenIdSettings.of("https://login.example.org", "", null))
                .hasMessageContaining("openid.client-id");
        assertThat(OpenIdSettings.of("https://login.example.org", "x", "hush").toString())
                .doesNotContain("hush");
    }
}
