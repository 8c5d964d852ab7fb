package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.dormouse.http.Version;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.dormouse.servlet.security.LoginFlow;
import org.dormouse.servlet.security.LoginSettings;
import org.dormouse.servlet.security.SecurityConstraints;
import org.dormouse.servlet.session.MemorySession;
import org.dormouse.servlet.session.SessionNote;
import org.dormouse.servlet.session.TooManySessions;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the constraints of an application whose callers log in by a {@link LoginFlow}: keeps the request that needs a caller, takes
 * the answer, gives the caller a session with a new id, and makes the request again. Before the constraints, since they look at the method
 * of the request that is made again. Any thread.
 */
final class LoginGate implements Filter {
    private static final int ID_BYTES = 18;

    private final LoginFlow flow;
    private final SecurityConstraints constraints;
    private final LoginMemory memory;
    private final SecureRandom random = new SecureRandom();

    LoginGate(LoginFlow flow, LoginSettings settings, SecurityConstraints constraints) {
        this.flow = flow;
        this.memory = new LoginMemory(settings);
        this.constraints = constraints;
    }

    LoginFlow flow() {
        return flow;
    }

    LoginMemory memory() {
        return memory;
    }

    /** Whether a request to {@code path} goes no further than here. */
    boolean answers(String path) {
        return flow.isAnswer(path) || flow.isLogout(path);
    }

    @Override
    public void doFilter(ServletRequest any, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DormouseRequest request = DormouseRequest.of(any);
        String path = request.pathInContext();
        if (flow.isAnswer(path)) {
            finish(request, (HttpServletRequest) any, (HttpServletResponse) response);
            return;
        }
        if (flow.isLogout(path)) {
            logOut(request, (HttpServletRequest) any, (HttpServletResponse) response);
            return;
        }
        if (memory.isInUse()) restore(request);
        chain.doFilter(any, response);
    }

    // --- a request that needs a caller

    /** Keeps {@code request}, and shows its client where to log in. */
    void begin(DormouseRequest request, HttpServletResponse response) throws IOException, ServletException {
        String attempt = newAttempt();
        boolean isKept = isToBeKept(request) && keep(request, attempt);
        if (!isKept && flow.needsAttempt()) {
            request.security().answerBusy(response, new TooManyLogins("there is no room for another login"));
            return;
        }
        doNotStore(response);
        flow.begin(request, response, attempt);
    }

    /** What a page loads, or a script asks for, must not take the place of the page that the user wants to go back to. */
    private boolean isToBeKept(DormouseRequest request) {
        if (flow.needsAttempt()) return true;
        String mode = request.getHeader("Sec-Fetch-Mode");
        boolean isPage = mode == null || mode.equals("navigate");
        return isPage && request.getHeader("Upgrade") == null && !flow.isOwnPage(request.pathInContext());
    }

    private boolean keep(DormouseRequest request, String attempt) throws IOException {
        SavedRequest saved =
                SavedRequest.of(request, request.takeBody(memory.settings().maxSavedRequest()));
        if (saved.size() > memory.settings().maxSavedRequest()) saved = SavedRequest.of(request, null);
        if (saved.size() > memory.settings().maxSavedRequest()) return false;
        long now = request.origin().nowMillis();
        MemorySession session = request.ownSession().get(false);
        if (session == null) return keepInNewSession(request, attempt, saved, now);
        renewId(request, session);
        var own = new PendingLogin(memory);
        while (true) { // whoever is faster than this leaves something to be added to
            SessionNote known = session.note();
            if (known instanceof PendingLogin pending && pending.begin(attempt, saved, now)) {
                own.dropped();
                return true;
            }
            if (!own.knows(attempt) && !own.begin(attempt, saved, now)) return false;
            if (session.replaceNote(known, own)) return true;
        }
    }

    /** Where there is no room, there is no session either: they would be as many as clients without a cookie ask. */
    private boolean keepInNewSession(DormouseRequest request, String attempt, SavedRequest saved, long now) {
        var pending = new PendingLogin(memory);
        if (!pending.begin(attempt, saved, now)) return false;
        try {
            MemorySession made = Objects.requireNonNull(request.ownSession().get(true));
            made.isForLogin((int) memory.settings().timeout().toSeconds());
            made.note(pending);
            return true;
        } catch (TooManySessions e) {
            pending.dropped();
            return false; // the client can still log in, and arrives at the root then
        }
    }

    /** Who knew the id until now cannot slip a request of his own into this login. */
    private static void renewId(DormouseRequest request, MemorySession session) {
        try {
            if (!session.isNew()) request.ownSession().changeId();
        } catch (IllegalStateException e) {
            // Another request has ended it just now: its id is worth nothing as it is.
        }
    }

    private String newAttempt() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    // --- the answer

    private void finish(DormouseRequest request, HttpServletRequest shown, HttpServletResponse response)
            throws IOException, ServletException {
        doNotStore(response);
        boolean confidential =
                constraints.find(request.pathInContext(), request.getMethod()).confidential();
        if (confidential && !request.isSecure()) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "this resource needs an encrypted connection");
            return;
        }
        MemorySession session = request.session().get(false);
        SessionNote note = session == null ? null : session.note();
        PendingLogin pending = note instanceof PendingLogin known ? known : null;
        if (pending != null && pending.isOver(request.servletContext().nowMillis())) pending = null;
        String attempt = attempt(shown, pending);
        if (attempt == null && flow.needsAttempt()) {
            refuse(request, response);
            return;
        }
        Caller caller;
        try {
            caller = flow.finish(shown, response, attempt);
        } catch (TooManyLogins e) {
            request.security().answerBusy(response, e);
            return;
        }
        if (caller == null) return;
        SavedRequest saved = attempt == null || pending == null ? null : pending.end(attempt);
        enter(request, caller);
        String goal = saved == null ? root(request) : keepForReturn(request, caller, saved);
        int status = request.head().version() == Version.HTTP_1_0
                ? HttpServletResponse.SC_FOUND
                : HttpServletResponse.SC_SEE_OTHER;
        response.sendRedirect(response.encodeRedirectURL(goal), status, true);
    }

    private @Nullable String attempt(HttpServletRequest shown, @Nullable PendingLogin pending) {
        if (pending == null) return null;
        String named = flow.attempt(shown);
        if (named == null) return flow.needsAttempt() ? null : pending.last();
        return pending.knows(named) ? named : null;
    }

    /** An answer to nothing that was asked here: a second one for an attempt, as the back button brings, or a forged one. */
    private static void refuse(DormouseRequest request, HttpServletResponse response) throws IOException {
        if (request.security().caller() != null) response.sendRedirect(root(request));
        else
            response.sendError(
                    HttpServletResponse.SC_FORBIDDEN, "this login did not begin here, or took too long: try again");
    }

    /** Gives {@code caller} the session, with a new id, or a new session if this one has data of somebody else. */
    private void enter(DormouseRequest request, Caller caller) {
        MemorySession session = request.session().get(false);
        if (session != null) session.note(null);
        request.security().enter(caller, flow.type());
    }

    /** @return where the client is to go */
    private String keepForReturn(DormouseRequest request, Caller caller, SavedRequest saved) {
        MemorySession session = request.session().get(false);
        int bytes = saved.size() + LoginMemory.OVERHEAD_BYTES;
        if (session != null && memory.take(bytes)) {
            long deadline = request.servletContext().nowMillis()
                    + memory.settings().timeout().toMillis();
            session.note(new RequestToRestore(saved, caller, deadline, memory, bytes));
        }
        return saved.query() == null ? saved.uri() : saved.uri() + "?" + saved.query();
    }

    private static String root(DormouseRequest request) {
        return request.getContextPath() + "/";
    }

    private void logOut(DormouseRequest request, HttpServletRequest shown, HttpServletResponse response)
            throws IOException {
        doNotStore(response);
        if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "another site logs nobody out here");
            return;
        }
        request.security().logout();
        MemorySession session = request.session().get(false);
        if (session != null) session.invalidate();
        response.sendRedirect(flow.afterLogout(shown));
    }

    // --- the first request again

    private void restore(DormouseRequest request) {
        MemorySession session = request.session().get(false);
        if (session == null || !(session.note() instanceof RequestToRestore known)) return;
        if (known.isOver(request.servletContext().nowMillis())) {
            session.takeNote(known);
            return;
        }
        boolean isMeant =
                known.caller().equals(session.caller()) && known.saved().isAskedForBy(request);
        if (isMeant && session.takeNote(known)) request.restore(known.saved());
    }

    private static void doNotStore(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setDateHeader("Expires", 0); // for caches of HTTP/1.0
    }
}
