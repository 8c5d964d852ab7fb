package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import org.dormouse.servlet.mapping.ServletMatch;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is at a time, and what it shows of it: the client's target first, then that of each forward, error or async dispatch.
 *
 * @param requestUri encoded, with the context path
 * @param contextPath as it stands at the beginning of {@code requestUri}
 * @param path canonical, below the context path
 * @param query what {@code getQueryString} shows
 * @param addedQuery of the dispatches that led here: its parameters come before those of the client
 */
record Target(
        DispatcherType type,
        String requestUri,
        String contextPath,
        String path,
        @Nullable String query,
        @Nullable String addedQuery,
        ServletMatch<ServletPlan> match,
        Chain chain) {

    /** This target as forwarded to from {@code outer}. */
    Target within(Target outer) {
        Chain inner = chain.within(outer.chain);
        if (inner.asyncSupported() == chain.asyncSupported()) return this;
        return new Target(type, requestUri, contextPath, path, query, addedQuery, match, inner);
    }
}
