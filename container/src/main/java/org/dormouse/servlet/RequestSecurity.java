package org.dormouse.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.dormouse.http.CertificateRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.Peer;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.dormouse.servlet.security.Authenticator;
import org.dormouse.servlet.security.LoginRequest;
import org.dormouse.servlet.session.MemorySession;
import org.jspecify.annotations.Nullable;

/**
 * Who sent one request, as far as it has been asked (Servlet 6.1 §13.3): whoever logged in with its session, or whose credentials it
 * brings. Made when first needed. The request's thread.
 */
final class RequestSecurity {
    /** What {@code getAuthType} answers after {@code login}. */
    private static final String LOGIN = "LOGIN";

    private final DormouseRequest request;
    /** The application that the client asked. */
    private final DormouseContext origin;

    private @Nullable Caller caller;
    private @Nullable String authType;
    /** What the caller is to be kept as: logged in for longer than this request, and no session has them yet. */
    private @Nullable String toBeKeptAs;
    /** The credentials came with this request, and will come with the next. */
    private boolean byCredentials;

    RequestSecurity(DormouseRequest request) {
        this.request = request;
        this.origin = request.origin();
    }

    /** Does not look at credentials: those count where they are asked for. */
    @Nullable
    Caller caller() {
        if (caller == null && origin.sessions().keepsCallers()) {
            MemorySession session = request.ownSession().get(false);
            if (session != null && session.caller() instanceof Caller kept) {
                caller = kept;
                authType = session.keptAs();
            }
        }
        return caller;
    }

    /** That of {@link #caller}. */
    @Nullable
    String authType() {
        return authType;
    }

    /**
     * The caller, by the credentials of the request if nobody is logged in yet; null if they are missing or wrong.
     *
     * @throws TooManyLogins if they cannot be checked now; {@link #answerBusy} is the answer
     */
    @Nullable
    Caller identify() {
        Caller known = caller();
        Authenticator method = origin.authenticator();
        if (known != null || method == null) return known;
        known = method.authenticate(new Brought(request));
        if (known != null) {
            byCredentials = true;
            become(known, method.type(), null);
        }
        return known;
    }

    /**
     * Asks the client for its certificate, if callers are known by that, and its handshake has not asked. Waits, as for a body; the body is read
     * before, since nothing else may be under way meanwhile.
     *
     * @throws IOException if the client has none that is trusted: its connection ends
     */
    void askForCertificate() throws IOException {
        Authenticator method = origin.authenticator();
        if (method == null || !method.needsCertificate() || caller() != null) return;
        Exchange exchange = request.exchange();
        if (!exchange.mayAskForCertificate()
                || !request.putBodyAside(origin.deployment().security().login().maxSavedRequest())) return;
        CertificateRequest asked = exchange.askForCertificate();
        while (asked != null) {
            var pause = new Pause();
            if (asked.advance(pause)) return;
            pause.awaitWhole(exchange);
        }
    }

    /** {@link #identify}, answering where that finds nobody. */
    boolean authenticate(HttpServletResponse response) throws IOException, ServletException {
        try {
            if (!response.isCommitted()) askForCertificate();
            if (identify() != null) return true;
        } catch (TooManyLogins e) {
            answerBusy(response, e);
            return false;
        }
        if (response.isCommitted()) throw new IllegalStateException("response is committed");
        challenge(response);
        return false;
    }

    /** Shows where to log in, or answers 401, or 403 where there is no way to log in with another request. */
    void challenge(HttpServletResponse response) throws IOException, ServletException {
        LoginGate login = origin.loginGate();
        if (login != null) {
            login.begin(request, response);
            return;
        }
        Authenticator method = origin.authenticator();
        List<String> challenges = method == null ? List.of() : method.challenges(new Brought(request));
        if (challenges.isEmpty()) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        response.setHeader("WWW-Authenticate", challenges.getFirst());
        for (String more : challenges.subList(1, challenges.size())) response.addHeader("WWW-Authenticate", more);
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
    }

    void answerBusy(HttpServletResponse response, TooManyLogins reason) throws IOException {
        response.setHeader("Retry-After", Long.toString(reason.retrySeconds()));
        response.sendError(reason.status());
    }

    /** A request as an authenticator sees it. */
    private record Brought(DormouseRequest request) implements LoginRequest {
        @Override
        public String method() {
            return request.head().method();
        }

        @Override
        public String target() {
            String query = request.head().query();
            return query == null ? request.head().rawPath() : request.head().rawPath() + "?" + query;
        }

        @Override
        public Fields fields() {
            return request.head().fields();
        }

        @Override
        public Peer peer() {
            return request.exchange().peer();
        }

        @Override
        public String client() {
            return request.getRemoteAddr();
        }
    }

    void login(@Nullable String name, @Nullable String password) throws ServletException {
        if (name == null || password == null) throw new ServletException("login failed: no name, or no password");
        Caller before = caller();
        if (before != null) throw new ServletException("already logged in as " + before.name());
        Caller known;
        try {
            known = origin.deployment().security().logins().login(name, password, request.getRemoteAddr());
        } catch (TooManyLogins e) {
            throw new ServletException("login could not be checked", e);
        }
        if (known == null) throw new ServletException("login failed");
        become(known, LOGIN, LOGIN);
    }

    /** From now on, and in later requests of the session, which is made if there is none, {@code known} is the caller. */
    void enter(Caller known, String type) {
        become(known, type, type);
        request.ownSession().get(true);
    }

    /**
     * From now on {@code known} sends this request. A session there is gets a new id, unless it was the caller's before: whoever knew the
     * old one, and may have planted it, is left with nothing (session fixation). That of somebody else ends: nobody sees what another left there.
     */
    private void become(Caller known, String type, @Nullable String keptAs) {
        caller = known;
        authType = type;
        toBeKeptAs = keptAs;
        MemorySession session = request.ownSession().get(false);
        if (session == null) return;
        if (session.belongsToAnother(known)) {
            session.endNow();
            return;
        }
        request.ownSession().handOver(known, keptAs);
        if (session.isLive()) toBeKeptAs = null; // else another request has ended it just now
    }

    /**
     * {@code session} has been made by this request. Credentials come with each request and need not be kept. A login by the application
     * is kept with one session: not with the next, which an application may make right after it has ended that to log somebody out.
     */
    void created(MemorySession session) {
        Caller known = caller;
        if (known == null) return;
        if (toBeKeptAs != null || byCredentials) session.belongTo(known, toBeKeptAs);
        toBeKeptAs = null;
    }

    void logout() {
        caller = null;
        authType = null;
        toBeKeptAs = null;
        byCredentials = false;
        MemorySession session = request.ownSession().get(false);
        if (session != null) session.belongToNobody();
    }

    boolean isInRole(String role, RunningServlet servlet) {
        Caller known = caller();
        return known != null
                && known.isInRole(
                        role,
                        servlet.roleLinks(),
                        request.servletContext().deployment().roles());
    }
}
