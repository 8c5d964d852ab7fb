package org.dormouse.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.security.Principal;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Fields;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Upgrade;
import org.jspecify.annotations.Nullable;

/**
 * The request of one exchange. Made for it, never used again: who keeps it longer than the exchange lasts meets an IllegalStateException,
 * never another user's data. What costs anything is made when asked for. One thread at a time.
 */
public final class DormouseRequest extends HeadOfRequest {
    /** Attribute with the id that the request was given, a String, if it was given one. */
    public static final String REQUEST_ID = "org.dormouse.request-id";

    /** Of the application that it was last dispatched to. */
    private DormouseContext context;

    private final Executor executor;
    private final DormouseResponse response;

    /** Where it is now: changes with each forward, error and async dispatch. */
    private Target target;
    /** Where the container sent it last; forwards do not count. */
    private Target containerTarget;

    private String method;
    private @Nullable Map<String, Object> attributes;
    private @Nullable RequestParameters parameters;
    private @Nullable RequestBody body;
    private @Nullable RequestSession session;
    private @Nullable RequestSecurity security;
    private @Nullable AsyncRequest async;
    private @Nullable Crossings crossings;
    private boolean ended;
    private boolean withinListeners;

    DormouseRequest(DormouseContext context, Exchange exchange, RequestHead head, Executor executor, Target target) {
        super(exchange, head);
        this.context = context;
        this.executor = executor;
        this.target = target;
        this.containerTarget = target;
        this.method = head().method();
        this.response = new DormouseResponse(this, exchange);
    }

    /**
     * The request of the container beneath {@code request}, whatever wraps it.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DormouseRequest of(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) inner = wrapper.getRequest();
        if (inner instanceof DormouseRequest own) return own;
        throw new IllegalArgumentException(
                inner.getClass().getName() + " neither is the request of this container nor wraps it");
    }

    static IllegalStateException usedAfterEnd(String what) {
        return new IllegalStateException(
                "this " + what + " has ended: it must not be used after the service method has returned, or, if"
                        + " startAsync() was called, after AsyncContext.complete() (Servlet 6.1 §3.13 and §2.3.3.3)");
    }

    // --- for the container

    /** What carries this request. */
    public Exchange exchange() {
        checkAlive();
        return exchange;
    }

    /**
     * Answers 101 and hands the connection to {@code successor}: the response is over with that.
     *
     * @throws UnsupportedOperationException if what carries this request cannot be upgraded to that
     * @throws IllegalStateException if the response is committed
     */
    public void upgrade(Fields fields, Upgrade successor) {
        checkAlive();
        tellObserver();
        exchange.upgrade(fields, successor);
        response.upgraded();
    }

    /** Whoever follows the exchange learns who sent it. Before it ends. */
    void tellObserver() {
        ExchangeObserver observer = exchange.observer();
        if (observer == null) return;
        Map<String, Object> known = attributes;
        String id = known != null && known.get(REQUEST_ID) instanceof String text ? text : null;
        ForwardedClient client = forwarded();
        observer.identified(
                client == null ? null : client.address(),
                client == null ? null : client.authority(),
                getRemoteUser(),
                id);
    }

    /** Runs tasks where this application runs its requests. */
    public Executor executor() {
        return executor;
    }

    @Override
    void checkAlive() {
        if (ended) throw usedAfterEnd("request");
    }

    @Override
    int maxCookies() {
        return context.deployment().limits().maxCookies();
    }

    DormouseResponse response() {
        return response;
    }

    /** Goes on in another application of the server, or comes back from there. */
    void enter(DormouseContext next) {
        if (next == context) return;
        Crossings known = crossings;
        if (known == null) crossings = known = new Crossings(this);
        session = known.sessionIn(next);
        context = next;
    }

    /** The application that it was last dispatched to. */
    public DormouseContext servletContext() {
        return context;
    }

    /** The application that its client asked: who that is, and by which session, is its business, wherever the request is dispatched to. */
    DormouseContext origin() {
        Crossings known = crossings;
        return known == null ? context : known.origin();
    }

    /** The session in {@link #origin}. */
    RequestSession ownSession() {
        Crossings known = crossings;
        return known == null ? session() : known.sessionIn(known.origin());
    }

    Target target() {
        return target;
    }

    /** Moves the request to {@code next}: what it shows of its path changes, and its parameters if there is a query. */
    void target(Target next) {
        target = next;
        RequestParameters known = parameters;
        if (known != null) known.forget();
    }

    /** The container sends it to {@code next}. */
    void dispatchedTo(Target next) {
        containerTarget = next;
        target(next);
    }

    Target containerTarget() {
        return containerTarget;
    }

    /** Below the context path, canonical. */
    String pathInContext() {
        return target.path();
    }

    boolean isHead() {
        return head().method().equals("HEAD");
    }

    /** Error pages are always asked for with GET (Servlet 6.1 §10.9.1), and do not meet a form that failed before. */
    void becomeGet() {
        method = "GET";
        RequestBody read = body;
        if (read != null) read.loseFailedForm();
        RequestParameters shown = parameters;
        if (shown != null) shown.forgetFailure();
    }

    /** A page of the login is shown in its place: asked for with GET, without body and without conditions, which were for something else. */
    void askForPage() {
        head(SavedRequest.forPage(head()));
        method = "GET";
        body = null;
        parameters = null;
    }

    /**
     * The whole body, which is gone then; null if somebody has read of it already.
     *
     * @throws BadRequest if it is longer than {@code limit}
     */
    byte @Nullable [] takeBody(int limit) throws IOException {
        byte[] whole = body().takeAll(limit);
        if (whole != null) body = null;
        return whole;
    }

    /**
     * Reads the whole body, and gives it to whoever reads it next.
     *
     * @return false if somebody has read of it already
     * @throws BadRequest if it is longer than {@code limit}
     */
    boolean putBodyAside(int limit) throws IOException {
        byte[] whole = takeBody(limit);
        if (whole == null) return false;
        body = new RequestBody(this, exchange, whole);
        return true;
    }

    /** Becomes {@code saved}, which its client has come back for. */
    void restore(SavedRequest saved) {
        head(saved.over(head()));
        method = saved.method();
        body = new RequestBody(this, exchange, saved.body());
        parameters = null;
    }

    RequestSecurity security() {
        RequestSecurity known = security;
        if (known == null) security = known = new RequestSecurity(this);
        return known;
    }

    /** Null as long as nobody has asked who sent this. */
    @Nullable
    RequestSecurity knownSecurity() {
        return security;
    }

    @Nullable
    AsyncRequest async() {
        return async;
    }

    /** Whether request listeners have been told that it entered, and not yet that it leaves. */
    boolean isWithinListeners() {
        return withinListeners;
    }

    void isWithinListeners(boolean entered) {
        withinListeners = entered;
    }

    RequestBody body() {
        RequestBody known = body;
        if (known == null) body = known = new RequestBody(this, exchange, null);
        return known;
    }

    private RequestParameters parameters() {
        checkAlive();
        RequestParameters known = parameters;
        if (known == null) parameters = known = new RequestParameters(this);
        return known;
    }

    RequestSession session() {
        checkAlive();
        RequestSession known = session;
        if (known == null) session = known = new RequestSession(this);
        return known;
    }

    void restoreSessionCookie() {
        if (session != null) ownSession().restoreCookie();
    }

    String encodeUrl(String url) {
        return context.tracking().byUrl() ? session().encode(url) : url;
    }

    /** The last thing that happens to a request, after its response has ended. */
    void end() {
        if (ended) return;
        RequestBody read = body;
        if (read != null) read.end();
        RequestSession used = session;
        if (used != null) used.end();
        else if (!context.sessions().isEmpty()) new RequestSession(this).touch();
        Crossings crossed = crossings;
        if (crossed != null) crossed.end();
        ended = true;
    }

    // --- attributes

    @Override
    public @Nullable Object getAttribute(String name) {
        checkAlive();
        Map<String, Object> known = attributes;
        Object value = known == null ? null : known.get(name);
        return value == null ? peerAttribute(name) : value;
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        checkAlive();
        Map<String, Object> known = attributes;
        var names = new LinkedHashSet<>(EncryptionAttributes.names(exchange.peer()));
        if (known != null) names.addAll(known.keySet());
        return Collections.enumeration(names);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        checkAlive();
        if (value == null) {
            removeAttribute(name);
            return;
        }
        Object before = put(name, value);
        if (context.listeners().hasRequestAttributeListeners()) {
            context.listeners().requestAttributeChanged(this, name, before, value);
        }
    }

    @Override
    public void removeAttribute(String name) {
        checkAlive();
        Map<String, Object> known = attributes;
        Object before = known == null ? null : known.remove(name);
        if (before != null && context.listeners().hasRequestAttributeListeners()) {
            context.listeners().requestAttributeChanged(this, name, before, null);
        }
    }

    /** Sets or, with null, removes an attribute of a dispatch; listeners are not told. */
    @Nullable
    Object put(String name, @Nullable Object value) {
        Map<String, Object> known = attributes;
        if (known == null) attributes = known = new HashMap<>();
        return value == null ? known.remove(name) : known.put(Objects.requireNonNull(name, "name"), value);
    }

    // --- the request line and where it leads

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public String getRequestURI() {
        return target.requestUri();
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(ownAddress()).append(getRequestURI());
    }

    /** Scheme and authority, as in {@code http://localhost:8080}. */
    String ownAddress() {
        var url = new StringBuilder(64).append(getScheme()).append("://").append(getServerName());
        int port = getServerPort();
        if (port != (isSecure() ? 443 : 80)) url.append(':').append(port);
        return url.toString();
    }

    @Override
    public String getContextPath() {
        return target.contextPath();
    }

    @Override
    public String getServletPath() {
        return target.match().servletPath();
    }

    @Override
    public @Nullable String getPathInfo() {
        return target.match().pathInfo();
    }

    @Override
    public @Nullable String getPathTranslated() {
        String info = getPathInfo();
        return info == null ? null : context.getRealPath(info);
    }

    @Override
    public @Nullable String getQueryString() {
        return target.query();
    }

    @Override
    public HttpServletMapping getHttpServletMapping() {
        return target.match();
    }

    @Override
    public DispatcherType getDispatcherType() {
        return target.type();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        checkAlive();
        if (path.startsWith("/")) return context.getRequestDispatcher(path);
        String own = target.path();
        return PathDispatcher.to(context, own.substring(0, own.lastIndexOf('/') + 1), path);
    }

    // --- parameters and body

    @Override
    public @Nullable String getParameter(String name) {
        return parameters().all().first(name);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters().all().values().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = parameters().all().values().get(name);
        return values == null ? null : values.clone();
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(parameters().all().values());
    }

    @Override
    public @Nullable String getCharacterEncoding() {
        return body().encoding();
    }

    @Override
    public void setCharacterEncoding(String encoding) throws UnsupportedEncodingException {
        checkAlive();
        body().encoding(encoding);
    }

    @Override
    public int getContentLength() {
        long length = head().contentLength();
        return length > Integer.MAX_VALUE ? -1 : (int) getContentLengthLong();
    }

    /** A request without body has the length 0 only if it says so. */
    @Override
    public long getContentLengthLong() {
        long length = head().contentLength();
        return length == 0 && !head().fields().has("Content-Length") ? -1 : length;
    }

    @Override
    public @Nullable String getContentType() {
        return getHeader("Content-Type");
    }

    @Override
    public ServletInputStream getInputStream() {
        checkAlive();
        return body().stream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        checkAlive();
        return body().reader();
    }

    @Override
    public Collection<Part> getParts() throws IOException, ServletException {
        checkAlive();
        return body().parts();
    }

    @Override
    public @Nullable Part getPart(String name) throws IOException, ServletException {
        for (Part part : getParts()) if (part.getName().equals(name)) return part;
        return null;
    }

    @Override
    public boolean isTrailerFieldsReady() {
        checkAlive();
        return exchange.isBodyRead();
    }

    /** Names in lower case; several fields of one name are one list (RFC 9110 §5.3). */
    @Override
    public Map<String, String> getTrailerFields() {
        if (!isTrailerFieldsReady()) throw new IllegalStateException("the body has not been read to its end");
        Fields trailers = exchange.trailers();
        var byName = new LinkedHashMap<String, String>();
        for (int i = 0; i < trailers.size(); i++) {
            byName.merge(
                    trailers.name(i).toLowerCase(Locale.ROOT), trailers.value(i), (one, more) -> one + ", " + more);
        }
        return byName;
    }

    // --- session

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return session().get(create);
    }

    @Override
    public HttpSession getSession() {
        return Objects.requireNonNull(session().get(true));
    }

    @Override
    public String changeSessionId() {
        return session().changeId();
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return session().requestedId();
    }

    @Override
    public boolean isRequestedSessionIdValid() {
        return session().isRequestedIdValid();
    }

    @Override
    public boolean isRequestedSessionIdFromCookie() {
        return session().isFromCookie();
    }

    @Override
    public boolean isRequestedSessionIdFromURL() {
        return session().isFromUrl();
    }

    // --- security

    @Override
    public @Nullable String getAuthType() {
        return getUserPrincipal() == null ? null : security().authType();
    }

    @Override
    public @Nullable String getRemoteUser() {
        Principal caller = getUserPrincipal();
        return caller == null ? null : caller.getName();
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        boolean nobody = security == null && !origin().sessions().keepsCallers();
        return nobody ? null : security().caller();
    }

    @Override
    public boolean isUserInRole(String role) {
        return getUserPrincipal() != null
                && security().isInRole(role, target.chain().servlet());
    }

    @Override
    public boolean authenticate(HttpServletResponse answer) throws IOException, ServletException {
        checkAlive();
        return security().authenticate(answer);
    }

    @Override
    public void login(String name, String password) throws ServletException {
        checkAlive();
        security().login(name, password);
    }

    @Override
    public void logout() {
        checkAlive();
        if (getUserPrincipal() != null) security().logout();
    }

    // --- async

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response, containerTarget, true);
    }

    @Override
    public AsyncContext startAsync(ServletRequest passed, ServletResponse answer) {
        return startAsync(passed, answer, Dispatches.shownBy(passed, this), passed == this && answer == response);
    }

    /** @param begun where {@code AsyncContext.dispatch()} leads */
    private AsyncContext startAsync(ServletRequest passed, ServletResponse answer, Target begun, boolean original) {
        checkAlive();
        if (!isAsyncSupported()) {
            throw new IllegalStateException("startAsync: async is not supported by servlet "
                    + target.chain().servlet().name() + " or a filter before it (asyncSupported is false)");
        }
        AsyncRequest known = async;
        if (known == null) async = known = new AsyncRequest(this, response, exchange, executor);
        return known.begin(passed, answer, begun, original);
    }

    @Override
    public boolean isAsyncStarted() {
        AsyncRequest known = async;
        return known != null && known.isStarted();
    }

    @Override
    public boolean isAsyncSupported() {
        return target.chain().asyncSupported();
    }

    @Override
    public AsyncContext getAsyncContext() {
        checkAlive();
        AsyncRequest known = async;
        if (known == null || !known.isStarted()) throw new IllegalStateException("startAsync() was not called");
        return known.current();
    }

    // --- upgrade

    /** The connection is the handler's when the request has ended; until then an error is still answered (Servlet 6.1 §2.3.3.5). */
    @Override
    public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws ServletException {
        checkAlive();
        if (response.isCommitted()) throw new IllegalStateException("upgrade: response is committed");
        if (!exchange.mayUpgrade()) {
            throw new IllegalStateException(
                    "upgrade: the request does not ask for it with Connection: Upgrade and the name of"
                            + " a protocol, its body is not read, or the connection cannot be upgraded");
        }
        T handler = context.create(type, "upgrade");
        String named = response.getHeader("Upgrade");
        String protocol = named != null ? named : String.valueOf(getHeader("Upgrade"));
        Executor threads = executor instanceof TaskThreads own ? own.forBlocking() : executor;
        response.upgradeTo(new UpgradedConnection(context, handler, protocol, threads));
        return handler;
    }

    /** For the log, so without path parameters, one of which may be a session's id. */
    @Override
    public String toString() {
        String uri = target.requestUri();
        return method + " " + (uri.indexOf(';') < 0 ? uri : uri.replaceAll(";[^/]*", ""));
    }
}
