package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.DormouseRequest;
import org.jspecify.annotations.Nullable;

/**
 * Lets in requests for the hosts that are listed: {@code example.com}, {@code *.example.com} for all beneath it but not itself, {@code
 * [2001:db8::1]}. Ports do not count, nor does a dot at the end. Others are answered 421 (RFC 9110 §15.5.20), and 400 where the request
 * names no host, or one that is none.
 */
public final class HostFilter extends ConfiguredFilter {
    private Set<String> exact = Set.of();
    private List<String> suffixes = List.of();

    public HostFilter() {
        super("hosts", Map.of("allowed", FilterSettings.Kind.TEXT));
    }

    @Override
    public String main() {
        return "allowed";
    }

    @Override
    void configure(FilterSettings settings) {
        settings.required("allowed");
        var hosts = new HashSet<String>();
        var endings = new ArrayList<String>();
        for (String entry : settings.list("allowed", "")) {
            boolean isWild = entry.startsWith("*.");
            HostText host = HostText.parse(isWild ? entry.substring(2) : entry);
            if (host == null || host.port() >= 0 || (isWild && host.host().startsWith("[")))
                throw settings.wrong("allowed", "hosts without ports, as in example.com, *.example.com");
            if (isWild) endings.add("." + withoutDot(host.host()));
            else hosts.add(withoutDot(host.host()));
        }
        exact = Set.copyOf(hosts);
        suffixes = List.copyOf(endings);
    }

    private static String withoutDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // A request of HTTP/1.0 need not name one; what getServerName then makes up is not the client's word.
        HostText host = hostOf(request);
        if (host == null) refuse(request, response, 400, "the request names no host");
        else if (!isAllowed(withoutDot(host.host()))) turnAway(request, response, host.host());
        else chain.doFilter(request, response);
    }

    private static void turnAway(HttpServletRequest request, HttpServletResponse response, String host)
            throws IOException {
        String line = "this server does not answer for that host (hosts.allowed)";
        refuse(request, response, HttpServletResponse.SC_MISDIRECTED_REQUEST, line, line + ": " + host);
    }

    private boolean isAllowed(String host) {
        if (exact.contains(host)) return true;
        for (int i = 0; i < suffixes.size(); i++) {
            String suffix = suffixes.get(i);
            if (host.length() > suffix.length() && host.endsWith(suffix)) return true;
        }
        return false;
    }

    private static @Nullable HostText hostOf(HttpServletRequest request) {
        return HostText.parse(DormouseRequest.of(request).authority());
    }
}
