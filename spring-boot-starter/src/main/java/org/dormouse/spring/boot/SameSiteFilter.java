package org.dormouse.spring.boot;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;

/** Gives cookies of the application the SameSite attribute that the first supplier with an opinion has for them. */
final class SameSiteFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient List<CookieSameSiteSupplier> suppliers;

    SameSiteFilter(List<CookieSameSiteSupplier> suppliers) {
        this.suppliers = suppliers;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            @Override
            public void addCookie(Cookie cookie) {
                super.addCookie(withSameSite(cookie));
            }
        });
    }

    private Cookie withSameSite(Cookie cookie) {
        SameSite sameSite = suppliers.stream()
                .map(supplier -> supplier.getSameSite(cookie))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (sameSite == null) return cookie;
        Cookie copy = (Cookie) cookie.clone();
        copy.setAttribute("SameSite", sameSite.attributeValue());
        return copy;
    }
}
