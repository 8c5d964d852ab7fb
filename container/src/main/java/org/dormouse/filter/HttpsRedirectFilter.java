package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.dormouse.http.RequestHead;
import org.dormouse.servlet.DormouseRequest;
import org.jspecify.annotations.Nullable;

/**
 * Sends clients that came without TLS to the same target with it, by 308, which keeps method and body (RFC 9110 §15.4.9). The host is the one
 * that is set, else that of the request, if it is one ({@link HostFilter} in front says which are ours); the port the one that is set, else
 * where the server's clients reach HTTPS ({@code server.https-port}, {@code tls.public-port}), else 443. The path is sent back as it came.
 */
public final class HttpsRedirectFilter extends ConfiguredFilter {
    private static final int USUAL_PORT = 443;

    private @Nullable HostText host;
    /** 0: the server's. */
    private int port;

    public HttpsRedirectFilter() {
        super("https-redirect", Map.of("host", FilterSettings.Kind.TEXT, "port", FilterSettings.Kind.COUNT));
    }

    @Override
    void configure(FilterSettings settings) {
        String fixed = settings.text("host");
        host = HostText.parse(fixed);
        if (fixed != null && (host == null || host.port() >= 0)) throw settings.wrong("host", "a host without a port");
        port = settings.text("port") == null ? 0 : (int) settings.count("port", USUAL_PORT, 1, 65535);
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.isSecure()) {
            chain.doFilter(request, response);
            return;
        }
        DormouseRequest own = DormouseRequest.of(request);
        HostText target = host == null ? HostText.parse(own.authority()) : host;
        if (target == null) {
            refuse(request, response, 400, "the request names no host, and without TLS there is no answer");
            return;
        }
        RequestHead head = own.exchange().request();
        String query = head.query();
        int to = port(own);
        response.setHeader(
                "Location",
                "https://" + target.host() + (to == USUAL_PORT ? "" : ":" + to) + head.rawPath()
                        + (query == null ? "" : "?" + query));
        answer(response, HttpServletResponse.SC_PERMANENT_REDIRECT, "this is answered over https only");
    }

    /** Asked for each request: where the server picks its port, it is known only when it listens. */
    private int port(DormouseRequest request) {
        if (port > 0) return port;
        int known = request.servletContext().securePort();
        return known > 0 ? known : USUAL_PORT;
    }
}
