package org.dormouse.servlet;

import static jakarta.servlet.RequestDispatcher.FORWARD_CONTEXT_PATH;
import static jakarta.servlet.RequestDispatcher.FORWARD_MAPPING;
import static jakarta.servlet.RequestDispatcher.FORWARD_PATH_INFO;
import static jakarta.servlet.RequestDispatcher.FORWARD_QUERY_STRING;
import static jakarta.servlet.RequestDispatcher.FORWARD_REQUEST_URI;
import static jakarta.servlet.RequestDispatcher.FORWARD_SERVLET_PATH;
import static jakarta.servlet.RequestDispatcher.INCLUDE_CONTEXT_PATH;
import static jakarta.servlet.RequestDispatcher.INCLUDE_MAPPING;
import static jakarta.servlet.RequestDispatcher.INCLUDE_PATH_INFO;
import static jakarta.servlet.RequestDispatcher.INCLUDE_QUERY_STRING;
import static jakarta.servlet.RequestDispatcher.INCLUDE_REQUEST_URI;
import static jakarta.servlet.RequestDispatcher.INCLUDE_SERVLET_PATH;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Forward and include (Servlet 6.1 §9.3 and §9.4): the container's request moves to a target and back, wrappers stay around it. */
final class Dispatches {
    private static final String[] FORWARD = {
        FORWARD_REQUEST_URI,
        FORWARD_CONTEXT_PATH,
        FORWARD_SERVLET_PATH,
        FORWARD_PATH_INFO,
        FORWARD_QUERY_STRING,
        FORWARD_MAPPING
    };
    private static final String[] INCLUDE = {
        INCLUDE_REQUEST_URI,
        INCLUDE_CONTEXT_PATH,
        INCLUDE_SERVLET_PATH,
        INCLUDE_PATH_INFO,
        INCLUDE_QUERY_STRING,
        INCLUDE_MAPPING
    };
    private static final String[] ASYNC = {
        AsyncContext.ASYNC_REQUEST_URI,
        AsyncContext.ASYNC_CONTEXT_PATH,
        AsyncContext.ASYNC_SERVLET_PATH,
        AsyncContext.ASYNC_PATH_INFO,
        AsyncContext.ASYNC_QUERY_STRING,
        AsyncContext.ASYNC_MAPPING
    };

    private Dispatches() {}

    /** @param byPath whether the attributes are set, as they are for a path but not for a name */
    static void forward(
            DormouseRequest own, Target next, boolean byPath, ServletRequest request, ServletResponse response)
            throws ServletException, IOException {
        own.checkAlive();
        if (response.isCommitted())
            throw new IllegalStateException("forward to " + next.path() + ": response is committed");
        response.resetBuffer();
        Target before = own.target();
        // Of a chain of forwards the first one counts: the attributes show what the client asked for.
        boolean sets = byPath && own.getAttribute(FORWARD_MAPPING) == null;
        if (sets) set(own, FORWARD, before);
        own.target(next.within(before));
        try {
            next.chain().first().doFilter(request, response);
        } finally {
            own.target(before);
            if (sets) clear(own, FORWARD);
        }
        if (own.isAsyncStarted()) return;
        if (response instanceof DormouseResponse plain) plain.closeAfterForward();
        else closeWrapped(response);
    }

    /** What wraps our response may hold back what was written: it has to be told. */
    private static void closeWrapped(ServletResponse response) throws IOException {
        DormouseResponse own = DormouseResponse.of(response);
        if (own.errorStatus() != 0) return;
        try {
            response.getWriter().close();
        } catch (IllegalStateException e) {
            response.getOutputStream().close(); // it took the stream, not the writer
        }
    }

    static void include(
            DormouseRequest own, Target next, boolean byPath, ServletRequest request, ServletResponse response)
            throws ServletException, IOException {
        own.checkAlive();
        DormouseResponse ownResponse = own.response();
        @Nullable Object[] before = byPath ? save(own, INCLUDE) : null;
        Target now = own.target();
        if (byPath) set(own, INCLUDE, next);
        // The path elements stay those of the includer (§9.3.1): only what runs and the parameters change.
        own.target(new Target(
                DispatcherType.INCLUDE,
                now.requestUri(),
                now.contextPath(),
                now.path(),
                now.query(),
                next.addedQuery(),
                now.match(),
                next.chain().within(now.chain())));
        ownResponse.beginInclude();
        try {
            next.chain().first().doFilter(request, response);
        } finally {
            ownResponse.endInclude();
            own.target(now);
            if (before != null) restore(own, INCLUDE, before);
        }
    }

    /**
     * Where {@code passed} says it is, as {@code AsyncContext.dispatch()} without a path leads back to (Javadoc of {@code dispatch()}): a
     * wrapper may say that it is elsewhere in the application.
     */
    static Target shownBy(ServletRequest passed, DormouseRequest own) {
        if (!(passed instanceof HttpServletRequest http)) return own.containerTarget();
        Target now = own.target();
        String uri = http.getRequestURI();
        if (passed == own || uri == null || uri.equals(now.requestUri())) return now;
        String contextPath = own.getContextPath();
        if (!uri.startsWith(contextPath)) return now;
        PathDispatcher elsewhere = PathDispatcher.to(own.servletContext(), uri.substring(contextPath.length()));
        return elsewhere == null ? now : elsewhere.target(own, DispatcherType.ASYNC);
    }

    /** The attributes of an async dispatch; the first one of a request counts. */
    static void setAsync(DormouseRequest own, Target from) {
        if (own.getAttribute(AsyncContext.ASYNC_MAPPING) == null) set(own, ASYNC, from);
    }

    private static void set(DormouseRequest request, String[] names, Target shown) {
        request.put(names[0], shown.requestUri());
        request.put(names[1], shown.contextPath());
        request.put(names[2], shown.match().servletPath());
        request.put(names[3], shown.match().pathInfo());
        request.put(names[4], shown.query());
        request.put(names[5], shown.match());
    }

    private static void clear(DormouseRequest request, String[] names) {
        for (String name : names) request.put(name, null);
    }

    private static @Nullable Object[] save(DormouseRequest request, String[] names) {
        var saved = new Object[names.length];
        for (int i = 0; i < names.length; i++) saved[i] = request.getAttribute(names[i]);
        return saved;
    }

    private static void restore(DormouseRequest request, String[] names, @Nullable Object[] saved) {
        for (int i = 0; i < names.length; i++) request.put(names[i], saved[i]);
    }
}
