package org.dormouse.servlet;

import jakarta.servlet.SessionTrackingMode;
import java.security.Principal;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.session.MemorySession;
import org.jspecify.annotations.Nullable;

/** The session of one request: the one its client asked for, or a new one. Looked for when first asked for. The request's thread. */
final class RequestSession {
    private final DormouseRequest request;
    private final DormouseContext context;
    private @Nullable MemorySession session;
    private @Nullable String requestedId;
    private boolean fromCookie;
    private boolean fromUrl;
    private boolean looked;
    private boolean cookieSet;

    RequestSession(DormouseRequest request) {
        this.request = request;
        this.context = request.servletContext();
    }

    @Nullable
    MemorySession get(boolean create) {
        look();
        MemorySession known = session;
        if (known != null && known.isLive()) return known;
        if (known != null) known.leave();
        session = null;
        if (!create) return null;
        if (request.response().isHeadSent()) {
            throw new IllegalStateException("a session cannot be created: the response is committed");
        }
        MemorySession created = context.createSession();
        session = created;
        RequestSecurity security = request.knownSecurity();
        if (security != null) security.created(created);
        setCookie(created.getId());
        return created;
    }

    String changeId() {
        look();
        MemorySession known = session;
        if (known == null || !known.isLive()) throw new IllegalStateException("changeSessionId: there is no session");
        String id = context.sessions().changeId(known);
        if (!request.response().isHeadSent()) setCookie(id);
        return id;
    }

    /** The session, if there is one, is that of {@code principal} from now on: if it was not before, it gets a new id. */
    void handOver(Principal principal, @Nullable String keptAs) {
        MemorySession known = get(false);
        String id = known == null ? null : context.sessions().handOver(known, principal, keptAs);
        if (id != null && !request.response().isHeadSent()) setCookie(id);
    }

    private void setCookie(String id) {
        SessionCookie cookie = context.sessionCookie();
        if (!cookie.isEnabled()) return;
        cookieSet = true;
        request.response().setSessionCookie(cookie.prefix(), cookie.value(id, request.isSecure()));
    }

    /** After a reset of the response. */
    void restoreCookie() {
        MemorySession known = session;
        if (cookieSet && known != null && known.isLive()) setCookie(known.getId());
    }

    /** A client may send several ids, of several paths: the first that is alive counts. */
    private void look() {
        if (looked) return;
        looked = true;
        SessionCookie cookie = context.sessionCookie();
        if (cookie.isEnabled()) {
            int most = context.deployment().limits().maxCookies();
            for (String id : Cookies.values(request.head().fields(), cookie.name(), most)) {
                if (requestedId == null) requestedId = id;
                fromCookie = true;
                MemorySession found = context.sessions().find(id);
                if (found == null) continue;
                requestedId = id;
                session = found;
                return;
            }
        }
        if (!context.tracksByUrl() || requestedId != null) return;
        String id = CanonicalPath.parameter(request.head().rawPath(), "jsessionid");
        if (id == null || id.isEmpty()) return;
        requestedId = id;
        fromUrl = true;
        session = context.sessions().find(id);
    }

    @Nullable
    String requestedId() {
        look();
        return requestedId;
    }

    boolean isRequestedIdValid() {
        look();
        return requestedId != null && context.sessions().isLive(requestedId);
    }

    boolean isFromCookie() {
        look();
        return fromCookie;
    }

    boolean isFromUrl() {
        look();
        return fromUrl;
    }

    /** Adds the session's id to a URL of this application, for a client that may keep no cookies (Servlet 6.1 §7.1.3). */
    String encode(String url) {
        look();
        MemorySession known = session;
        boolean own = url.startsWith("/") ? !url.startsWith("//") : url.indexOf(':') < 0;
        if (known == null || !known.isLive() || fromCookie || !own) return url;
        int end = url.length();
        for (char c : new char[] {'?', '#'}) {
            int at = url.indexOf(c);
            if (at >= 0) end = Math.min(end, at);
        }
        return url.substring(0, end) + ";jsessionid=" + known.getId() + url.substring(end);
    }

    static boolean tracksByUrl(SessionDeclaration declared) {
        return declared.trackingModes().contains(SessionTrackingMode.URL);
    }

    /** The request uses its session no longer. */
    void end() {
        MemorySession known = session;
        session = null;
        if (known != null) known.leave();
    }
}
