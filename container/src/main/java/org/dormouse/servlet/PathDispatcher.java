package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.mapping.ServletMatch;
import org.jspecify.annotations.Nullable;

/** Dispatches to a path of the application (Servlet 6.1 chapter 9). Immutable; can be kept. */
final class PathDispatcher implements RequestDispatcher {
    private final DormouseContext context;
    private final String path;
    private final @Nullable String query;

    private PathDispatcher(DormouseContext context, String path, @Nullable String query) {
        this.context = context;
        this.path = path;
        this.query = query;
    }

    /** @param path below the context path, begins with {@code /}, may have a query; null if no path can look like that */
    static @Nullable PathDispatcher to(DormouseContext context, String path) {
        return to(context, "", path);
    }

    /** @param folder where {@code path} begins, decoded */
    static @Nullable PathDispatcher to(DormouseContext context, String folder, String path) {
        int question = path.indexOf('?');
        String before = CanonicalPath.encode(folder) + (question < 0 ? path : path.substring(0, question));
        try {
            String canonical = CanonicalPath.ofApplication(before);
            return new PathDispatcher(context, canonical, question < 0 ? null : ascii(path.substring(question + 1)));
        } catch (BadRequest e) {
            return null;
        }
    }

    /** Characters beyond ASCII in a query that code wrote are meant as themselves. */
    private static String ascii(String query) {
        if (query.chars().allMatch(c -> c < 0x80)) return query;
        var text = new StringBuilder();
        query.codePoints().forEach(code -> {
            if (code < 0x80) {
                text.append((char) code);
                return;
            }
            for (byte b : Character.toString(code).getBytes(StandardCharsets.UTF_8)) {
                text.append('%').append(String.format("%02X", b & 0xFF));
            }
        });
        return text.toString();
    }

    @Override
    public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        DormouseRequest own = DormouseRequest.of(request);
        Target next = target(own, DispatcherType.FORWARD);
        if (own.servletContext() == context) {
            Dispatches.forward(own, next, true, request, response);
            return;
        }
        try (Visit _ = Visit.to(context, own)) {
            Dispatches.forward(own, next, true, request, response);
        }
    }

    @Override
    public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        DormouseRequest own = DormouseRequest.of(request);
        Target next = target(own, DispatcherType.INCLUDE);
        if (own.servletContext() == context) {
            Dispatches.include(own, next, true, request, response);
            return;
        }
        try (Visit _ = Visit.to(context, own)) {
            Dispatches.include(own, next, true, request, response);
        }
    }

    /** Where {@code request} would be, dispatched here. */
    Target target(DormouseRequest request, DispatcherType type) {
        Composition composition = context.composition();
        String path = composition.welcome(this.path);
        ServletMatch<ServletPlan> match = composition.find(path);
        Target now = request.target();
        String outer = now.addedQuery();
        String added = query == null ? outer : outer == null ? query : query + "&" + outer;
        String contextPath = CanonicalPath.encode(context.getContextPath());
        return new Target(
                type,
                contextPath + CanonicalPath.encode(path),
                contextPath,
                path,
                query != null || type == DispatcherType.INCLUDE ? query : now.query(),
                added,
                match,
                match.target().chain(type, path));
    }

    @Nullable
    String query() {
        return query;
    }
}
