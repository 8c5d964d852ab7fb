package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.dormouse.servlet.security.Authenticator;
import org.dormouse.servlet.security.LoginFlow;
import org.dormouse.servlet.security.SecurityConstraints;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.dormouse.servlet.session.MemorySession;
import org.dormouse.servlet.session.SessionStore;
import org.dormouse.servlet.session.Sessions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running application: what its code sees as {@link ServletContext}. Started and stopped once, each by one thread; everything else by
 * any.
 *
 * <pre>
 *   start: attributes, initializers, context listeners, filters, servlets with load-on-startup
 *   stop:  servlets, filters, sessions, context listeners in reverse
 * </pre>
 */
public final class DormouseContext extends RegisteringContext {
    private static final Logger LOG = LoggerFactory.getLogger(DormouseContext.class);

    private final LongSupplier clockMillis;
    private final ServletDispatcher dispatcher = new ServletDispatcher(this);
    private final ConcurrentHashMap<String, Object> attributes = new ConcurrentHashMap<>();
    private final Map<String, RunningServlet> servlets = new LinkedHashMap<>();
    private final Map<String, RunningFilter> filters = new LinkedHashMap<>();
    private final List<ServletContextListener> toldContexts = new ArrayList<>();
    private final Visitors visitors = new Visitors();
    private final SessionSweeps sweeps =
            new SessionSweeps(this::expireSessions, () -> sessions().needsSweep());

    private volatile @Nullable Composition composition;
    private volatile @Nullable Sessions sessions;
    private volatile @Nullable SessionCookie sessionCookie;
    private volatile ErrorPages errorPages = ErrorPages.NONE;
    private volatile @Nullable Authenticator authenticator;
    private volatile @Nullable LoginGate loginGate;
    private volatile @Nullable SecurityGate securityGate;
    private volatile IntSupplier securePort = () -> 0;
    private volatile @Nullable SessionTracking tracking;
    private volatile Function<String, @Nullable DormouseContext> neighbours = _ -> null;
    private volatile @Nullable NonBlockingPromise promiseOfEndpoints;

    public DormouseContext(Deployment deployment) {
        this(deployment, System::currentTimeMillis);
    }

    /** @param clockMillis milliseconds since 1970: for sessions, and servlets that are unavailable for a time */
    public DormouseContext(Deployment deployment, LongSupplier clockMillis) {
        super(deployment);
        this.clockMillis = clockMillis;
    }

    // --- life

    /**
     * Starts the application; its code is called by this thread. If something of it fails, what was started is stopped again.
     *
     * @throws ServletException what failed, with the name of what was being started
     */
    public void start() throws ServletException {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(deployment.classLoader());
        try {
            startAll();
        } catch (ServletException | RuntimeException | Error e) {
            stop();
            throw e;
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private void startAll() throws ServletException {
        become(Lifecycle.INITIALIZING);
        attributes.putAll(deployment.attributes());
        List<String> libs = deployment.orderedLibs();
        if (libs != null) attributes.put(ORDERED_LIBS, List.copyOf(libs));
        Path temporary = deployment.tempDirectory();
        if (temporary != null) attributes.put(TEMPDIR, temporary.toFile());
        for (InitializerDeclaration declared : List.copyOf(deployment.initializers())) {
            declared.initializer().onStartup(declared.handled(), this);
        }
        List<ServletContextListener> contexts = makeListeners();
        become(Lifecycle.LISTENING);
        var event = new ServletContextEvent(this);
        for (ServletContextListener listener : contexts) {
            toldContexts.add(listener);
            boolean mayNotRegister = isAddedByCode(listener);
            listener.contextInitialized(
                    mayNotRegister ? new ServletContextEvent(ContextOfAddedListener.of(this)) : event);
        }
        become(Lifecycle.STARTING);
        constrainServlets();
        sessionCookie = new SessionCookie(deployment.sessions(), deployment.contextPath());
        sessions = makeSessions(deployment.sessions());
        errorPages = new ErrorPages(deployment.errorPages());
        tracking = new SessionTracking(deployment.sessions(), deployment.contextPath());
        authenticator = SecurityGate.authenticator(deployment);
        SecurityConstraints constraints = SecurityGate.combine(deployment, name());
        securityGate = SecurityGate.of(deployment, constraints);
        LoginFlow flow = SecurityGate.flow(deployment);
        if (flow != null) loginGate = new LoginGate(flow, deployment.security().login(), constraints);
        for (FilterDeclaration filter : deployment.filters()) {
            filters.put(filter.name(), new RunningFilter(this, filter));
        }
        for (ServletDeclaration servlet : deployment.servlets()) {
            servlets.put(servlet.name(), new RunningServlet(this, servlet));
        }
        if (deployment.nonBlocking()) promiseOfEndpoints = new NonBlockingPromise("an endpoint", name(), null);
        compose();
        deployment.servlets().stream()
                .filter(s -> s.loadOnStartup() >= 0)
                .sorted(Comparator.comparingInt(ServletDeclaration::loadOnStartup))
                .map(s -> Objects.requireNonNull(servlets.get(s.name())))
                .forEachOrdered(this::load);
        become(Lifecycle.RUNNING);
        if (sessions().needsSweep()) sweeps.plan();
    }

    /** Brings {@code servlet} into service; one that says it is unavailable does not keep the application from starting. */
    private void load(RunningServlet servlet) {
        try {
            servlet.start();
        } catch (jakarta.servlet.UnavailableException e) {
            LOG.error("{} of {} is unavailable", servlet, name(), e);
        } catch (ServletException | RuntimeException e) {
            throw new IllegalStateException(servlet + " of " + name() + " failed to start", e);
        }
    }

    private Sessions makeSessions(SessionDeclaration declared) throws ServletException {
        int inactiveSeconds = (int) Math.min(Integer.MAX_VALUE, Math.max(0, declared.timeoutMinutes() * 60L));
        var made = new Sessions(this, listeners().sessions(), clockMillis, declared.maxSessions(), inactiveSeconds);
        SessionStore.Opener opener = declared.store();
        if (opener == null) return made;
        try {
            SessionStore store = opener.open(deployment.contextPath());
            return made.storedIn(store, deployment.classLoader(), declared.maxStoredBytes(), new StoredCallers());
        } catch (IOException e) {
            throw new ServletException("the store for the sessions of " + name() + " cannot be opened", e);
        }
    }

    /** Stops what was started. Does nothing if called again. Requests must have ended before. */
    public void stop() {
        if (!becomeStopped()) return;
        visitors.close();
        sweeps.stop();
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(deployment.classLoader());
        try {
            for (RunningServlet servlet : List.copyOf(servlets.values()).reversed()) servlet.stop();
            for (RunningFilter filter : List.copyOf(filters.values()).reversed()) filter.stop();
            Sessions live = sessions;
            if (live != null) live.close();
            var event = new ServletContextEvent(this);
            for (ServletContextListener listener : toldContexts.reversed()) {
                quietly("contextDestroyed of " + listener.getClass().getName(), () -> listener.contextDestroyed(event));
            }
            releaseListeners();
        } finally {
            thread.setContextClassLoader(callers);
            for (AutoCloseable one : List.copyOf(deployment.closeAtStop()).reversed()) close(one);
        }
    }

    private void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            LOG.warn("{} of {} could not be closed", one, name(), e);
        }
    }

    public boolean isRunning() {
        return state() == Lifecycle.RUNNING;
    }

    /** Takes exchanges through this application. */
    public ServletDispatcher dispatcher() {
        return dispatcher;
    }

    /** The requests of other applications that are here. */
    public Visitors visitors() {
        return visitors;
    }

    /** The promise of its WebSocket endpoints not to block; null if there is none. */
    public @Nullable NonBlockingPromise promiseOfEndpoints() {
        return promiseOfEndpoints;
    }

    /**
     * Puts a filter of the container behind all filters of the application, for requests to {@code pattern}, also while it is running:
     * this is how endpoints get in that are added late. Behind, because what the application filters for is meant for them too.
     */
    public synchronized void installFilter(String name, Filter filter, String pattern) throws ServletException {
        FilterDeclaration declared = deployment.filter(name).instance(filter).asyncSupported(true);
        deployment.lastFilterMappings().add(FilterMapping.ofPattern(name, pattern));
        if (state() == Lifecycle.STARTING || state() == Lifecycle.RUNNING) {
            filters.put(name, new RunningFilter(this, declared));
            compose();
        }
    }

    private void compose() {
        var missing = new ServletDeclaration("org.dormouse.missing")
                .instance(new MissingServlet())
                .asyncSupported(true);
        var gates = new ArrayList<Filter>(2);
        if (loginGate != null) gates.add(loginGate);
        if (securityGate != null) gates.add(securityGate);
        composition = new Composition(
                deployment,
                servlets,
                filters,
                listeners().requests(),
                gates,
                logins(),
                new RunningServlet(this, missing));
    }

    private Predicate<String> logins() {
        SecurityGate gate = securityGate;
        LoginGate login = loginGate;
        return path -> (gate != null && gate.needsCaller(path)) || (login != null && login.answers(path));
    }

    // --- for the rest of this package

    Composition composition() {
        Composition composed = composition;
        if (composed == null) throw new IllegalStateException(name() + " has not been started");
        return composed;
    }

    Sessions sessions() {
        Sessions live = sessions;
        if (live == null) throw new IllegalStateException(name() + " has not been started");
        return live;
    }

    /**
     * A new session; the first one also plans the sweep that ends what is over.
     *
     * @param id of the session in another application that it goes with; null for one of its own
     */
    MemorySession createSession(@Nullable String id) {
        MemorySession session = id == null ? sessions().create() : sessions().create(id);
        sweeps.plan();
        return session;
    }

    /** Ends the sessions whose time is over. It is done every half minute as long as there are sessions; more often does no harm. */
    public void expireSessions() {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(deployment.classLoader());
        try {
            sessions().expire();
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    SessionCookie sessionCookie() {
        return Objects.requireNonNull(sessionCookie);
    }

    SessionTracking tracking() {
        return Objects.requireNonNull(tracking);
    }

    ErrorPages errorPages() {
        return errorPages;
    }

    @Nullable
    Authenticator authenticator() {
        return authenticator;
    }

    /** Null where callers do not log in by pages or another server. */
    @Nullable
    LoginGate loginGate() {
        return loginGate;
    }

    /** Says where clients reach this application over HTTPS; 0 or less: nowhere. */
    public void securePort(IntSupplier port) {
        securePort = port;
    }

    /** Says which application serves a path of the server, decoded; null where none does. */
    public void neighbours(Function<String, @Nullable DormouseContext> byPath) {
        neighbours = byPath;
    }

    /**
     * The application that serves {@code path} of this server; another one than this only with {@code servlet.cross-context}, since a request
     * that is dispatched there passes no constraint (Servlet 6.1 §4.1 leaves it to the container).
     */
    @Override
    public @Nullable ServletContext getContext(@Nullable String path) {
        if (path == null || (!path.isEmpty() && !path.startsWith("/"))) return null;
        if (deployment.servletSettings().crossContext()) {
            DormouseContext found = neighbours.apply(path);
            if (found != null) return found;
        }
        String own = deployment.contextPath();
        if (own.isEmpty()) return path.equals("/") ? this : null;
        return path.startsWith(own) && (path.length() == own.length() || path.charAt(own.length()) == '/')
                ? this
                : null;
    }

    /** Where clients reach HTTPS; not above 0 if nowhere, or nobody said. Any thread. */
    public int securePort() {
        return securePort.getAsInt();
    }

    /** Whether its callers log in by the certificates of their connections. */
    public boolean needsClientCertificates() {
        return SecurityDeclaration.CLIENT_CERT.equals(deployment.security().authMethod());
    }

    long nowMillis() {
        return clockMillis.getAsLong();
    }

    // --- ServletContext: dispatchers and attributes

    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        return path.startsWith("/") ? PathDispatcher.to(this, path) : null;
    }

    @Override
    public @Nullable RequestDispatcher getNamedDispatcher(String name) {
        ServletPlan plan = composition().named(name);
        return plan == null ? null : new NamedDispatcher(this, plan);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        Object value = attributes.get(Objects.requireNonNull(name, "name"));
        return value == null ? makeAttribute(name) : value;
    }

    /** What nobody pays for who does not ask for it. */
    private @Nullable Object makeAttribute(String name) {
        if (name.equals(TEMPDIR)) return makeTempDirectory();
        PageEngine pages = deployment.pages();
        if (pages == null) return null;
        pages.setIfOwn(name, this);
        return attributes.get(name);
    }

    /** What {@link #TEMPDIR} names; made now if it was not. */
    Path temporaryDirectory() {
        File directory = (File) Objects.requireNonNull(getAttribute(TEMPDIR));
        return directory.toPath();
    }

    /** Nobody pays for a directory that nobody asks for. Deleted at stop, if the application left it empty. */
    private Object makeTempDirectory() {
        return attributes.computeIfAbsent(TEMPDIR, _ -> {
            try {
                Path made = Files.createTempDirectory("dormouse");
                deployment.closeAtStop().add(() -> Files.deleteIfExists(made));
                return made.toFile();
            } catch (IOException e) {
                throw new UncheckedIOException("temporary directory of " + name(), e);
            }
        });
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(new ArrayList<>(attributes.keySet()));
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        if (value == null) {
            removeAttribute(name);
            return;
        }
        Object before = attributes.put(name, value);
        listeners().contextAttributeChanged(this, name, before, value);
    }

    @Override
    public void removeAttribute(String name) {
        Object before = attributes.remove(name);
        if (before != null) listeners().contextAttributeChanged(this, name, before, null);
    }
}
