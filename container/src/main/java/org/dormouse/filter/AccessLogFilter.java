package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.http.Exchange;
import org.dormouse.servlet.DormouseRequest;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each request that passes it, when its response has ended, asynchronous ones and error pages included. What an application
 * never sees, it cannot log: the keys of the server do that.
 */
public final class AccessLogFilter extends ConfiguredFilter {
    private @Nullable AccessLog log;

    public AccessLogFilter() {
        super(AccessLog.FAMILY, AccessLog.KINDS);
    }

    @Override
    public String main() {
        return "file";
    }

    @Override
    void configure(FilterSettings settings) {
        log = AccessLog.open(settings);
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        AccessLog open = log;
        if (open != null) {
            Exchange exchange = DormouseRequest.of(request).exchange();
            exchange.observer(open.follow(exchange));
        }
        chain.doFilter(request, response);
    }

    @Override
    public void destroy() {
        AccessLog open = log;
        log = null;
        if (open != null) open.close();
    }
}
