package org.dormouse.openid;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.dormouse.servlet.security.LoginFlow;
import org.jspecify.annotations.Nullable;

/**
 * How callers log in by a provider of OpenID Connect.
 *
 * @param issuer of the provider, by HTTPS unless it is on this machine (key {@code openid.issuer})
 * @param clientId as whom this application is known there (key {@code openid.client-id})
 * @param clientSecret what proves that; null for a public client (keys {@code openid.client-secret}, {@code openid.client-secret-file})
 * @param scopes what is asked for, {@code openid} among them (key {@code openid.scopes})
 * @param nameClaim the claim that is a caller's name; {@code sub} where it is missing (key {@code openid.name-claim})
 * @param rolesClaim the claim with the caller's roles, a list or words with spaces between them; a dot leads into an object, as in {@code
 *     realm_access.roles} (key {@code openid.roles-claim})
 * @param callbackPath below the context path, where the provider sends clients back to (key {@code openid.callback-path})
 * @param logoutPath below the context path, where callers log out here and there (key {@code openid.logout-path})
 * @param timeout to connect to the provider, and for each answer (key {@code openid.timeout})
 */
public record OpenIdSettings(
        URI issuer,
        String clientId,
        @Nullable String clientSecret,
        List<String> scopes,
        String nameClaim,
        String rolesClaim,
        String callbackPath,
        String logoutPath,
        Duration timeout) {
    public static final String NAME_CLAIM = "preferred_username";
    public static final String ROLES_CLAIM = "roles";
    public static final String CALLBACK_PATH = "/openid/callback";
    public static final String LOGOUT_PATH = "/openid/logout";
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    public OpenIdSettings {
        String host = issuer.getHost();
        boolean isHere = host != null && (host.equals("localhost") || host.equals("[::1]") || host.startsWith("127."));
        if (!"https".equals(issuer.getScheme()) && !("http".equals(issuer.getScheme()) && isHere))
            throw new IllegalArgumentException("openid.issuer " + issuer + " must begin with https://");
        if (clientId.isEmpty()) throw new IllegalArgumentException("openid.client-id is empty");
        scopes = List.copyOf(scopes);
        if (!scopes.contains("openid"))
            throw new IllegalArgumentException("openid.scopes " + scopes + " must have openid among them");
        for (String path : List.of(callbackPath, logoutPath)) {
            if (!path.startsWith("/") || path.length() < 2)
                throw new IllegalArgumentException(
                        "openid.callback-path and openid.logout-path must begin with / and be more: \"" + path + "\"");
        }
        if (callbackPath.equals(logoutPath))
            throw new IllegalArgumentException("openid.callback-path and openid.logout-path are both " + logoutPath);
        if (timeout.compareTo(Duration.ofMillis(100)) < 0 || timeout.compareTo(Duration.ofMinutes(1)) > 0)
            throw new IllegalArgumentException("openid.timeout " + timeout.toMillis() + "ms, must be 100ms to 1m");
    }

    /** With the defaults for all else. */
    public static OpenIdSettings of(String issuer, String clientId, @Nullable String clientSecret) {
        return new OpenIdSettings(
                URI.create(issuer),
                clientId,
                clientSecret,
                List.of("openid", "profile"),
                NAME_CLAIM,
                ROLES_CLAIM,
                CALLBACK_PATH,
                LOGOUT_PATH,
                TIMEOUT);
    }

    /**
     * What callers log in by.
     *
     * @throws IllegalStateException if the library is not there
     */
    public LoginFlow login() {
        try {
            Class.forName("com.nimbusds.openid.connect.sdk.AuthenticationRequest");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "login by OpenID Connect needs com.nimbusds:oauth2-oidc-sdk on the class path", e);
        }
        return new OpenIdLogin(this);
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return clientId + " at " + issuer;
    }
}
