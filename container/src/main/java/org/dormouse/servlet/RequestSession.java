package org.dormouse.servlet;

import java.security.Principal;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLSession;
import org.dormouse.http.Fields;
import org.dormouse.servlet.session.MemorySession;
import org.dormouse.servlet.session.Sessions;
import org.jspecify.annotations.Nullable;

/** The session of one request: the one its client asked for, or a new one. Looked for when first asked for. The request's thread. */
final class RequestSession {
    private final DormouseRequest request;
    private final DormouseContext context;
    /** That of the application which the client asked, if this is another one; its id is this one's too. */
    private final @Nullable RequestSession outer;

    private @Nullable MemorySession session;
    private @Nullable String requestedId;
    private boolean fromCookie;
    private boolean fromUrl;
    private boolean looked;
    private boolean cookieSet;

    RequestSession(DormouseRequest request) {
        this(request, request.servletContext(), null);
    }

    RequestSession(DormouseRequest request, DormouseContext context, @Nullable RequestSession outer) {
        this.request = request;
        this.context = context;
        this.outer = outer;
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
        return outer == null ? createOwn() : createBeside(Objects.requireNonNull(outer.get(true)));
    }

    private MemorySession createOwn() {
        MemorySession created = context.createSession(null);
        session = created;
        RequestSecurity security = request.knownSecurity();
        if (security != null) security.created(created);
        tell(created.getId());
        return created;
    }

    private MemorySession createBeside(MemorySession own) {
        MemorySession created = context.createSession(own.getId());
        session = created;
        own.goesWith(created);
        return created;
    }

    String changeId() {
        look();
        MemorySession known = session;
        if (known == null || !known.isLive()) throw new IllegalStateException("changeSessionId: there is no session");
        if (outer != null) return outer.changeId(); // which it goes by
        return context.sessions().changeId(known, this::tell);
    }

    /** The session, if there is one, is that of {@code principal} from now on: if it was not before, it gets a new id. */
    void handOver(Principal principal, @Nullable String keptAs) {
        MemorySession known = get(false);
        if (known != null) context.sessions().handOver(known, principal, keptAs, this::tell);
    }

    /** The client gets to know the id, in so far as it is not too late. */
    private void tell(String id) {
        if (context.tracking().byTls()) context.tracking().keep(tlsSession(), id);
        if (!request.response().isHeadSent()) setCookie(id);
    }

    private void setCookie(String id) {
        SessionCookie cookie = context.sessionCookie();
        if (!cookie.isEnabled()) return;
        cookieSet = true;
        request.response().setSessionCookie(cookie.prefix(), cookie.value(id, request.isSecure(), context.nowMillis()));
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
        if (outer != null) {
            lookAround(outer);
            return;
        }
        SessionCookie cookie = context.sessionCookie();
        if (cookie.isEnabled()) {
            int most = context.deployment().limits().maxCookies();
            for (String id : Cookies.values(request.head().fields(), cookie.name(), most)) {
                if (requestedId == null) requestedId = id;
                fromCookie = true;
                MemorySession found = find(id);
                if (found == null) continue;
                requestedId = id;
                session = found;
                return;
            }
        }
        SessionTracking tracking = context.tracking();
        if (requestedId != null || !(tracking.byUrl() || tracking.byTls())) return;
        String id = tracking.byUrl() ? tracking.idIn(request.head().rawPath()) : tracking.idIn(tlsSession());
        if (id == null) return;
        requestedId = id;
        fromUrl = tracking.byUrl();
        session = find(id);
    }

    private @Nullable SSLSession tlsSession() {
        return request.exchange().peer().tlsSession();
    }

    private @Nullable MemorySession find(String id) {
        Sessions sessions = context.sessions();
        MemorySession found = sessions.find(id);
        if (found != null || !sessions.isStored()) return found;
        return sessions.fetch(id, request.exchange()::beforeWaiting);
    }

    private void lookAround(RequestSession known) {
        requestedId = known.requestedId();
        fromCookie = known.isFromCookie();
        fromUrl = known.isFromUrl();
        MemorySession own = known.get(false);
        MemorySession found = own == null ? null : find(own.getId());
        session = found;
        if (own != null && found != null) own.goesWith(found);
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
        if (known == null || !known.isLive() || fromCookie) return url;
        return context.tracking().encode(url, known.getId());
    }

    /** The request uses its session no longer. */
    void end() {
        MemorySession known = session;
        session = null;
        if (known != null) known.leave();
        else if (!looked) touch();
    }

    /**
     * The request is one of a session though nobody has asked for that: its client was there (Servlet 6.1 §7.6). Sessions that are in
     * a store stay there, and too many cookies are no matter for a request that has been answered.
     */
    void touch() {
        if (looked) return;
        looked = true;
        SessionCookie cookie = context.sessionCookie();
        Sessions sessions = context.sessions();
        SessionTracking tracking = context.tracking();
        Fields fields = request.head().fields();
        int most = context.deployment().limits().maxCookies();
        if (cookie.isEnabled() && fields.find("Cookie", 0) >= 0) {
            List<String> ids = Cookies.valuesOrNone(fields, cookie.name(), most);
            for (String id : ids) if (sessions.touch(id)) return;
            if (!ids.isEmpty()) return;
        }
        String id = tracking.byUrl()
                ? tracking.idIn(request.head().rawPath())
                : tracking.byTls() ? tracking.idIn(tlsSession()) : null;
        if (id != null) sessions.touch(id);
    }
}
