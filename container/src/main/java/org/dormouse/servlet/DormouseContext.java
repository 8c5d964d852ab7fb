package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.EventListener;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.security.BasicAuthenticator;
import org.dormouse.servlet.security.SecurityConstraint;
import org.dormouse.servlet.session.MemorySession;
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
public final class DormouseContext implements ServletContext {
    private static final Logger LOG = LoggerFactory.getLogger(DormouseContext.class);
    private static final long SWEEP_SECONDS = 30;

    private final Deployment deployment;
    private final LongSupplier clockMillis;
    private final Logger applicationLog;
    private final ServletDispatcher dispatcher = new ServletDispatcher(this);
    private final ContextListeners listeners = new ContextListeners();
    private final ConcurrentHashMap<String, Object> attributes = new ConcurrentHashMap<>();
    private final Map<String, RunningServlet> servlets = new LinkedHashMap<>();
    private final Map<String, RunningFilter> filters = new LinkedHashMap<>();
    private final List<ServletContextListener> toldContexts = new ArrayList<>();
    private final List<EventListener> madeListeners = new ArrayList<>();
    private final AtomicBoolean sweepPlanned = new AtomicBoolean();

    private volatile Lifecycle state = Lifecycle.NEW;
    private volatile @Nullable Composition composition;
    private volatile @Nullable Sessions sessions;
    private volatile @Nullable SessionCookie sessionCookie;
    private volatile ErrorPages errorPages = ErrorPages.NONE;
    private volatile @Nullable BasicAuthenticator authenticator;
    private volatile boolean tracksByUrl;

    /** How many filters by URL pattern were mapped before those of the deployment ({@code isMatchAfter} false). */
    private int mappedBefore;

    public DormouseContext(Deployment deployment) {
        this(deployment, System::currentTimeMillis);
    }

    /** @param clockMillis milliseconds since 1970: for sessions, and servlets that are unavailable for a time */
    public DormouseContext(Deployment deployment, LongSupplier clockMillis) {
        this.deployment = deployment;
        this.clockMillis = clockMillis;
        String path = deployment.contextPath();
        applicationLog = LoggerFactory.getLogger("org.dormouse.application" + path.replace('/', '.'));
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
            listener.contextInitialized(event);
        }
        become(Lifecycle.STARTING);
        sessionCookie = new SessionCookie(deployment.sessions(), deployment.contextPath());
        sessions = new Sessions(
                this,
                listeners.sessions(),
                clockMillis,
                deployment.sessions().maxSessions(),
                deployment.sessions().timeoutMinutes() * 60);
        errorPages = new ErrorPages(deployment.errorPages());
        tracksByUrl = RequestSession.tracksByUrl(deployment.sessions());
        authenticator = SecurityGate.authenticator(deployment);
        for (FilterDeclaration filter : deployment.filters()) {
            filters.put(filter.name(), new RunningFilter(this, filter));
        }
        for (ServletDeclaration servlet : deployment.servlets()) {
            servlets.put(servlet.name(), new RunningServlet(this, servlet));
        }
        compose();
        deployment.servlets().stream()
                .filter(s -> s.loadOnStartup() >= 0)
                .sorted(Comparator.comparingInt(ServletDeclaration::loadOnStartup))
                .map(s -> Objects.requireNonNull(servlets.get(s.name())))
                .forEachOrdered(this::load);
        become(Lifecycle.RUNNING);
    }

    /** Brings {@code servlet} into service; one that says it is unavailable does not keep the application from starting. */
    private void load(RunningServlet servlet) {
        try {
            servlet.start();
        } catch (jakarta.servlet.UnavailableException e) {
            LOG.error("{} of {} is unavailable", servlet, name(), e);
        } catch (ServletException e) {
            throw new IllegalStateException(servlet + " of " + name() + " failed to start", e);
        }
    }

    private List<ServletContextListener> makeListeners() throws ServletException {
        for (ListenerDeclaration declared : List.copyOf(deployment.listeners())) listeners.add(make(declared));
        return listeners.contexts();
    }

    private EventListener make(ListenerDeclaration declared) throws ServletException {
        EventListener instance = declared.instance();
        if (instance != null) return instance;
        Class<? extends EventListener> type = declared.type();
        String className = declared.className();
        if (type == null && className != null) type = load(className, EventListener.class, "listener");
        if (type == null) throw new ServletException("listener without class");
        EventListener made = create(type, "listener");
        madeListeners.add(made);
        return made;
    }

    /** Stops what was started. Does nothing if called again. Requests must have ended before. */
    public void stop() {
        if (state == Lifecycle.STOPPED) return;
        become(Lifecycle.STOPPED);
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
            for (EventListener listener : madeListeners.reversed()) {
                quietly("release of " + listener.getClass().getName(), () -> release(listener));
            }
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
        return state == Lifecycle.RUNNING;
    }

    private synchronized void become(Lifecycle next) { // synchronized: two threads may stop at once
        if (!state.canBecome(next))
            throw new IllegalStateException(name() + " is " + state + ", cannot become " + next);
        state = next;
    }

    /** Takes exchanges through this application. */
    public ServletDispatcher dispatcher() {
        return dispatcher;
    }

    /** What it was made of. Changes after the start have no effect. */
    public Deployment deployment() {
        return deployment;
    }

    /**
     * Puts a filter of the container behind all filters of the application, for requests to {@code pattern}, also while it is running:
     * this is how endpoints get in that are added late. Behind, because what the application filters for is meant for them too.
     */
    public synchronized void installFilter(String name, Filter filter, String pattern) throws ServletException {
        FilterDeclaration declared = deployment.filter(name).instance(filter).asyncSupported(true);
        deployment.lastFilterMappings().add(FilterMapping.ofPattern(name, pattern));
        if (state == Lifecycle.STARTING || state == Lifecycle.RUNNING) {
            filters.put(name, new RunningFilter(this, declared));
            compose();
        }
    }

    private void compose() {
        var missing = new ServletDeclaration("org.dormouse.missing")
                .instance(new MissingServlet())
                .asyncSupported(true);
        SecurityGate gate = SecurityGate.of(deployment, name());
        composition = new Composition(
                deployment, servlets, filters, listeners.requests(), gate, new RunningServlet(this, missing));
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

    /** A new session; the first one also plans the sweep that ends what is over. */
    MemorySession createSession() {
        MemorySession session = sessions().create();
        planSweep();
        return session;
    }

    private void planSweep() {
        if (!sweepPlanned.compareAndSet(false, true)) return;
        Executor later = CompletableFuture.delayedExecutor(SWEEP_SECONDS, TimeUnit.SECONDS, ForkJoinPool.commonPool());
        later.execute(this::sweep);
    }

    private void sweep() {
        sweepPlanned.set(false);
        if (state == Lifecycle.STOPPED) return;
        expireSessions();
        if (sessions().size() > 0) planSweep();
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

    boolean tracksByUrl() {
        return tracksByUrl;
    }

    ErrorPages errorPages() {
        return errorPages;
    }

    @Nullable
    BasicAuthenticator authenticator() {
        return authenticator;
    }

    ContextListeners listeners() {
        return listeners;
    }

    long nowMillis() {
        return clockMillis.getAsLong();
    }

    /** For messages. */
    String name() {
        return deployment.contextPath().isEmpty() ? "application /" : "application " + deployment.contextPath();
    }

    <T> Class<? extends T> load(String className, Class<T> kind, String what) throws ServletException {
        try {
            Class<?> type = Class.forName(className, false, deployment.classLoader());
            if (!kind.isAssignableFrom(type)) {
                throw new ServletException(what + ": class " + className + " is no " + kind.getName());
            }
            return type.asSubclass(kind);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ServletException(what + ": class " + className + " cannot be loaded: " + e, e);
        }
    }

    <T> T create(Class<T> type, String what) throws ServletException {
        try {
            return deployment.instances().create(type);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw new ServletException(what + ": constructor of " + type.getName() + " failed", e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ServletException(what + ": class " + type.getName() + " cannot be instantiated: " + e, e);
        }
    }

    void release(Object instance) {
        deployment.instances().release(instance);
    }

    void quietly(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} of {} failed", what, name(), e);
        }
    }

    void checkRegistering(String what) {
        Lifecycle now = state;
        if (now != Lifecycle.NEW && now != Lifecycle.INITIALIZING && now != Lifecycle.LISTENING) {
            throw new IllegalStateException("too late to " + what + ": " + name() + " has been initialized");
        }
    }

    void addFilterMappings(List<FilterMapping> added, boolean after) {
        if (after) {
            deployment.filterMappings().addAll(added);
        } else {
            deployment.filterMappings().addAll(mappedBefore, added);
            mappedBefore += added.size();
        }
    }

    Set<String> setServletSecurity(ServletDeclaration servlet, ServletSecurityElement element) {
        if (element == null) throw new IllegalArgumentException("security constraint is null");
        var uncovered = new LinkedHashSet<String>();
        var covered = new LinkedHashSet<String>();
        for (String pattern : servlet.patterns()) {
            if (deployment.security().names(pattern)) covered.add(pattern);
            else uncovered.add(pattern);
        }
        deployment.security().constraints().addAll(SecurityConstraint.of(element, uncovered));
        return covered;
    }

    // --- ServletContext: who and what

    @Override
    public String getContextPath() {
        return deployment.contextPath();
    }

    /** This context for a path of its own; others are not handed out. */
    @Override
    public @Nullable ServletContext getContext(String path) {
        String own = deployment.contextPath();
        boolean ours = path.startsWith(own) && (path.length() == own.length() || path.charAt(own.length()) == '/');
        return ours && !own.isEmpty() ? this : own.isEmpty() && path.equals("/") ? this : null;
    }

    @Override
    public int getMajorVersion() {
        return 6;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public int getEffectiveMajorVersion() {
        return deployment.effectiveMajorVersion();
    }

    @Override
    public int getEffectiveMinorVersion() {
        return deployment.effectiveMinorVersion();
    }

    @Override
    public String getServerInfo() {
        return "Dormouse";
    }

    @Override
    public String getServletContextName() {
        return deployment.displayName();
    }

    @Override
    public String getVirtualServerName() {
        return deployment.virtualServerName();
    }

    @Override
    public ClassLoader getClassLoader() {
        return deployment.classLoader();
    }

    @Override
    public @Nullable JspConfigDescriptor getJspConfigDescriptor() {
        return deployment.jspConfig();
    }

    @Override
    public void log(String message) {
        applicationLog.info(message);
    }

    @Override
    public void log(String message, Throwable failure) {
        applicationLog.error(message, failure);
    }

    // --- ServletContext: resources

    @Override
    public @Nullable String getMimeType(String file) {
        int dot = file.lastIndexOf('.');
        if (dot < 0 || file.indexOf('/', dot) >= 0) return null;
        String extension = file.substring(dot + 1).toLowerCase(Locale.ROOT);
        String declared = deployment.mimeTypes().get(extension);
        return declared != null ? declared : MimeTypes.byExtension(extension);
    }

    @Override
    public @Nullable Set<String> getResourcePaths(String path) {
        String canonical = canonical(path);
        if (canonical == null) return null;
        Set<String> found = deployment.resources().list(canonical);
        return found.isEmpty() ? null : found;
    }

    @Override
    public @Nullable URL getResource(String path) throws MalformedURLException {
        if (!path.startsWith("/")) throw new MalformedURLException("path \"" + path + "\" does not begin with /");
        Resources.Resource found = resource(path);
        try {
            return found == null ? null : found.url();
        } catch (MalformedURLException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String path) {
        Resources.Resource found = resource(path);
        if (found == null || found.isDirectory()) return null;
        try {
            return found.open();
        } catch (IOException e) {
            log("resource " + path, e);
            return null;
        }
    }

    @Override
    public @Nullable String getRealPath(String path) {
        Resources.Resource found = resource(path.startsWith("/") ? path : "/" + path);
        Path file = found == null ? null : found.file();
        return file == null ? null : file.toString();
    }

    private Resources.@Nullable Resource resource(String path) {
        String canonical = canonical(path);
        return canonical == null ? null : deployment.resources().find(canonical);
    }

    /** The path in the form that resources are looked up with, dot segments resolved; null if it is none or leads out. */
    private static @Nullable String canonical(String path) {
        if (!path.startsWith("/")) return null;
        try {
            return CanonicalPath.ofApplication(path.replace("%", "%25"));
        } catch (BadRequest e) {
            return null;
        }
    }

    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(String path) {
        return path.startsWith("/") ? PathDispatcher.to(this, path) : null;
    }

    @Override
    public @Nullable RequestDispatcher getNamedDispatcher(String name) {
        ServletPlan plan = composition().named(name);
        return plan == null ? null : new NamedDispatcher(plan);
    }

    // --- ServletContext: parameters and attributes

    @Override
    public @Nullable String getInitParameter(String name) {
        return deployment.contextParameters().get(Objects.requireNonNull(name, "name"));
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return Collections.enumeration(deployment.contextParameters().keySet());
    }

    @Override
    public boolean setInitParameter(String name, String value) {
        checkRegistering("set a context parameter");
        Objects.requireNonNull(name, "name");
        return deployment.contextParameters().putIfAbsent(name, value) == null;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        Object value = attributes.get(Objects.requireNonNull(name, "name"));
        return value == null && name.equals(TEMPDIR) ? makeTempDirectory() : value;
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
        listeners.contextAttributeChanged(this, name, before, value);
    }

    @Override
    public void removeAttribute(String name) {
        Object before = attributes.remove(name);
        if (before != null) listeners.contextAttributeChanged(this, name, before, null);
    }

    // --- ServletContext: registration

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, String className) {
        ServletDeclaration declared = newServlet(name);
        if (declared == null) return null;
        if (className == null || className.isEmpty())
            throw new IllegalArgumentException("servlet " + name + " has no class");
        return new ServletRegistrationView(this, declared.className(className));
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Servlet servlet) {
        ServletDeclaration declared = newServlet(name);
        return declared == null ? null : new ServletRegistrationView(this, declared.instance(servlet));
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Class<? extends Servlet> type) {
        ServletDeclaration declared = newServlet(name);
        return declared == null ? null : new ServletRegistrationView(this, declared.type(type));
    }

    @Override
    public ServletRegistration.Dynamic addJspFile(String name, String jspFile) {
        throw new UnsupportedOperationException("JSP is not supported yet: addJspFile of " + jspFile);
    }

    /** Null if it is complete already. */
    private @Nullable ServletDeclaration newServlet(String name) {
        checkRegistering("add a servlet");
        if (name == null || name.isEmpty()) throw new IllegalArgumentException("servlet without name");
        ServletDeclaration known = deployment.findServlet(name);
        if (known != null && (known.className() != null || known.jspFile() != null)) return null;
        return deployment.servlet(name);
    }

    @Override
    public <T extends Servlet> T createServlet(Class<T> type) throws ServletException {
        return create(type, "createServlet");
    }

    @Override
    public @Nullable ServletRegistration getServletRegistration(String name) {
        ServletDeclaration declared = deployment.findServlet(name);
        return declared == null ? null : new ServletRegistrationView(this, declared);
    }

    @Override
    public Map<String, ? extends ServletRegistration> getServletRegistrations() {
        var registrations = new LinkedHashMap<String, ServletRegistration>();
        for (ServletDeclaration declared : deployment.servlets()) {
            registrations.put(declared.name(), new ServletRegistrationView(this, declared));
        }
        return registrations;
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, String className) {
        FilterDeclaration declared = newFilter(name);
        if (declared == null) return null;
        if (className == null || className.isEmpty())
            throw new IllegalArgumentException("filter " + name + " has no class");
        return new FilterRegistrationView(this, declared.className(className));
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, Filter filter) {
        FilterDeclaration declared = newFilter(name);
        return declared == null ? null : new FilterRegistrationView(this, declared.instance(filter));
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, Class<? extends Filter> type) {
        FilterDeclaration declared = newFilter(name);
        return declared == null ? null : new FilterRegistrationView(this, declared.type(type));
    }

    private @Nullable FilterDeclaration newFilter(String name) {
        checkRegistering("add a filter");
        if (name == null || name.isEmpty()) throw new IllegalArgumentException("filter without name");
        FilterDeclaration known = deployment.findFilter(name);
        return known != null && known.className() != null ? null : deployment.filter(name);
    }

    @Override
    public <T extends Filter> T createFilter(Class<T> type) throws ServletException {
        return create(type, "createFilter");
    }

    @Override
    public @Nullable FilterRegistration getFilterRegistration(String name) {
        FilterDeclaration declared = deployment.findFilter(name);
        return declared == null ? null : new FilterRegistrationView(this, declared);
    }

    @Override
    public Map<String, ? extends FilterRegistration> getFilterRegistrations() {
        var registrations = new LinkedHashMap<String, FilterRegistration>();
        for (FilterDeclaration declared : deployment.filters()) {
            registrations.put(declared.name(), new FilterRegistrationView(this, declared));
        }
        return registrations;
    }

    @Override
    public void addListener(String className) {
        checkRegistering("add a listener");
        try {
            addListener(load(className, EventListener.class, "listener"));
        } catch (ServletException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public <T extends EventListener> void addListener(T listener) {
        checkRegistering("add a listener");
        checkListener(listener.getClass());
        declareListener(ListenerDeclaration.of(listener));
    }

    @Override
    public void addListener(Class<? extends EventListener> type) {
        checkRegistering("add a listener");
        checkListener(type);
        declareListener(ListenerDeclaration.of(type));
    }

    /** Initializers run before listeners are made; a context listener that adds others has them made at once. */
    private void declareListener(ListenerDeclaration declared) {
        deployment.listeners().add(declared);
        if (state != Lifecycle.LISTENING) return;
        try {
            listeners.add(make(declared));
        } catch (ServletException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void checkListener(Class<?> type) {
        if (!ContextListeners.isListener(type) && !ContextListeners.isValueListener(type)) {
            throw new IllegalArgumentException(type.getName() + " implements no listener that a context knows");
        }
        if (state == Lifecycle.LISTENING && ServletContextListener.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(
                    type.getName() + " is a ServletContextListener: too late, such listeners are being called");
        }
    }

    @Override
    public <T extends EventListener> T createListener(Class<T> type) throws ServletException {
        checkListener(type);
        return create(type, "createListener");
    }

    @Override
    public void declareRoles(String... names) {
        checkRegistering("declare roles");
        for (String name : names) {
            if (name == null || name.isEmpty()) throw new IllegalArgumentException("role without name");
        }
        deployment.roles().addAll(List.of(names));
    }

    // --- ServletContext: sessions and encodings

    @Override
    public SessionCookieConfig getSessionCookieConfig() {
        return new SessionCookieView(this, deployment.sessions());
    }

    @Override
    public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
        checkRegistering("set session tracking modes");
        if (modes.contains(SessionTrackingMode.SSL)) {
            throw new IllegalArgumentException("session tracking by SSL is not supported");
        }
        deployment.sessions().trackingModes(modes);
    }

    @Override
    public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
        return EnumSet.of(SessionTrackingMode.COOKIE);
    }

    @Override
    public Set<SessionTrackingMode> getEffectiveSessionTrackingModes() {
        return Set.copyOf(deployment.sessions().trackingModes());
    }

    /** In minutes. */
    @Override
    public int getSessionTimeout() {
        return deployment.sessions().timeoutMinutes();
    }

    @Override
    public void setSessionTimeout(int minutes) {
        checkRegistering("set the session timeout");
        deployment.sessions().timeoutMinutes(minutes);
    }

    @Override
    public @Nullable String getRequestCharacterEncoding() {
        return deployment.requestEncoding();
    }

    @Override
    public void setRequestCharacterEncoding(@Nullable String charset) {
        checkRegistering("set the request encoding");
        deployment.requestEncoding(charset);
    }

    @Override
    public @Nullable String getResponseCharacterEncoding() {
        return deployment.responseEncoding();
    }

    @Override
    public void setResponseCharacterEncoding(@Nullable String charset) {
        checkRegistering("set the response encoding");
        deployment.responseEncoding(charset);
    }

    @Override
    public String toString() {
        return name();
    }
}
