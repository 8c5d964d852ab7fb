package org.dormouse.servlet;

import java.util.Locale;
import java.util.Set;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/**
 * A request that is kept while its client logs in, to be made again then (Servlet 6.1 §13.6.3). Immutable.
 *
 * @param method never HEAD: who comes back asks with GET, and must get a body
 * @param uri its path as it was sent, without the id of a session
 * @param fields without those that belong to the message that brought them
 * @param body whole
 * @param client its address
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it, and nobody writes to the array
record SavedRequest(String method, String uri, @Nullable String query, Fields fields, byte[] body, String client) {
    /**
     * Fields of the message and not of what is asked for: they are taken from the request that comes back. Its cookies are newer; its
     * conditions and codings are what its client can use now; what proxies added is about its connection.
     */
    private static final Set<String> OF_THE_MESSAGE = Set.of(
            "host",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "content-length",
            "transfer-encoding",
            "cookie",
            "authorization",
            "proxy-authorization",
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "if-range",
            "range",
            "accept-encoding",
            "forwarded",
            "via",
            "x-real-ip");

    /** @param body null if somebody has read it already: then only its address is asked for again */
    static SavedRequest of(DormouseRequest request, byte @Nullable [] body) {
        RequestHead head = request.head();
        String method = body == null || head.method().equals("HEAD") ? "GET" : head.method();
        var fields = new Headers();
        Fields all = head.fields();
        for (int i = 0; i < all.size(); i++) {
            String name = all.name(i);
            boolean ofBody = name.regionMatches(true, 0, "Content-", 0, 8);
            if (!isOfTheMessage(name) && !(ofBody && body == null)) fields.add(name, all.value(i));
        }
        return new SavedRequest(
                method,
                request.servletContext().tracking().withoutId(head.rawPath()),
                head.query(),
                fields,
                body == null ? new byte[0] : body,
                request.getRemoteAddr());
    }

    private static boolean isOfTheMessage(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("x-forwarded-") || OF_THE_MESSAGE.contains(lower);
    }

    /** What it needs in memory, roughly, in bytes. */
    int size() {
        int size = body.length + 2 * uri.length() + (query == null ? 0 : 2 * query.length());
        for (int i = 0; i < fields.size(); i++)
            size += fields.name(i).length() + fields.value(i).length();
        return size;
    }

    /** Whether {@code request} is its client coming back: for the same thing, with nothing of its own to say. */
    boolean isAskedForBy(DormouseRequest request) {
        RequestHead head = request.head();
        if (!head.method().equals("GET") || head.contentLength() != 0) return false;
        String asked = request.servletContext().tracking().withoutId(head.rawPath());
        if (!uri.equals(asked) || !java.util.Objects.equals(query, head.query())) return false;
        // Whoever could make somebody log in with a session of his must not have his own request made with their
        // rights.
        return method.equals("GET") || client.equals(request.getRemoteAddr());
    }

    /** {@code now}, the head of the request that came back, with what this one asked for. */
    RequestHead over(RequestHead now) {
        var restored = new Headers();
        for (int i = 0; i < fields.size(); i++) restored.add(fields.name(i), fields.value(i));
        Fields current = now.fields();
        for (int i = 0; i < current.size(); i++)
            if (isOfTheMessage(current.name(i))) restored.add(current.name(i), current.value(i));
        if (body.length > 0) restored.set("Content-Length", Integer.toString(body.length));
        return new ChangedHead(now, method, restored, body.length);
    }

    /** {@code head} as a page of the login sees it: no body, and no conditions, which were meant for something else. */
    static RequestHead forPage(RequestHead head) {
        var fields = new Headers();
        Fields all = head.fields();
        for (int i = 0; i < all.size(); i++) {
            String name = all.name(i);
            boolean isCondition = name.regionMatches(true, 0, "If-", 0, 3) || name.equalsIgnoreCase("Range");
            boolean isOfBody = name.regionMatches(true, 0, "Content-", 0, 8);
            if (!isCondition && !isOfBody) fields.add(name, all.value(i));
        }
        return new ChangedHead(head, head.method().equals("HEAD") ? "HEAD" : "GET", fields, 0);
    }

    private record ChangedHead(RequestHead around, String method, Fields fields, long contentLength)
            implements RequestHead {
        @Override
        public String rawPath() {
            return around.rawPath();
        }

        @Override
        public @Nullable String query() {
            return around.query();
        }

        @Override
        public Version version() {
            return around.version();
        }

        @Override
        public @Nullable String authority() {
            return around.authority();
        }
    }
}
