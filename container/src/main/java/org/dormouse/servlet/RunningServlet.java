package org.dormouse.servlet;

import jakarta.servlet.FilterChain;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One servlet of a running application with its configuration, and the last link of every chain that leads to it. Any thread. Made and
 * initialised once, at start or by the first request.
 */
final class RunningServlet implements FilterChain, ServletConfig {
    static final String NO_ENGINE =
            "this application has no JSP engine, which must be on the class path of the server: ";
    private final DormouseContext context;
    private final ServletDeclaration declaration;
    private final Map<String, String> initParameters;
    private final @Nullable NonBlockingPromise promise;

    /** In service; null before its init, while it is unavailable and after its destroy. */
    private volatile @Nullable Servlet inService;

    // Held while the servlet is initialised, so that others wait for it (Servlet 6.1 §2.3.2); never on the way of a
    // request to one in service.
    private final ReentrantLock lock = new ReentrantLock();
    // under the lock
    private @Nullable Servlet initialized;
    private boolean made;
    private @Nullable UnavailableException unavailable;
    private long unavailableUntilMillis;
    private boolean stopped;

    RunningServlet(DormouseContext context, ServletDeclaration declaration) {
        this.context = context;
        this.declaration = declaration;
        this.initParameters = Map.copyOf(declaration.initParameters());
        boolean promises = declaration.isNonBlocking(context.deployment().nonBlocking());
        this.promise = promises ? new NonBlockingPromise("servlet " + name(), context.name(), this) : null;
    }

    String name() {
        return declaration.name();
    }

    /** Whether it is the container's own, not the application's. */
    boolean isBuiltIn() {
        return declaration.builtIn();
    }

    /** Null if it never promised not to block. */
    @Nullable
    NonBlockingPromise promise() {
        return promise;
    }

    boolean isInService() {
        return inService != null;
    }

    /** Whether it is in service then. */
    boolean comesIntoService() {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(context.getClassLoader());
        try {
            if (declaration.enabled()) start();
            return isInService();
        } catch (ServletException | RuntimeException | Error e) {
            return false; // the request that wants it tries again, and has an answer and a line in the log to show for
            // it
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    boolean isAsyncSupported() {
        return declaration.asyncSupported();
    }

    @Nullable
    MultipartConfigElement multipart() {
        return declaration.multipart();
    }

    /** Role names in this servlet's code to those of the application. */
    Map<String, String> roleLinks() {
        return declaration.roleLinks();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
        Servlet servlet = inService;
        if (servlet == null) {
            servlet = ready(response instanceof HttpServletResponse http ? http : DormouseResponse.of(response));
            if (servlet == null) return;
        }
        try {
            servlet.service(request, response);
        } catch (UnavailableException e) {
            leaveService(e);
            throw e;
        }
    }

    /** Brings the servlet into service, or answers 404 or 503 and returns null. */
    private @Nullable Servlet ready(HttpServletResponse response) throws IOException, ServletException {
        lock.lock();
        try {
            UnavailableException reason = unavailable;
            if (reason != null && !reason.isPermanent() && context.nowMillis() >= unavailableUntilMillis) {
                unavailable = null;
                reason = null;
            }
            if (reason == null && !stopped && declaration.enabled()) return init();
            if (reason != null && !reason.isPermanent()) {
                long seconds = Math.max(1, (unavailableUntilMillis - context.nowMillis() + 999) / 1000);
                response.setHeader("Retry-After", Long.toString(seconds));
                response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            } else {
                response.sendError(
                        stopped ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_NOT_FOUND);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Makes and initialises the servlet if that has not been done. */
    void start() throws ServletException {
        lock.lock();
        try {
            if (inService == null && !stopped) init();
        } finally {
            lock.unlock();
        }
    }

    private Servlet init() throws ServletException {
        assert lock.isHeldByCurrentThread();
        Servlet servlet = inService;
        if (servlet != null) return servlet;
        servlet = initialized;
        if (servlet == null) {
            servlet = make();
            try {
                servlet.init(this);
            } catch (Throwable e) { // it never comes into service, nor is it destroyed (§2.3.2.1)
                if (e instanceof UnavailableException reason) rest(reason);
                giveUp(servlet);
                throw e;
            }
            initialized = servlet;
        }
        inService = servlet;
        return servlet;
    }

    private Servlet make() throws ServletException {
        Servlet instance = declaration.instance();
        if (instance != null) return instance;
        if (declaration.jspFile() != null && declaration.className() == null) {
            throw new UnsupportedOperationException(NO_ENGINE + declaration.jspFile());
        }
        String className = declaration.className();
        if (className == null) throw new ServletException("servlet " + name() + " has no class");
        Class<? extends Servlet> type = declaration.type();
        if (type == null) type = context.load(className, Servlet.class, "servlet " + name());
        made = true;
        return context.create(type, "servlet " + name());
    }

    private void leaveService(UnavailableException reason) {
        lock.lock();
        try {
            inService = null;
            rest(reason);
            if (reason.isPermanent()) destroy();
        } finally {
            lock.unlock();
        }
    }

    private void rest(UnavailableException reason) {
        unavailable = reason;
        unavailableUntilMillis = context.nowMillis() + Math.max(1, reason.getUnavailableSeconds()) * 1000L;
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            inService = null;
            destroy();
        } finally {
            lock.unlock();
        }
    }

    private void destroy() {
        Servlet servlet = initialized;
        initialized = null;
        if (servlet == null) return;
        context.quietly("destroy of servlet " + name(), servlet::destroy);
        giveUp(servlet);
    }

    private void giveUp(Servlet servlet) {
        if (made) context.quietly("release of servlet " + name(), () -> context.release(servlet));
    }

    @Override
    public String getServletName() {
        return declaration.name();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return initParameters.get(name);
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return Collections.enumeration(initParameters.keySet());
    }

    @Override
    public String toString() {
        return "servlet " + name();
    }
}
