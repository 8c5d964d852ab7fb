package org.dormouse.server;

import java.util.Map;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.security.LoginSettings;

/** The keys {@code login.*}. */
final class LoginKeys {
    static final Map<String, Kind> KINDS = Map.of(
            "login.max-saved-request", Kind.BYTES,
            "login.max-saved-bytes", Kind.BYTES,
            "login.timeout", Kind.DURATION);

    private LoginKeys() {}

    static LoginSettings read(Configuration configuration) {
        var otherwise = LoginSettings.DEFAULT;
        return new LoginSettings(
                Keys.count(configuration, "login.max-saved-request", otherwise.maxSavedRequest()),
                Keys.number(configuration, "login.max-saved-bytes", otherwise.maxSavedBytes()),
                Keys.duration(configuration, "login.timeout", otherwise.timeout()));
    }
}
