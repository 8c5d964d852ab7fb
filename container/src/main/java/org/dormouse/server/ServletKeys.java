package org.dormouse.server;

import jakarta.servlet.SessionTrackingMode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.ServletSettings;

/** The keys {@code servlet.*} and {@code session.tracking-modes}: what the specification leaves to the server. */
final class ServletKeys {
    private static final String TRACKING_MODES = "session.tracking-modes";

    static final Map<String, Kind> KINDS = Map.of(
            "servlet.absolute-redirects", Kind.SWITCH, "servlet.cross-context", Kind.SWITCH, TRACKING_MODES, Kind.TEXT);

    private ServletKeys() {}

    static ServletSettings read(Configuration from) {
        return new ServletSettings(
                Boolean.TRUE.equals(from.value("servlet.absolute-redirects")),
                Boolean.TRUE.equals(from.value("servlet.cross-context")));
    }

    /** How sessions are tracked where an application does not say. */
    static Set<SessionTrackingMode> trackingModes(Configuration from) {
        var modes = EnumSet.noneOf(SessionTrackingMode.class);
        Object words = from.value(TRACKING_MODES);
        if (words == null) return EnumSet.of(SessionTrackingMode.COOKIE);
        for (String word : words.toString().split(",", -1)) modes.add(mode(word.strip()));
        return modes;
    }

    private static SessionTrackingMode mode(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "cookie" -> SessionTrackingMode.COOKIE;
            case "url" -> SessionTrackingMode.URL;
            default ->
                throw new IllegalArgumentException(
                        TRACKING_MODES + " has \"" + word + "\", expected is cookie, url, or both with a comma");
        };
    }
}
