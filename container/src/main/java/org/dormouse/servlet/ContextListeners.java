package org.dormouse.servlet;

import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dormouse.servlet.session.SessionListeners;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of one application, by what they listen to (Servlet 6.1 §11.2). Filled at start, read by any thread. What one throws of an
 * attribute reaches whoever changed that, and the listeners behind it are not told (§11.6).
 */
final class ContextListeners {
    private static final Logger LOG = LoggerFactory.getLogger(ContextListeners.class);

    private final List<EventListener> all = new ArrayList<>();
    private final List<ServletContextListener> contexts = new ArrayList<>();
    private final List<ServletContextAttributeListener> contextAttributes = new CopyOnWriteArrayList<>();
    private final List<ServletRequestListener> requests = new ArrayList<>();
    private final List<ServletRequestAttributeListener> requestAttributes = new ArrayList<>();
    private final List<HttpSessionListener> sessions = new ArrayList<>();
    private final List<HttpSessionAttributeListener> sessionAttributes = new ArrayList<>();
    private final List<HttpSessionIdListener> sessionIds = new ArrayList<>();

    /** Whether a container has a use for listeners of this type. */
    static boolean isListener(Class<?> type) {
        return ServletContextListener.class.isAssignableFrom(type)
                || ServletContextAttributeListener.class.isAssignableFrom(type)
                || ServletRequestListener.class.isAssignableFrom(type)
                || ServletRequestAttributeListener.class.isAssignableFrom(type)
                || HttpSessionListener.class.isAssignableFrom(type)
                || HttpSessionAttributeListener.class.isAssignableFrom(type)
                || HttpSessionIdListener.class.isAssignableFrom(type);
    }

    /** Whether declaring it is no mistake: these two are told by the session because they are values in it. */
    static boolean isValueListener(Class<?> type) {
        return HttpSessionBindingListener.class.isAssignableFrom(type)
                || HttpSessionActivationListener.class.isAssignableFrom(type);
    }

    void add(EventListener listener) {
        all.add(listener);
        if (listener instanceof ServletContextListener l) contexts.add(l);
        if (listener instanceof ServletContextAttributeListener l) contextAttributes.add(l);
        if (listener instanceof ServletRequestListener l) requests.add(l);
        if (listener instanceof ServletRequestAttributeListener l) requestAttributes.add(l);
        if (listener instanceof HttpSessionListener l) sessions.add(l);
        if (listener instanceof HttpSessionAttributeListener l) sessionAttributes.add(l);
        if (listener instanceof HttpSessionIdListener l) sessionIds.add(l);
    }

    /** In the order declared. */
    List<EventListener> all() {
        return List.copyOf(all);
    }

    List<ServletContextListener> contexts() {
        return List.copyOf(contexts);
    }

    ServletRequestListener[] requests() {
        return requests.toArray(new ServletRequestListener[0]);
    }

    boolean hasRequestAttributeListeners() {
        return !requestAttributes.isEmpty();
    }

    SessionListeners sessions() {
        return new SessionListeners(sessions, sessionAttributes, sessionIds);
    }

    void contextAttributeChanged(DormouseContext context, String name, @Nullable Object before, @Nullable Object now) {
        if (contextAttributes.isEmpty()) return;
        var event = new ServletContextAttributeEvent(context, name, before != null ? before : now);
        for (ServletContextAttributeListener listener : contextAttributes) {
            if (before == null) listener.attributeAdded(event);
            else if (now == null) listener.attributeRemoved(event);
            else listener.attributeReplaced(event);
        }
    }

    void requestAttributeChanged(DormouseRequest request, String name, @Nullable Object before, @Nullable Object now) {
        var event = new ServletRequestAttributeEvent(
                request.getServletContext(), request, name, before != null ? before : now);
        for (ServletRequestAttributeListener listener : requestAttributes) {
            if (before == null) listener.attributeAdded(event);
            else if (now == null) listener.attributeRemoved(event);
            else listener.attributeReplaced(event);
        }
    }

    static void failed(Object listener, Throwable failure) {
        if (!Causes.isOfApplication(failure))
            LOG.debug("listener {}: {}", listener.getClass().getName(), failure.toString());
        else LOG.error("listener {} failed", listener.getClass().getName(), failure);
    }
}
