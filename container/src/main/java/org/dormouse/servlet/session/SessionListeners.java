package org.dormouse.servlet.session;

import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told about sessions (Servlet 6.1 §11.3), in the order declared; ends are told the other way round. What a listener throws reaches
 * the caller, and the listeners behind it are not told (§11.6).
 */
public record SessionListeners(
        List<HttpSessionListener> lives,
        List<HttpSessionAttributeListener> attributes,
        List<HttpSessionIdListener> ids) {
    public static final SessionListeners NONE = new SessionListeners(List.of(), List.of(), List.of());

    public SessionListeners {
        lives = List.copyOf(lives);
        attributes = List.copyOf(attributes);
        ids = List.copyOf(ids);
    }

    void created(MemorySession session) {
        if (lives.isEmpty()) return;
        var event = new HttpSessionEvent(session);
        for (HttpSessionListener listener : lives) listener.sessionCreated(event);
    }

    void destroyed(MemorySession session) {
        if (lives.isEmpty()) return;
        var event = new HttpSessionEvent(session);
        for (HttpSessionListener listener : lives.reversed()) listener.sessionDestroyed(event);
    }

    void idChanged(MemorySession session, String oldId) {
        if (ids.isEmpty()) return;
        var event = new HttpSessionEvent(session);
        for (HttpSessionIdListener listener : ids) listener.sessionIdChanged(event, oldId);
    }

    void bound(MemorySession session, String name, Object value) {
        if (value instanceof HttpSessionBindingListener listener) {
            listener.valueBound(new HttpSessionBindingEvent(session, name, value));
        }
    }

    /** Tells the value that left, if it left, and the attribute listeners what happened: added, replaced or removed. */
    @SuppressWarnings("ReferenceEquality") // it left if another object, even an equal one, took its place
    void changed(MemorySession session, String name, @Nullable Object before, @Nullable Object now) {
        if (before != null && before != now && before instanceof HttpSessionBindingListener listener) {
            listener.valueUnbound(new HttpSessionBindingEvent(session, name, before));
        }
        if (attributes.isEmpty()) return;
        var event = new HttpSessionBindingEvent(session, name, before != null ? before : now);
        for (HttpSessionAttributeListener listener : attributes) {
            if (before == null) listener.attributeAdded(event);
            else if (now == null) listener.attributeRemoved(event);
            else listener.attributeReplaced(event);
        }
    }
}
