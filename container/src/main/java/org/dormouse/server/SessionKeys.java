package org.dormouse.server;

import java.nio.file.Path;
import java.util.Map;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.SessionDeclaration;
import org.dormouse.servlet.session.FileSessionStore;
import org.dormouse.servlet.session.SessionStore;
import org.jspecify.annotations.Nullable;

/** The keys {@code session.*}. */
final class SessionKeys {
    static final Map<String, Kind> KINDS = Map.of(
            "session.max-sessions", Kind.COUNT,
            "session.store", Kind.TEXT,
            "session.store-folder", Kind.TEXT,
            "session.max-stored-session-bytes", Kind.BYTES,
            "session.max-stored-bytes", Kind.BYTES);

    private static final String FOLDER = "dormouse-sessions";
    private static final int MAX_SESSION_BYTES = 1 << 20;
    private static final long MAX_BYTES = 1L << 30;

    private SessionKeys() {}

    /** @param own the store that the application has been given; null for that of the configuration */
    static void apply(Configuration configuration, SessionDeclaration sessions, SessionStore.@Nullable Opener own) {
        sessions.maxSessions(Keys.count(configuration, "session.max-sessions", sessions.maxSessions()));
        int most = Keys.count(configuration, "session.max-stored-session-bytes", MAX_SESSION_BYTES);
        if (own != null) sessions.store(own, most);
        else if (isFile(configuration)) sessions.store(file(configuration, sessions.maxSessions(), most), most);
    }

    private static boolean isFile(Configuration configuration) {
        return switch (text(configuration, "session.store", "memory")) {
            case "file" -> true;
            case "memory" -> false;
            case String other ->
                throw new IllegalArgumentException("session.store is " + other + ", expected is memory or file");
        };
    }

    private static SessionStore.Opener file(Configuration configuration, int maxSessions, int maxSessionBytes) {
        Path folder = Path.of(text(configuration, "session.store-folder", FOLDER));
        long maxBytes = Keys.number(configuration, "session.max-stored-bytes", MAX_BYTES);
        var limits = new FileSessionStore.Limits(maxSessions, maxSessionBytes, maxBytes);
        return contextPath -> FileSessionStore.open(folder, contextPath, limits);
    }

    private static String text(Configuration configuration, String key, String otherwise) {
        return configuration.value(key) instanceof String value && !value.isEmpty() ? value : otherwise;
    }
}
