package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.WebListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.security.SecurityConstraint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the application's code may add to its context while it starts (Servlet 6.1 §4.4). The thread that starts it. */
abstract class RegisteringContext extends DeclaredContext {
    private static final Logger LOG = LoggerFactory.getLogger(RegisteringContext.class);

    private final ContextListeners listeners = new ContextListeners();
    private final List<EventListener> madeListeners = new ArrayList<>();
    /** Declarations that were made by code, and the listeners they led to. */
    private final Set<Object> addedByCode = Collections.newSetFromMap(new IdentityHashMap<>());

    private volatile Lifecycle state = Lifecycle.NEW;
    /** How many filters by URL pattern were mapped before those of the deployment ({@code isMatchAfter} false). */
    private int mappedBefore;

    RegisteringContext(Deployment deployment) {
        super(deployment);
    }

    // --- life

    final Lifecycle state() {
        return state;
    }

    final synchronized void become(Lifecycle next) { // synchronized: two threads may stop at once
        if (!state.canBecome(next))
            throw new IllegalStateException(name() + " is " + state + ", cannot become " + next);
        state = next;
    }

    /** False if it is stopped already. */
    final synchronized boolean becomeStopped() {
        if (state == Lifecycle.STOPPED) return false;
        become(Lifecycle.STOPPED);
        return true;
    }

    ContextListeners listeners() {
        return listeners;
    }

    final List<ServletContextListener> makeListeners() throws ServletException {
        for (ListenerDeclaration declared : List.copyOf(deployment.listeners())) {
            EventListener made = make(declared);
            if (addedByCode.contains(declared)) addedByCode.add(made);
            listeners.add(made);
        }
        return listeners.contexts();
    }

    /** Whether neither a descriptor nor an annotation declares it. */
    final boolean isAddedByCode(EventListener listener) {
        return addedByCode.contains(listener) && !listener.getClass().isAnnotationPresent(WebListener.class);
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

    final void releaseListeners() {
        for (EventListener listener : madeListeners.reversed()) {
            quietly("release of " + listener.getClass().getName(), () -> release(listener));
        }
    }

    @Override
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
        servlet.security(element);
        var covered = new LinkedHashSet<>(servlet.patterns());
        covered.removeIf(pattern -> !deployment.security().names(pattern));
        return covered;
    }

    /** Once no pattern can be added any more. */
    final void constrainServlets() {
        var runAs = new ArrayList<String>();
        for (ServletDeclaration servlet : deployment.servlets()) {
            servlet.readAnnotations(typeOf(servlet));
            if (servlet.runAs() != null) runAs.add(servlet.name() + " as " + servlet.runAs());
            ServletSecurityElement element = servlet.security();
            if (element == null) continue;
            var uncovered = new LinkedHashSet<>(servlet.patterns());
            uncovered.removeIf(deployment.security()::names);
            deployment.security().constraints().addAll(SecurityConstraint.of(element, uncovered));
        }
        deployment.roles().addAll(deployment.security().namedRoles());
        for (ServletDeclaration servlet : deployment.servlets())
            if (servlet.runAs() != null) deployment.roles().add(servlet.runAs());
        if (runAs.isEmpty()) return;
        // What a servlet calls under the role's name would be enterprise beans; the caller of the request stays who it
        // is.
        LOG.info("{}: run-as has no effect, there is nothing here to be called with a role: {}", name(), runAs);
    }

    /** Null if it cannot be loaded, which whoever makes the servlet will report. */
    private @Nullable Class<? extends Servlet> typeOf(ServletDeclaration servlet) {
        Class<? extends Servlet> known = servlet.type();
        String className = servlet.className();
        if (known != null || className == null) return known;
        try {
            return Class.forName(className, false, getClassLoader()).asSubclass(Servlet.class);
        } catch (ClassNotFoundException | LinkageError | ClassCastException e) {
            return null;
        }
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
    public ServletRegistration.@Nullable Dynamic addJspFile(String name, String jspFile) {
        ServletDeclaration declared = newServlet(name);
        if (declared == null) return null;
        if (jspFile == null || !jspFile.startsWith("/")) {
            throw new IllegalArgumentException(
                    "the page \"" + jspFile + "\" of servlet " + name + " does not begin with /");
        }
        PageEngine pages = deployment.pages();
        if (pages == null) throw new UnsupportedOperationException(RunningServlet.NO_ENGINE + jspFile);
        pages.declare(declared.jspFile(jspFile));
        return new ServletRegistrationView(this, declared);
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
        addedByCode.add(declared);
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
}
