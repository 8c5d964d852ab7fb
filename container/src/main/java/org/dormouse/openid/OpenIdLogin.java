package org.dormouse.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.security.LoginFlow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callers log in by a provider of OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636). The provider is
 * asked about itself with the first login. Safe for all threads.
 */
final class OpenIdLogin implements LoginFlow {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdLogin.class);
    private static final int MAX_CODE_CHARACTERS = 4096;

    private final OpenIdSettings settings;
    /** From which nonce and verifier of an attempt are made, so that nobody has to keep them. */
    private final SecretKeySpec key;

    private final KnownProvider provider;

    /** By {@link OpenIdSettings#login}, which knows whether the library is there. */
    OpenIdLogin(OpenIdSettings settings) {
        this.settings = settings;
        this.provider = new KnownProvider(
                () -> OpenIdProvider.ask(settings), settings.timeout().multipliedBy(2)); // to connect, and to answer
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    @Override
    public String type() {
        return "OPENID";
    }

    @Override
    public boolean isAnswer(String path) {
        return path.equals(settings.callbackPath());
    }

    @Override
    public boolean isLogout(String path) {
        return path.equals(settings.logoutPath());
    }

    @Override
    public boolean needsAttempt() {
        return true;
    }

    @Override
    public @Nullable String attempt(HttpServletRequest answer) {
        return single(answer, "state");
    }

    /** Null if it is missing, or there twice. */
    private static @Nullable String single(HttpServletRequest request, String name) {
        String[] values = request.getParameterValues(name);
        return values == null || values.length != 1 ? null : values[0];
    }

    @Override
    public void begin(HttpServletRequest request, HttpServletResponse response, String attempt) throws IOException {
        OpenIdProvider known = provider(response);
        if (known == null) return;
        URI goal = new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        new Scope(settings.scopes().toArray(String[]::new)),
                        new ClientID(settings.clientId()),
                        base(request, settings.callbackPath()))
                .endpointURI(known.metadata().getAuthorizationEndpointURI())
                .state(new State(attempt))
                .nonce(nonce(attempt))
                .codeChallenge(verifier(attempt), CodeChallengeMethod.S256)
                .build()
                .toURI();
        response.sendRedirect(goal.toString());
    }

    /** Null if it cannot be asked: that has been answered then. */
    private @Nullable OpenIdProvider provider(HttpServletResponse response) throws IOException {
        try {
            return provider.get();
        } catch (IOException e) {
            unavailable(response, e);
            return null;
        }
    }

    private void unavailable(HttpServletResponse response, Exception reason) throws IOException {
        LOG.warn("the provider of {} cannot be asked, a login is answered 503: {}", settings, reason.toString());
        response.setHeader("Retry-After", "5");
        response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }

    /** A path of this application as clients reach it. */
    private static URI base(HttpServletRequest request, String path) {
        StringBuffer url = request.getRequestURL();
        int root = url.length() - request.getRequestURI().length();
        return URI.create(url.substring(0, root) + request.getContextPath() + path);
    }

    private Nonce nonce(String attempt) {
        return new Nonce(derived("nonce", attempt));
    }

    private CodeVerifier verifier(String attempt) {
        return new CodeVerifier(derived("verifier", attempt));
    }

    private String derived(String what, String attempt) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] bytes = mac.doFinal((what + ' ' + attempt).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is not in this JDK", e);
        }
    }

    @Override
    public @Nullable Caller finish(HttpServletRequest answer, HttpServletResponse response, @Nullable String attempt)
            throws IOException {
        if (attempt == null) throw new IllegalArgumentException("an answer without attempt");
        OpenIdProvider known = provider(response);
        if (known == null) return null;
        String code = single(answer, "code");
        String issuer = answer.getParameter("iss");
        if (issuer != null && !issuer.equals(settings.issuer().toString()))
            return refused(response, "the answer is of another provider"); // RFC 9207
        if (code == null || code.length() > MAX_CODE_CHARACTERS || answer.getParameter("error") != null)
            return refused(response, "the provider says no: " + printable(answer.getParameter("error")));
        TokenResponse tokens;
        try {
            tokens = OIDCTokenResponseParser.parse(
                    request(known, code, attempt, answer).send());
        } catch (ParseException e) {
            return refused(response, "the answer with the tokens cannot be read: " + e.getMessage());
        } catch (IOException e) {
            unavailable(response, e);
            return null;
        }
        if (!(tokens instanceof OIDCTokenResponse granted)) {
            ErrorObject error = tokens.toErrorResponse().getErrorObject();
            return refused(response, "there is no token: " + printable(error == null ? null : error.getCode()));
        }
        return caller(response, known, granted.getOIDCTokens().getIDToken(), attempt);
    }

    private HTTPRequest request(OpenIdProvider known, String code, String attempt, HttpServletRequest answer) {
        var id = new ClientID(settings.clientId());
        var grant = new AuthorizationCodeGrant(
                new AuthorizationCode(code), base(answer, settings.callbackPath()), verifier(attempt));
        URI endpoint = known.metadata().getTokenEndpointURI();
        String secret = settings.clientSecret();
        TokenRequest.Builder request = secret == null
                ? new TokenRequest.Builder(endpoint, id, grant)
                : new TokenRequest.Builder(endpoint, new ClientSecretBasic(id, new Secret(secret)), grant);
        HTTPRequest http = request.build().toHTTPRequest();
        http.setConnectTimeout((int) settings.timeout().toMillis());
        http.setReadTimeout((int) settings.timeout().toMillis());
        http.setFollowRedirects(false);
        return http;
    }

    private @Nullable Caller caller(HttpServletResponse response, OpenIdProvider known, JWT token, String attempt)
            throws IOException {
        IDTokenClaimsSet claims;
        try {
            claims = known.validator().validate(token, nonce(attempt));
        } catch (BadJOSEException e) {
            return refused(response, "the token does not hold: " + e.getMessage());
        } catch (JOSEException e) {
            unavailable(response, e); // its keys cannot be had
            return null;
        }
        Map<String, Object> all = claims.toJSONObject();
        Object named = all.get(settings.nameClaim());
        String name = named instanceof String text && !text.isBlank()
                ? text
                : claims.getSubject().getValue();
        if (name.chars().anyMatch(Character::isISOControl)) return refused(response, "the name has control characters");
        return new Caller(name, roles(all));
    }

    private Set<String> roles(Map<?, ?> claims) {
        Object value = claims;
        for (String part : settings.rolesClaim().split("\\.", -1))
            value = value instanceof Map<?, ?> inner ? inner.get(part) : null;
        var roles = new TreeSet<String>();
        if (value instanceof List<?> list) list.forEach(each -> add(roles, each));
        else if (value instanceof String words) for (String word : words.split(" +", -1)) add(roles, word);
        return roles;
    }

    private static void add(Set<String> roles, @Nullable Object role) {
        if (role instanceof String name && !name.isEmpty() && !name.equals("*") && !name.equals("**")) roles.add(name);
    }

    private @Nullable Caller refused(HttpServletResponse response, String reason) throws IOException {
        LOG.warn("a login by {} is refused: {}", settings, reason);
        response.sendError(HttpServletResponse.SC_FORBIDDEN, "the login has failed");
        return null;
    }

    private static String printable(@Nullable String text) {
        if (text == null) return "nothing";
        String start = text.length() > 100 ? text.substring(0, 100) : text;
        return start.replaceAll("[^ -~]", "?");
    }

    /** At the provider too, if it can (OpenID Connect RP-Initiated Logout 1.0), which then sends the client back to the root. */
    @Override
    public String afterLogout(HttpServletRequest request) {
        URI root = base(request, "/");
        OpenIdProvider known = provider.known();
        URI endpoint = known == null ? null : known.metadata().getEndSessionEndpointURI();
        if (endpoint == null) return root.getRawPath();
        return new LogoutRequest(endpoint, null, null, new ClientID(settings.clientId()), root, null, null)
                .toURI()
                .toString();
    }
}
