package org.dormouse.standalone.demo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests that pass through it. Any thread. */
final class RequestCounter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final LongAdder requests = new LongAdder();

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        requests.increment();
        chain.doFilter(request, response);
    }

    long requests() {
        return requests.sum();
    }
}
