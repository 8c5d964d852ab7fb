package org.dormouse.servlet;

import java.nio.charset.StandardCharsets;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that one request shows: those of the client's query and body and, before them, those of the query that it was forwarded
 * with (Servlet 6.1 §9.1.1). Read once, when first asked for.
 */
final class RequestParameters {
    private final DormouseRequest request;
    private @Nullable Parameters ofClient;
    private @Nullable Parameters shown;
    private final @Nullable String clientQuery;
    private @Nullable IllegalStateException failure;

    RequestParameters(DormouseRequest request) {
        this.request = request;
        this.clientQuery = request.head().query();
    }

    /**
     * All of them.
     *
     * @throws IllegalStateException if they are malformed, too many or cannot be read; its cause tells
     */
    Parameters all() {
        Parameters known = shown;
        if (known != null) return known;
        // The body is read once: asked again, half of it must not look like all of it.
        if (failure != null) throw new IllegalStateException(failure.getMessage(), failure.getCause());
        try {
            shown = known = read();
            return known;
        } catch (IllegalStateException e) {
            failure = e;
            throw e;
        }
    }

    /** The request has moved: what it shows may have changed. */
    void forget() {
        shown = null;
    }

    /** Shows those of the query again, where the form could not be read. */
    void forgetFailure() {
        failure = null;
    }

    private Parameters read() {
        try {
            Parameters own = ofClient;
            if (own == null) {
                own = new Parameters(limits().maxParameters());
                if (clientQuery != null) own.parse(clientQuery, StandardCharsets.UTF_8);
                request.body().addParameters(own);
                ofClient = own;
            }
            String added = request.target().addedQuery();
            if (added == null) return own;
            var all = new Parameters(limits().maxParameters());
            all.parse(added, StandardCharsets.UTF_8);
            all.addAll(own);
            return all;
        } catch (BadRequest e) {
            throw new IllegalStateException("parameters: " + e.getMessage(), e);
        } catch (java.io.IOException | jakarta.servlet.ServletException e) {
            throw new IllegalStateException("parameters cannot be read: " + e.getMessage(), e);
        }
    }

    private RequestLimits limits() {
        return request.servletContext().deployment().limits();
    }
}
