package org.dormouse.servlet;

import jakarta.servlet.ServletException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses the page that answers an error (Servlet 6.1 §10.9.2). Pure and immutable. */
final class ErrorPages {
    static final ErrorPages NONE = new ErrorPages(List.of());

    private final Map<Integer, String> byStatus = new HashMap<>();
    private final Map<String, String> byException = new HashMap<>();
    private final @Nullable String otherwise;

    ErrorPages(List<ErrorPage> pages) {
        String fallback = null;
        for (ErrorPage page : pages) {
            String type = page.exceptionType();
            if (type != null) byException.put(type, page.location());
            else if (page.status() != 0) byStatus.put(page.status(), page.location());
            else fallback = page.location();
        }
        otherwise = fallback;
    }

    @Nullable
    String find(int status) {
        return byStatus.getOrDefault(status, otherwise);
    }

    /**
     * The page for the closest superclass of {@code failure}; failing that, the same for what a {@link ServletException} wraps; failing
     * that, the one for 500.
     */
    @Nullable
    String find(Throwable failure) {
        String page = byType(failure);
        if (page == null && failure instanceof ServletException wrapper && wrapper.getRootCause() != null) {
            page = byType(wrapper.getRootCause());
        }
        return page != null ? page : find(500);
    }

    /** What a page is shown as the exception: what a {@link ServletException} wraps if that is what chose the page. */
    Throwable shown(Throwable failure) {
        if (failure instanceof ServletException wrapper && byType(failure) == null) {
            Throwable cause = wrapper.getRootCause();
            if (cause != null && byType(cause) != null) return cause;
        }
        return failure;
    }

    private @Nullable String byType(Throwable failure) {
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
            String page = byException.get(type.getName());
            if (page != null) return page;
        }
        return null;
    }
}
