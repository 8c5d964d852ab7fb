package org.dormouse.servlet;

import jakarta.servlet.ServletConnection;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.HttpDates;
import org.dormouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** What a request tells by its head and its connection alone, wherever it is dispatched. The request's thread. */
abstract class HeadOfRequest implements HttpServletRequest {
    /** Attribute that says who really connected, where a trusted proxy announced the client: see {@link org.dormouse.http.Peer#proxy}. */
    private static final String PROXY = "org.dormouse.proxy";

    /** Attribute, {@code address:port}, that says the same where a trusted proxy told in the head of the request: {@link #seenThrough}. */
    private static final String FORWARDED_PEER = "org.dormouse.forwarded.peer";

    final Exchange exchange;
    /** The client's; another one while a page of the login answers, and when a request is made again after it. */
    private RequestHead head;

    private @Nullable Details details;

    /** What few requests are asked for. */
    private static final class Details {
        Cookie @Nullable [] cookies;

        @Nullable
        List<Locale> locales;

        @Nullable
        ForwardedClient forwarded;
    }

    HeadOfRequest(Exchange exchange, RequestHead head) {
        this.exchange = exchange;
        this.head = head;
    }

    /** @throws IllegalStateException if the request has ended */
    abstract void checkAlive();

    /** The limit of key {@code http.max-cookies}. */
    abstract int maxCookies();

    private Details details() {
        Details known = details;
        if (known == null) details = known = new Details();
        return known;
    }

    final RequestHead head() {
        return head;
    }

    /** What fields and method it shows from now on. */
    void head(RequestHead shown) {
        head = shown;
        Details known = details;
        if (known == null) return;
        known.cookies = null;
        known.locales = null;
    }

    @Override
    public String getProtocol() {
        return head.version().toString();
    }

    // --- fields

    @Override
    public @Nullable String getHeader(String name) {
        checkAlive();
        return head.fields().first(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        checkAlive();
        Fields fields = head.fields();
        int first = fields.find(name, 0);
        if (first < 0) return Collections.emptyEnumeration();
        var values = new ArrayList<String>(2);
        for (int i = first; i >= 0; i = fields.find(name, i + 1)) values.add(fields.value(i));
        return Collections.enumeration(values);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        checkAlive();
        Fields fields = head.fields();
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < fields.size(); i++)
            names.putIfAbsent(fields.name(i).toLowerCase(Locale.ROOT), fields.name(i));
        return Collections.enumeration(names.values());
    }

    @Override
    public long getDateHeader(String name) {
        String value = getHeader(name);
        return value == null ? -1 : HttpDates.parse(value);
    }

    @Override
    public int getIntHeader(String name) {
        String value = getHeader(name);
        return value == null ? -1 : Integer.parseInt(value);
    }

    @Override
    public Cookie @Nullable [] getCookies() {
        checkAlive();
        Cookie[] known = details().cookies;
        if (known == null)
            details().cookies =
                    known = Cookies.parse(head.fields(), maxCookies()).toArray(new Cookie[0]);
        return known.length == 0 ? null : known.clone();
    }

    @Override
    public Locale getLocale() {
        List<Locale> wanted = locales();
        return wanted.isEmpty() ? Locale.getDefault() : wanted.getFirst();
    }

    @Override
    public Enumeration<Locale> getLocales() {
        List<Locale> wanted = locales();
        return Collections.enumeration(wanted.isEmpty() ? List.of(Locale.getDefault()) : wanted);
    }

    private List<Locale> locales() {
        checkAlive();
        List<Locale> known = details().locales;
        if (known == null) details().locales = known = AcceptLanguage.parse(head.fields());
        return known;
    }

    // --- the connection, and what trusted proxies say

    /** From now on it shows its client as {@code client} has it. */
    public void seenThrough(ForwardedClient client) {
        details().forwarded = client;
    }

    /** What trusted proxies say; null if they said nothing. */
    @Nullable
    ForwardedClient forwarded() {
        Details known = details;
        return known == null ? null : known.forwarded;
    }

    /** Host and port it is for, as the client wrote them; null for HTTP/1.0 without. */
    public @Nullable String authority() {
        ForwardedClient client = forwarded();
        return client == null || client.authority() == null ? head.authority() : client.authority();
    }

    /** Who really connected, where a proxy has spoken for the client, and how its connection is encrypted. */
    @Nullable
    Object peerAttribute(String name) {
        return switch (name) {
            case PROXY -> exchange.peer().proxy();
            case FORWARDED_PEER -> {
                String address = exchange.peer().remoteAddress();
                String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
                yield forwarded() == null ? null : host + ":" + exchange.peer().remotePort();
            }
            default -> EncryptionAttributes.find(name, exchange.peer());
        };
    }

    @Override
    public boolean isSecure() {
        ForwardedClient client = forwarded();
        if (client == null || client.scheme() == null) return exchange.peer().isSecure();
        return client.scheme().equals("https");
    }

    @Override
    public String getScheme() {
        return isSecure() ? "https" : "http";
    }

    @Override
    public String getServerName() {
        String authority = authority();
        return authority == null || authority.isEmpty() ? getLocalAddr() : Authority.host(authority);
    }

    @Override
    public int getServerPort() {
        String authority = authority();
        if (authority == null || authority.isEmpty()) return getLocalPort();
        int port = Authority.port(authority);
        return port >= 0 ? port : isSecure() ? 443 : 80;
    }

    @Override
    public String getRemoteAddr() {
        ForwardedClient client = forwarded();
        if (client == null || client.address() == null) return exchange.peer().remoteAddress();
        return client.address();
    }

    /** The address: names are not looked up. */
    @Override
    public String getRemoteHost() {
        return getRemoteAddr();
    }

    @Override
    public int getRemotePort() {
        ForwardedClient client = forwarded();
        return client == null || client.address() == null ? exchange.peer().remotePort() : client.port();
    }

    @Override
    public String getLocalName() {
        return getLocalAddr();
    }

    @Override
    public String getLocalAddr() {
        return exchange.peer().localAddress();
    }

    @Override
    public int getLocalPort() {
        return exchange.peer().localPort();
    }

    @Override
    public String getRequestId() {
        return Long.toString(exchange.id());
    }

    /** HTTP/1 has no such thing. */
    @Override
    public String getProtocolRequestId() {
        return "";
    }

    @Override
    public ServletConnection getServletConnection() {
        return new PeerConnection(exchange.peer(), head.version());
    }
}
