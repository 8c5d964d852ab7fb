package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * What runs for one kind of request: the filters and the servlet behind them. Composed once, shared by all requests.
 *
 * @param first the first filter's link, or the servlet itself
 * @param asyncSupported whether every filter and the servlet support it
 */
record Chain(FilterChain first, RunningServlet servlet, boolean asyncSupported) {

    /** This chain as run from within {@code outer}: what that does not support is not supported here either (Servlet 6.1 §2.3.3.3). */
    Chain within(Chain outer) {
        return outer.asyncSupported || !asyncSupported ? this : new Chain(first, servlet, false);
    }

    /** A filter with what comes after it. */
    static final class FilterLink implements FilterChain {
        private final Filter filter;
        private final FilterChain next;

        FilterLink(Filter filter, FilterChain next) {
            this.filter = filter;
            this.next = next;
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
            filter.doFilter(request, response, next);
        }
    }
}
