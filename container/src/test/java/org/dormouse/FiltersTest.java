package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.dormouse.filter.AccessLogFilter;
import org.dormouse.filter.ConfiguredFilter;
import org.dormouse.filter.CorsFilter;
import org.dormouse.filter.ForwardedFilter;
import org.dormouse.filter.HostFilter;
import org.dormouse.filter.HttpsRedirectFilter;
import org.dormouse.filter.RateLimitFilter;
import org.dormouse.filter.RequestIdFilter;
import org.dormouse.filter.SecurityHeadersFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each filter by each of its doors: keys of the server, the builder, a descriptor in a WAR. */
@Timeout(60)
class FiltersTest {
    private static final Map<String, Supplier<ConfiguredFilter>> FILTERS = Map.of(
            "access-log", AccessLogFilter::new,
            "forwarded", ForwardedFilter::new,
            "request-id", RequestIdFilter::new,
            "hosts", HostFilter::new,
            "https-redirect", HttpsRedirectFilter::new,
            "security-headers", SecurityHeadersFilter::new,
            "cors", CorsFilter::new,
            "rate-limit", RateLimitFilter::new);

    enum Door {
        KEYS,
        BUILDER,
        DESCRIPTOR
    }

    @TempDir
    Path folder;

    private Dormouse server;

    private static final class WhoAmI extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print(request.getMethod() + " " + request.getRequestURL() + " " + request.isSecure() + " from "
                            + request.getRemoteAddr() + ":" + request.getRemotePort() + " by "
                            + request.getAttribute("org.dormouse.forwarded.peer") + " id "
                            + request.getAttribute(RequestIdFilter.ATTRIBUTE));
        }
    }

    @AfterEach
    void stop() {
        if (server != null) server.close();
    }

    /** @param settings as keys of the server */
    private void start(Door door, String... settings) throws IOException {
        var byKey = new LinkedHashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) byKey.put(settings[i], settings[i + 1]);
        Dormouse.Builder builder = Mode.builder().host("127.0.0.1").port(0).loops(1);
        WebApp application = Mode.app("/").servlet("/*", new WhoAmI());
        switch (door) {
            case KEYS -> byKey.forEach(builder::set);
            case BUILDER -> {
                for (ConfiguredFilter filter : filters(byKey)) application.filter("/*", filter);
            }
            case DESCRIPTOR -> application.war(war(byKey));
        }
        server = builder.deploy(application).start();
    }

    private static String name(String key) {
        return key.substring(key.indexOf('.') + 1);
    }

    private static List<ConfiguredFilter> filters(Map<String, String> byKey) {
        var byFamily = new LinkedHashMap<String, ConfiguredFilter>();
        byKey.forEach((key, value) -> {
            String family = key.substring(0, key.indexOf('.'));
            ConfiguredFilter filter =
                    byFamily.computeIfAbsent(family, each -> FILTERS.get(each).get());
            if (!name(key).equals("enabled")) filter.with(name(key), value);
        });
        return new ArrayList<>(byFamily.values());
    }

    private Path war(Map<String, String> byKey) throws IOException {
        var xml = new StringBuilder("<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">");
        for (ConfiguredFilter filter : filters(byKey)) {
            xml.append("<filter><filter-name>").append(filter.family()).append("</filter-name><filter-class>");
            xml.append(filter.getClass().getName()).append("</filter-class>");
            byKey.forEach((key, value) -> {
                if (!key.startsWith(filter.family() + ".") || name(key).equals("enabled")) return;
                xml.append("<init-param><param-name>").append(name(key)).append("</param-name><param-value>");
                xml.append(value).append("</param-value></init-param>");
            });
            xml.append("<async-supported>true</async-supported></filter><filter-mapping><filter-name>")
                    .append(filter.family())
                    .append("</filter-name><url-pattern>/*</url-pattern></filter-mapping>");
        }
        Path war = folder.resolve("app");
        Files.createDirectories(war.resolve("WEB-INF"));
        Files.writeString(war.resolve("WEB-INF/web.xml"), xml.append("</web-app>"));
        return war;
    }

    private RawHttp ask(String head) throws IOException {
        var peer = RawHttp.connect(server.port());
        return peer.send(head + "\n\n").receive();
    }

    // --- Forwarded

    @ParameterizedTest
    @EnumSource
    void aTrustedProxySaysWhoTheClientIs(Door door) throws IOException {
        start(door, "forwarded.trusted", "127.0.0.0/8, 10.0.0.1");
        try (var peer = ask("""
                GET /a HTTP/1.1
                Host: backend:8080
                X-Forwarded-For: 1.1.1.1, 192.0.2.7:4711, 10.0.0.1
                X-Forwarded-Proto: https
                X-Forwarded-Host: shop.example
                Forwarded: for=8.8.8.8""")) {
            assertThat(peer.text())
                    .startsWith("GET https://shop.example/a true from 192.0.2.7:4711 by 127.0.0.1:")
                    .doesNotContain("by 127.0.0.1:4711");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyElseDoes(Door door) throws IOException {
        start(door, "forwarded.trusted", "10.0.0.0/8");
        try (var peer = ask("""
                GET /a HTTP/1.1
                Host: backend
                X-Forwarded-For: 192.0.2.7
                X-Forwarded-Proto: https
                X-Forwarded-Host: shop.example""")) {
            assertThat(peer.text())
                    .startsWith("GET http://backend/a false from 127.0.0.1:")
                    .contains(" by null ");
        }
    }

    @Test
    void theFieldOfTheRfcCountsWhereItIsAskedFor() throws IOException {
        start(Door.KEYS, "forwarded.trusted", "127.0.0.1", "forwarded.header", "forwarded");
        try (var peer = ask("""
                GET /a HTTP/1.1
                Host: backend
                X-Forwarded-For: 1.1.1.1
                Forwarded: for="[2001:db8::7]:9";proto=https;host="shop.example:8443";a=b""")) {
            assertThat(peer.text()).startsWith("GET https://shop.example:8443/a true from 2001:db8:0:0:0:0:0:7:9 by ");
        }
    }

    @Test
    void whatATrustedProxySaysAndNobodyCanReadIs400() throws IOException {
        start(Door.KEYS, "forwarded.trusted", "127.0.0.1");
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nX-Forwarded-For: nonsense")) {
            assertThat(peer.status()).isEqualTo(400);
            assertThat(peer.text()).contains("X-Forwarded-For");
        }
    }

    // --- request id

    @ParameterizedTest
    @EnumSource
    void eachRequestHasAnIdOfItsOwn(Door door) throws IOException {
        start(door, "request-id.enabled", "true");
        try (var one = ask("GET / HTTP/1.1\nHost: h\nX-Request-ID: mine");
                var other = ask("GET / HTTP/1.1\nHost: h")) {
            assertThat(one.field("X-Request-ID")).matches("[0-9a-f]{32}").isNotEqualTo(other.field("X-Request-ID"));
            assertThat(one.text()).endsWith(" id " + one.field("X-Request-ID"));
        }
    }

    @ParameterizedTest
    @CsvSource({"abc-1.2_X,true", "a b,false", "a;b,false", "'',false", "<x>,false"})
    void aTrustedProxyMayBringOneOfPlainCharacters(String id, boolean isTaken) throws IOException {
        start(Door.KEYS, "request-id.trusted", "127.0.0.1", "request-id.enabled", "true");
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nX-Request-ID: " + id)) {
            assertThat(peer.field("X-Request-ID").equals(id)).isEqualTo(isTaken);
        }
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nX-Request-ID: " + "x".repeat(129))) {
            assertThat(peer.field("X-Request-ID")).hasSize(32);
        }
    }

    // --- hosts

    @ParameterizedTest
    @EnumSource
    void requestsForOtherHostsAreMisdirected(Door door) throws IOException {
        start(door, "hosts.allowed", "shop.example, *.apps.example, [::1]");
        for (String host : List.of("shop.example", "SHOP.example:99", "shop.example.", "a.b.apps.example", "[::1]:1")) {
            try (var peer = ask("GET / HTTP/1.1\nHost: " + host)) {
                assertThat(peer.status()).as(host).isEqualTo(200);
            }
        }
        for (String host : List.of("evil.example", "apps.example", "xapps.example", "shop.example.evil", "127.0.0.1")) {
            try (var peer = ask("GET / HTTP/1.1\nHost: " + host)) {
                assertThat(peer.status()).as(host).isEqualTo(421);
                assertThat(peer.text()).contains("hosts.allowed");
            }
        }
        try (var peer = ask("GET / HTTP/1.0")) {
            assertThat(peer.status()).isEqualTo(400);
        }
    }

    // --- redirect to HTTPS

    @ParameterizedTest
    @EnumSource
    void withoutTlsAClientIsSentToTheSameTargetWithIt(Door door) throws IOException {
        start(door, "https-redirect.enabled", "true");
        try (var peer = ask("POST //evil.example/a?b=%20c HTTP/1.1\nHost: Shop.example:8080\nContent-Length: 0")) {
            assertThat(peer.status()).isEqualTo(308);
            peer.expectField("Location", "https://shop.example//evil.example/a?b=%20c");
        }
    }

    @Test
    void theRedirectKnowsPortAndHostAndGoesNowhereElse() throws IOException {
        start(
                Door.KEYS,
                "https-redirect.enabled",
                "true",
                "https-redirect.port",
                "8443",
                "https-redirect.host",
                "www.shop.example");
        try (var peer = ask("GET /a HTTP/1.1\nHost: evil.example")) {
            peer.expectField("Location", "https://www.shop.example:8443/a");
        }
    }

    @Test
    void aHostThatIsNoneIsNotRepeated() throws IOException {
        start(Door.KEYS, "https-redirect.enabled", "true");
        for (String request : List.of("GET / HTTP/1.0", "GET / HTTP/1.1\nHost: a$b", "GET / HTTP/1.1\nHost: a%2fb")) {
            try (var peer = ask(request)) {
                assertThat(peer.status()).as(request).isEqualTo(400);
                peer.expectNoField("Location");
            }
        }
    }

    @Test
    void aClientThatATrustedProxyServesOverTlsStays() throws IOException {
        start(
                Door.KEYS,
                "https-redirect.enabled",
                "true",
                "security-headers.enabled",
                "true",
                "forwarded.trusted",
                "127.0.0.1");
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nX-Forwarded-Proto: https")) {
            assertThat(peer.status()).isEqualTo(200);
            peer.expectField("Strict-Transport-Security", "max-age=31536000");
        }
    }

    // --- security headers

    @ParameterizedTest
    @EnumSource
    void browsersAreToldToBeCareful(Door door) throws IOException {
        start(
                door,
                "security-headers.enabled",
                "true",
                "security-headers.frame-options",
                "off",
                "security-headers.content-security-policy",
                "default-src 'self'; frame-ancestors 'none'");
        try (var peer = ask("GET / HTTP/1.1\nHost: h")) {
            peer.expectField("X-Content-Type-Options", "nosniff")
                    .expectField("Referrer-Policy", "strict-origin-when-cross-origin")
                    .expectField("Cross-Origin-Opener-Policy", "same-origin")
                    .expectField("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
                    .expectNoField("X-Frame-Options")
                    .expectNoField("Strict-Transport-Security");
        }
    }

    // --- CORS

    @ParameterizedTest
    @EnumSource
    void pagesOfAllowedOriginsMayReadAndOthersGetNoPermission(Door door) throws IOException {
        start(
                door,
                "cors.allowed-origins",
                "https://app.example, https://*.apps.example:8443",
                "cors.allow-credentials",
                "true",
                "cors.exposed-headers",
                "X-Total");
        for (String origin : List.of("https://app.example", "https://a.b.apps.example:8443")) {
            try (var peer = ask("GET / HTTP/1.1\nHost: h\nOrigin: " + origin)) {
                peer.expectField("Access-Control-Allow-Origin", origin)
                        .expectField("Access-Control-Allow-Credentials", "true")
                        .expectField("Access-Control-Expose-Headers", "X-Total")
                        .expectField("Vary", "Origin");
            }
        }
        for (String origin : List.of(
                "null",
                "https://app.example.evil",
                "http://app.example",
                "https://app.example:444",
                "https://APP.example",
                "https://evil.example/.apps.example:8443",
                "https://apps.example:8443",
                "https://.apps.example:8443",
                "https://app.example\nOrigin: https://app.example")) {
            try (var peer = ask("GET / HTTP/1.1\nHost: h\nOrigin: " + origin)) {
                assertThat(peer.status()).isEqualTo(200);
                peer.expectNoField("Access-Control-Allow-Origin")
                        .expectNoField("Access-Control-Allow-Credentials")
                        .expectField("Vary", "Origin");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPreflightIsAnsweredForTheApplication(Door door) throws IOException {
        start(
                door,
                "cors.allowed-origins",
                "https://app.example",
                "cors.allowed-methods",
                "GET, PUT",
                "cors.allowed-headers",
                "X-Token",
                "cors.max-age",
                "5m");
        String preflight = "OPTIONS / HTTP/1.1\nHost: h\nOrigin: %s\nAccess-Control-Request-Method: %s\n"
                + "Access-Control-Request-Headers: %s";
        try (var peer = ask(preflight.formatted("https://app.example", "PUT", "x-token,content-type"))) {
            assertThat(peer.status()).isEqualTo(204);
            peer.expectField("Access-Control-Allow-Origin", "https://app.example")
                    .expectField("Access-Control-Allow-Methods", "GET, PUT")
                    .expectField("Access-Control-Allow-Headers", "x-token, content-type")
                    .expectField("Access-Control-Max-Age", "300")
                    .expectNoField("Access-Control-Allow-Credentials")
                    .expectBody("");
        }
        for (String refused : List.of(
                preflight.formatted("https://evil.example", "PUT", "x-token"),
                preflight.formatted("https://app.example", "DELETE", "x-token"),
                preflight.formatted("https://app.example", "put", "x-token"),
                preflight.formatted("https://app.example", "PUT", "x-other"),
                preflight.formatted("https://app.example", "PUT", "x-token,,x-token"))) {
            try (var peer = ask(refused)) {
                assertThat(peer.status()).as(refused).isEqualTo(403);
                peer.expectNoField("Access-Control-Allow-Origin").expectNoField("Access-Control-Allow-Methods");
            }
        }
    }

    @Test
    void aPageOfAnotherOriginOpensNoWebSocket() throws IOException {
        start(Door.KEYS, "cors.allowed-origins", "https://app.example");
        try (var peer =
                ask("GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\nOrigin: https://evil.example")) {
            assertThat(peer.status()).isEqualTo(403);
        }
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\nOrigin: http://h")) {
            assertThat(peer.status()).isEqualTo(200);
        }
    }

    @Test
    void everybodyIsAllowedWithoutCredentialsOnly() throws IOException {
        start(Door.KEYS, "cors.allowed-origins", "*", "cors.allowed-methods", "*", "cors.allowed-headers", "*");
        try (var peer = ask("OPTIONS / HTTP/1.1\nHost: h\nOrigin: null\nAccess-Control-Request-Method: BREW\n"
                + "Access-Control-Request-Headers: authorization")) {
            peer.expectField("Access-Control-Allow-Origin", "*")
                    .expectField("Access-Control-Allow-Methods", "BREW")
                    .expectField("Access-Control-Allow-Headers", "authorization");
        }
        assertThatThrownBy(() -> start(Door.KEYS, "cors.allowed-origins", "*", "cors.allow-credentials", "true"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("cors.allow-credentials", "cors.allowed-origins");
    }

    @Test
    void theOriginThatEveryPageCanHaveIsAllowedByNameAndNeverWithCredentials() throws IOException {
        assertThatThrownBy(() -> start(
                        Door.KEYS,
                        "cors.allowed-origins",
                        "https://app.example, null",
                        "cors.allow-credentials",
                        "true"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("cors.allow-credentials", "null", "cors.allowed-origins");
        start(Door.KEYS, "cors.allowed-origins", "https://app.example, null");
        try (var peer = ask("GET / HTTP/1.1\nHost: h\nOrigin: null")) {
            peer.expectField("Access-Control-Allow-Origin", "null")
                    .expectNoField("Access-Control-Allow-Credentials")
                    .expectField("Vary", "Origin");
        }
    }

    // --- rate limit

    @ParameterizedTest
    @EnumSource
    void whoAsksTooOftenIsToldWhenToComeAgain(Door door) throws IOException {
        start(door, "rate-limit.requests", "3", "rate-limit.period", "1h", "rate-limit.announce", "true");
        for (int i = 2; i >= 0; i--) {
            try (var peer = ask("GET / HTTP/1.1\nHost: h")) {
                peer.expectField("RateLimit-Policy", "\"default\";q=3;w=3600");
                assertThat(peer.field("RateLimit")).startsWith("\"default\";r=" + i + ";t=");
            }
        }
        try (var peer = ask("GET / HTTP/1.1\nHost: h")) {
            assertThat(peer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(peer.field("Retry-After"))).isBetween(1100, 1200);
            assertThat(peer.text()).contains("rate-limit.requests");
        }
    }

    @Test
    void behindATrustedProxyEachClientHasALimitAndAnIpv6ClientOneForItsNetwork() throws IOException {
        start(Door.KEYS, "rate-limit.requests", "1", "rate-limit.period", "1h", "forwarded.trusted", "127.0.0.1");
        String get = "GET / HTTP/1.1\nHost: h\nX-Forwarded-For: ";
        assertThat(status(get + "192.0.2.7")).isEqualTo(200);
        assertThat(status(get + "192.0.2.8")).isEqualTo(200);
        assertThat(status(get + "192.0.2.7")).isEqualTo(429);
        assertThat(status(get + "2001:db8::1")).isEqualTo(200);
        assertThat(status(get + "2001:db8::2:0:0:1")).isEqualTo(429);
        assertThat(status(get + "2001:db8:0:1::1")).isEqualTo(200);
    }

    @Test
    void aFieldMayTellClientsApartAndLeavingItOutBuysNothing() throws IOException {
        start(Door.KEYS, "rate-limit.requests", "1", "rate-limit.period", "1h", "rate-limit.key", "header:X-Key");
        String get = "GET / HTTP/1.1\nHost: h";
        assertThat(status(get + "\nX-Key: a")).isEqualTo(200);
        assertThat(status(get + "\nX-Key: b")).isEqualTo(200);
        assertThat(status(get + "\nX-Key: a")).isEqualTo(429);
        assertThat(status(get)).isEqualTo(200);
        assertThat(status(get)).isEqualTo(429);
    }

    @Test
    void whoIsExemptIsNotCounted() throws IOException {
        start(Door.KEYS, "rate-limit.requests", "1", "rate-limit.period", "1h", "rate-limit.exempt", "127.0.0.0/8");
        for (int i = 0; i < 5; i++)
            assertThat(status("GET / HTTP/1.1\nHost: h")).isEqualTo(200);
    }

    private int status(String head) throws IOException {
        try (var peer = ask(head)) {
            return peer.status();
        }
    }

    // --- settings

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forwarded.trusted=here",
                "forwarded.header=forwarded",
                "request-id.header=X",
                "hosts.allowed=a/b",
                "hosts.allowed=a,,b",
                "https-redirect.port=443",
                "cors.allowed-origins=https://a/",
                "cors.allowed-origins=https://a*.example",
                "cors.max-age=1m",
                "rate-limit.requests=0",
                "rate-limit.burst=5",
                "access-log.file=/nowhere/at/all/access.log",
                "access-log.format=common"
            })
    void aSettingThatCannotBeReadOrHasNoUseStopsTheStartWithItsKey(String setting) {
        String key = setting.substring(0, setting.indexOf('='));
        assertThatThrownBy(() -> start(Door.KEYS, key, setting.substring(key.length() + 1)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(key);
    }

    @Test
    void aFilterSaysWhichSettingsItHas() {
        assertThatThrownBy(() -> new HostFilter().with("alowed", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("hosts.alowed", "allowed");
        assertThatThrownBy(() -> start(Door.BUILDER, "hosts.allowed", "a:80")).hasStackTraceContaining("hosts.allowed");
    }
}
