package org.dormouse.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A small provider of OpenID Connect over real HTTP, at which everybody is anna. It checks what clients send, and can be told to err. */
final class TestProvider implements AutoCloseable {
    static final String CLIENT = "shop";
    static final String SECRET = "a secret of more than thirty-two bytes";

    private final HttpServer http;
    private final RSAKey key;
    private final RSAKey another;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();

    final AtomicInteger tokenRequests = new AtomicInteger();
    volatile UnaryOperator<JWTClaimsSet.Builder> claims = builder -> builder;
    volatile String signature = "RS256";
    volatile String refusal = "";

    TestProvider() throws IOException, JOSEException {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
        another = new RSAKeyGenerator(2048).keyID("one").generate();
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/.well-known/openid-configuration", this::configuration);
        http.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        http.createContext("/authorize", this::authorize);
        http.createContext("/token", this::token);
        http.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private void configuration(HttpExchange exchange) throws IOException {
        String issuer = issuer();
        answer(exchange, 200, """
                {"issuer":"%s","authorization_endpoint":"%s/authorize","token_endpoint":"%s/token","jwks_uri":"%s/keys",
                "end_session_endpoint":"%s/logout","response_types_supported":["code"],"subject_types_supported":["public"],
                "id_token_signing_alg_values_supported":["RS256"]}""".formatted(issuer, issuer, issuer, issuer, issuer));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = parameters(exchange.getRequestURI().getRawQuery());
        boolean isFine = CLIENT.equals(asked.get("client_id"))
                && "code".equals(asked.get("response_type"))
                && "S256".equals(asked.get("code_challenge_method"))
                && List.of(asked.getOrDefault("scope", "").split(" ")).contains("openid")
                && asked.containsKey("nonce")
                && asked.containsKey("state");
        if (!isFine) {
            answer(exchange, 400, "{}");
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        String result = refusal.isEmpty() ? "code=" + code : "error=" + refusal;
        String back = asked.get("redirect_uri") + "?" + result + "&state="
                + URLEncoder.encode(asked.get("state"), StandardCharsets.UTF_8) + "&iss="
                + URLEncoder.encode(issuer(), StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Location", back);
        answer(exchange, 302, "");
    }

    private void token(HttpExchange exchange) throws IOException {
        tokenRequests.incrementAndGet();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> asked = parameters(body);
        Map<String, String> begun = codes.remove(asked.getOrDefault("code", ""));
        String basic = "Basic "
                + Base64.getEncoder()
                        .encodeToString((CLIENT + ":" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8));
        boolean isFine = begun != null
                && basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                && begun.get("redirect_uri").equals(asked.get("redirect_uri"))
                && begun.get("code_challenge").equals(challenge(asked.getOrDefault("code_verifier", "")));
        if (!isFine) {
            answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        try {
            answer(
                    exchange,
                    200,
                    "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":60,\"id_token\":\""
                            + idToken(begun.get("nonce")) + "\"}");
        } catch (JOSEException e) {
            throw new IOException(e);
        }
    }

    private String idToken(String nonce) throws JOSEException {
        Instant now = Instant.now();
        var builder = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject("4711")
                .audience(CLIENT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .claim("nonce", nonce)
                .claim("preferred_username", "anna")
                .claim("roles", List.of("admin", "*"))
                .claim("realm_access", Map.of("roles", List.of("user")));
        JWTClaimsSet set = claims.apply(builder).build();
        if (signature.equals("none")) return new PlainJWT(set).serialize();
        boolean isShared = signature.equals("HS256");
        JWSSigner signer =
                isShared ? new MACSigner(SECRET) : new RSASSASigner(signature.equals("another key") ? another : key);
        var header = new JWSHeader.Builder(isShared ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256).keyID("one");
        var token = new SignedJWT(header.build(), set);
        token.sign(signer);
        return token.serialize();
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, String> parameters(String encoded) {
        var found = new HashMap<String, String>();
        for (String each : encoded.split("&")) {
            int equals = each.indexOf('=');
            found.put(
                    URLDecoder.decode(each.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return found;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
