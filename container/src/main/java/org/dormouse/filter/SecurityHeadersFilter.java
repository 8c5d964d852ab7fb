package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.http.FieldSyntax;

/**
 * Gives each response the fields that tell browsers to be careful, before the application has its say: what it sets itself wins. A setting of
 * {@code off} leaves one out. Strict-Transport-Security goes out over TLS only, since elsewhere anybody could have put it in (RFC 6797 §7.2).
 */
public final class SecurityHeadersFilter extends ConfiguredFilter {
    /** @param onlySecure whether it means nothing, or worse, without TLS */
    private record Header(String setting, String name, String value, boolean onlySecure) {}

    private static final String OFF = "off";
    private static final List<Header> DEFAULTS = List.of(
            new Header("content-type-options", "X-Content-Type-Options", "nosniff", false),
            new Header("frame-options", "X-Frame-Options", "DENY", false),
            new Header("referrer-policy", "Referrer-Policy", "strict-origin-when-cross-origin", false),
            new Header("opener-policy", "Cross-Origin-Opener-Policy", "same-origin", false),
            new Header("resource-policy", "Cross-Origin-Resource-Policy", OFF, false),
            new Header("embedder-policy", "Cross-Origin-Embedder-Policy", OFF, false),
            new Header("permissions-policy", "Permissions-Policy", OFF, false),
            new Header("content-security-policy", "Content-Security-Policy", OFF, false),
            new Header("hsts", "Strict-Transport-Security", "max-age=31536000", true));

    private List<Header> headers = List.of();

    public SecurityHeadersFilter() {
        super("security-headers", names());
    }

    private static Map<String, FilterSettings.Kind> names() {
        var names = new HashMap<String, FilterSettings.Kind>();
        for (Header header : DEFAULTS) names.put(header.setting, FilterSettings.Kind.TEXT);
        return names;
    }

    @Override
    void configure(FilterSettings settings) {
        var wanted = new ArrayList<Header>();
        for (Header header : DEFAULTS) {
            String value = settings.text(header.setting, header.value);
            if (value.equals(OFF)) continue;
            boolean isValue = !value.isEmpty() && value.chars().allMatch(FieldSyntax::isValueChar);
            if (!isValue) throw settings.wrong(header.setting, "the value of a field, or off");
            wanted.add(new Header(header.setting, header.name, value, header.onlySecure));
        }
        headers = List.copyOf(wanted);
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean isSecure = request.isSecure();
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            if (isSecure || !header.onlySecure) response.setHeader(header.name, header.value);
        }
        chain.doFilter(request, response);
    }
}
