package org.dormouse.servlet;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.http.HttpDates;
import org.jspecify.annotations.Nullable;

/** Status and fields of a response, until its head has left. One thread at a time. */
abstract class FieldsOfResponse extends ExchangeUse implements HttpServletResponse {
    final DormouseRequest request;
    final Headers headers = new Headers();

    int status = SC_OK;
    /** Content-Length as the application set it, or -1. */
    long announcedLength = -1;

    /** How many includes are going on. */
    int includes;

    boolean upgraded;

    FieldsOfResponse(DormouseRequest request, Exchange exchange) {
        super(exchange);
        this.request = request;
    }

    /** @throws IllegalStateException if the response has ended */
    abstract void checkAlive();

    /** Replaces the session's cookie, if one was set before. */
    void setSessionCookie(String prefix, String value) {
        var others = new ArrayList<String>();
        for (int i = headers.find("Set-Cookie", 0); i >= 0; i = headers.find("Set-Cookie", i + 1)) {
            if (!headers.value(i).startsWith(prefix)) others.add(headers.value(i));
        }
        headers.remove("Set-Cookie");
        for (String other : others) headers.add("Set-Cookie", other);
        headers.add("Set-Cookie", value);
    }

    // --- status and fields

    /**
     * Whether a change of the head is to be ignored: it has left, or counts as if it had (§5.2, §5.4: after sendError, sendRedirect and a
     * forward), or somebody includes us (Servlet 6.1 §9.3).
     */
    final boolean isHeadFixed() {
        checkAlive();
        return includes > 0 || isCommitted();
    }

    @Override
    public void setStatus(int newStatus) {
        if (!isHeadFixed()) status = newStatus;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setHeader(String name, @Nullable String value) {
        if (isHeadFixed() || name == null || name.isEmpty()) return;
        if (takesPart(name, value)) return;
        if (value == null) headers.remove(name);
        else headers.set(name, value);
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        if (isHeadFixed() || name == null || name.isEmpty() || value == null) return;
        if (!takesPart(name, value)) headers.add(name, value);
    }

    /** The two fields that have methods of their own. */
    private boolean takesPart(String name, @Nullable String value) {
        if (name.length() == 12 && name.equalsIgnoreCase("Content-Type")) {
            setContentType(value);
            return true;
        }
        if (name.length() == 14 && name.equalsIgnoreCase("Content-Length")) {
            setContentLengthLong(value == null ? -1 : parseLength(value));
            return true;
        }
        return false;
    }

    private static long parseLength(String value) {
        try {
            long length = Long.parseLong(value.strip());
            if (length >= 0) return length;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("Content-Length \"" + value + "\" is no length");
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setDateHeader(String name, long epochMillis) {
        setHeader(name, HttpDates.format(epochMillis));
    }

    @Override
    public void addDateHeader(String name, long epochMillis) {
        addHeader(name, HttpDates.format(epochMillis));
    }

    @Override
    public boolean containsHeader(String name) {
        return getHeader(name) != null;
    }

    @Override
    public @Nullable String getHeader(String name) {
        if (name.equalsIgnoreCase("Content-Type")) return getContentType();
        if (name.equalsIgnoreCase("Content-Length")) return announcedLength < 0 ? null : Long.toString(announcedLength);
        return headers.first(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        String own = name.equalsIgnoreCase("Content-Type") || name.equalsIgnoreCase("Content-Length")
                ? getHeader(name)
                : null;
        if (own != null) return List.of(own);
        var values = new ArrayList<String>();
        for (int i = headers.find(name, 0); i >= 0; i = headers.find(name, i + 1)) values.add(headers.value(i));
        return values;
    }

    @Override
    public Collection<String> getHeaderNames() {
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < headers.size(); i++) {
            names.putIfAbsent(headers.name(i).toLowerCase(Locale.ROOT), headers.name(i));
        }
        if (getContentType() != null) names.putIfAbsent("content-type", "Content-Type");
        if (announcedLength >= 0) names.putIfAbsent("content-length", "Content-Length");
        return List.copyOf(names.values());
    }

    @Override
    public void addCookie(Cookie cookie) {
        if (!isHeadFixed())
            headers.add(
                    "Set-Cookie", SetCookie.of(cookie, request.servletContext().nowMillis()));
    }
}
