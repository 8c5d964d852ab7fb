package org.dormouse.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dormouse.openid.OpenIdSettings;
import org.dormouse.server.Configuration.Kind;
import org.jspecify.annotations.Nullable;

/** The keys {@code openid.*}. */
final class OpenIdKeys {
    static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("openid.issuer", Kind.TEXT),
            Map.entry("openid.client-id", Kind.TEXT),
            Map.entry("openid.client-secret", Kind.TEXT),
            Map.entry("openid.client-secret-file", Kind.TEXT),
            Map.entry("openid.scopes", Kind.TEXT),
            Map.entry("openid.name-claim", Kind.TEXT),
            Map.entry("openid.roles-claim", Kind.TEXT),
            Map.entry("openid.callback-path", Kind.TEXT),
            Map.entry("openid.logout-path", Kind.TEXT),
            Map.entry("openid.timeout", Kind.DURATION));

    private OpenIdKeys() {}

    /** Null if no provider is named. */
    static @Nullable OpenIdSettings read(Configuration configuration) {
        String issuer = text(configuration, "openid.issuer", "");
        if (issuer.isEmpty()) return null;
        try {
            return new OpenIdSettings(
                    URI.create(issuer),
                    text(configuration, "openid.client-id", ""),
                    secret(configuration),
                    List.of(text(configuration, "openid.scopes", "openid profile")
                            .split(" +", -1)),
                    text(configuration, "openid.name-claim", OpenIdSettings.NAME_CLAIM),
                    text(configuration, "openid.roles-claim", OpenIdSettings.ROLES_CLAIM),
                    text(configuration, "openid.callback-path", OpenIdSettings.CALLBACK_PATH),
                    text(configuration, "openid.logout-path", OpenIdSettings.LOGOUT_PATH),
                    Keys.duration(configuration, "openid.timeout", OpenIdSettings.TIMEOUT));
        } catch (IOException e) {
            throw new IllegalArgumentException("openid.client-secret-file cannot be read: " + e, e);
        }
    }

    private static @Nullable String secret(Configuration configuration) throws IOException {
        String value = text(configuration, "openid.client-secret", "");
        String file = text(configuration, "openid.client-secret-file", "");
        if (file.isEmpty()) return value.isEmpty() ? null : value;
        if (!value.isEmpty())
            throw new IllegalArgumentException("openid.client-secret and openid.client-secret-file are both set");
        return Files.readString(Path.of(file)).strip();
    }

    private static String text(Configuration configuration, String key, String otherwise) {
        return configuration.value(key) instanceof String text ? text : otherwise;
    }
}
