package org.dormouse.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dormouse.identity.LoginLimits;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.security.LoginSettings;
import org.jspecify.annotations.Nullable;

/** The keys {@code login.*} and {@code users.*}. */
final class LoginKeys {
    static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("login.max-saved-request", Kind.BYTES),
            Map.entry("login.max-saved-bytes", Kind.BYTES),
            Map.entry("login.timeout", Kind.DURATION),
            Map.entry("login.digest", Kind.TEXT),
            Map.entry("login.max-failures", Kind.COUNT),
            Map.entry("login.max-failures-per-user", Kind.COUNT),
            Map.entry("login.max-failures-per-address", Kind.COUNT),
            Map.entry("login.lock-time", Kind.DURATION),
            Map.entry("login.max-tracked", Kind.COUNT),
            Map.entry("login.remember", Kind.DURATION),
            Map.entry("users.source", Kind.TEXT));

    private LoginKeys() {}

    static LoginSettings settings(Configuration configuration) {
        var otherwise = LoginSettings.DEFAULT;
        return new LoginSettings(
                Keys.count(configuration, "login.max-saved-request", otherwise.maxSavedRequest()),
                Keys.number(configuration, "login.max-saved-bytes", otherwise.maxSavedBytes()),
                Keys.duration(configuration, "login.timeout", otherwise.timeout()));
    }

    static LoginLimits limits(Configuration configuration) {
        var otherwise = LoginLimits.DEFAULT;
        return new LoginLimits(
                Keys.count(configuration, "login.max-failures", otherwise.maxFailures()),
                Keys.count(configuration, "login.max-failures-per-user", otherwise.maxFailuresPerUser()),
                Keys.count(configuration, "login.max-failures-per-address", otherwise.maxFailuresPerAddress()),
                Keys.duration(configuration, "login.lock-time", otherwise.lockTime()),
                Keys.count(configuration, "login.max-tracked", otherwise.maxTracked()),
                Keys.duration(configuration, "login.remember", otherwise.remember()));
    }

    /** Names of the JDK for hashes; none where DIGEST is off. */
    static List<String> digestAlgorithms(Configuration configuration) {
        if (!(configuration.value("login.digest") instanceof String text) || text.equals("off")) return List.of();
        var algorithms = new ArrayList<String>();
        for (String word : text.split(",", -1)) {
            String name = word.strip().toUpperCase(Locale.ROOT);
            if (!name.equals("SHA-256") && !name.equals("MD5"))
                throw new IllegalArgumentException(
                        "login.digest is \"" + text + "\", expected is off, sha-256, or sha-256, md5 for old clients");
            algorithms.add(name);
        }
        return algorithms;
    }

    static @Nullable Path usersSource(Configuration configuration) {
        return configuration.value("users.source") instanceof String file && !file.isEmpty() ? Path.of(file) : null;
    }
}
