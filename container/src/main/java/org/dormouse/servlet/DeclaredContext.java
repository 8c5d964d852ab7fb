package org.dormouse.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a context answers out of its deployment alone: who it is, its resources, parameters, session settings and encodings. */
abstract class DeclaredContext implements ServletContext {
    private static final Logger LOG = LoggerFactory.getLogger(DeclaredContext.class);

    final Deployment deployment;
    private final Logger applicationLog;

    DeclaredContext(Deployment deployment) {
        this.deployment = deployment;
        String path = deployment.contextPath();
        applicationLog = LoggerFactory.getLogger("org.dormouse.application" + path.replace('/', '.'));
    }

    /** @throws IllegalStateException if it is too late for {@code what} */
    abstract void checkRegistering(String what);

    /** What it was made of. Changes after the start have no effect. */
    public Deployment deployment() {
        return deployment;
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
        } catch (Throwable e) { // what is left to do is done
            LOG.error("{} of {} failed", what, name(), e);
        }
    }

    // --- ServletContext: who and what

    @Override
    public String getContextPath() {
        return deployment.contextPath();
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
        return ServerInfo.TEXT;
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
        Objects.requireNonNull(name, "name");
        checkRegistering("set a context parameter");
        return deployment.contextParameters().putIfAbsent(name, value) == null;
    }

    // --- ServletContext: sessions and encodings

    @Override
    public SessionCookieConfig getSessionCookieConfig() {
        return new SessionCookieView(this, deployment.sessions());
    }

    @Override
    public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
        checkRegistering("set session tracking modes");
        deployment.sessions().trackingModes(modes);
    }

    @Override
    public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
        return Set.copyOf(deployment.sessions().defaultTrackingModes());
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
