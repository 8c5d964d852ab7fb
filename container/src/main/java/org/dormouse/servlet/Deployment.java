package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.multipart.MultipartLimits;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.jspecify.annotations.Nullable;

/**
 * The plain, mutable description of one application, whoever fills it: the builder, web.xml, annotations, initializers. It executes
 * nothing; {@link DormouseContext#start} makes the running application of it. Collections it returns can be changed unless they say
 * otherwise. One thread at a time.
 */
public final class Deployment {
    private final String contextPath;
    private String displayName = "";
    private int effectiveMajorVersion = 6;
    private int effectiveMinorVersion = 1;
    private ClassLoader classLoader;
    private @Nullable Path tempDirectory;
    private Resources resources = Resources.NONE;
    private Instances instances = Instances.BY_CONSTRUCTOR;
    private @Nullable String requestEncoding;
    private @Nullable String responseEncoding;
    private String virtualServerName = "dormouse";
    private @Nullable JspConfigDescriptor jspConfig;
    private @Nullable PageEngine pages;
    private @Nullable List<String> orderedLibs;
    private RequestLimits limits = RequestLimits.DEFAULT;
    private MultipartLimits multipartLimits = MultipartLimits.DEFAULT;
    private StaticSettings staticSettings = StaticSettings.DEFAULT;
    private ServletSettings servletSettings = ServletSettings.DEFAULT;
    private boolean nonBlocking;

    private final Map<String, ServletDeclaration> servlets = new LinkedHashMap<>();
    private final Map<String, FilterDeclaration> filters = new LinkedHashMap<>();
    private final List<Filter> frontFilters = new ArrayList<>();
    private final List<FilterMapping> filterMappings = new ArrayList<>();
    private final List<FilterMapping> lastFilterMappings = new ArrayList<>();
    private final List<ListenerDeclaration> listeners = new ArrayList<>();
    private final List<InitializerDeclaration> initializers = new ArrayList<>();
    private final Map<String, String> contextParameters = new LinkedHashMap<>();
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final Map<String, String> mimeTypes = new LinkedHashMap<>();
    private final Map<Locale, String> localeEncodings = new LinkedHashMap<>();
    private final List<ErrorPage> errorPages = new ArrayList<>();
    private final List<String> welcomeFiles = new ArrayList<>();
    private final Set<String> roles = new LinkedHashSet<>();
    private final SessionDeclaration sessions = new SessionDeclaration();
    private final SecurityDeclaration security = new SecurityDeclaration();
    private final List<AutoCloseable> closeAtStop = new ArrayList<>();

    /** @param contextPath {@code ""} or {@code "/"} for the root, else {@code "/name"}, decoded */
    public Deployment(String contextPath) {
        String path = contextPath.equals("/") ? "" : contextPath;
        if (!path.isEmpty() && (path.charAt(0) != '/' || path.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "context path \"" + contextPath + "\" must be empty, or begin with / and not end with it");
        }
        this.contextPath = path;
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        this.classLoader = callers != null ? callers : Deployment.class.getClassLoader();
    }

    /** {@code ""} for the root, else {@code "/name"}. */
    public String contextPath() {
        return contextPath;
    }

    public String displayName() {
        return displayName;
    }

    public Deployment displayName(String name) {
        displayName = name;
        return this;
    }

    /** The version of web.xml, or 6.1 where there is none. */
    public Deployment effectiveVersion(int major, int minor) {
        effectiveMajorVersion = major;
        effectiveMinorVersion = minor;
        return this;
    }

    public int effectiveMajorVersion() {
        return effectiveMajorVersion;
    }

    public int effectiveMinorVersion() {
        return effectiveMinorVersion;
    }

    /** What classes named as strings are loaded with, and the context class loader of every call into the application. */
    public ClassLoader classLoader() {
        return classLoader;
    }

    public Deployment classLoader(ClassLoader loader) {
        classLoader = loader;
        return this;
    }

    /** A directory for this application alone ({@code jakarta.servlet.context.tempdir}); null: one is made when asked for. */
    public @Nullable Path tempDirectory() {
        return tempDirectory;
    }

    public Deployment tempDirectory(Path directory) {
        tempDirectory = directory;
        return this;
    }

    /** Whether everything in it promises not to block, servlets and endpoints that say otherwise left out. */
    public boolean nonBlocking() {
        return nonBlocking;
    }

    public Deployment nonBlocking(boolean promised) {
        nonBlocking = promised;
        return this;
    }

    public Resources resources() {
        return resources;
    }

    public Deployment resources(Resources found) {
        resources = found;
        return this;
    }

    /** How servlets, filters and listeners given as classes are made and given up. */
    public Instances instances() {
        return instances;
    }

    public Deployment instances(Instances maker) {
        instances = maker;
        return this;
    }

    /** Encoding of request bodies that name none; null for the specification's defaults. */
    public @Nullable String requestEncoding() {
        return requestEncoding;
    }

    public Deployment requestEncoding(@Nullable String charset) {
        requestEncoding = charset;
        return this;
    }

    /** Encoding of responses that name none; null for the specification's default. */
    public @Nullable String responseEncoding() {
        return responseEncoding;
    }

    public Deployment responseEncoding(@Nullable String charset) {
        responseEncoding = charset;
        return this;
    }

    public String virtualServerName() {
        return virtualServerName;
    }

    public Deployment virtualServerName(String name) {
        virtualServerName = name;
        return this;
    }

    public @Nullable JspConfigDescriptor jspConfig() {
        return jspConfig;
    }

    public Deployment jspConfig(@Nullable JspConfigDescriptor descriptor) {
        jspConfig = descriptor;
        return this;
    }

    /** What makes servlets of pages; null: there is nothing that could. */
    public @Nullable PageEngine pages() {
        return pages;
    }

    public Deployment pages(PageEngine engine) {
        pages = engine;
        return this;
    }

    /** Names of the jars in WEB-INF/lib in their order ({@code ServletContext.ORDERED_LIBS}); null where no order was declared. */
    public @Nullable List<String> orderedLibs() {
        return orderedLibs;
    }

    public Deployment orderedLibs(@Nullable List<String> names) {
        orderedLibs = names;
        return this;
    }

    public RequestLimits limits() {
        return limits;
    }

    public Deployment limits(RequestLimits requestLimits) {
        limits = requestLimits;
        return this;
    }

    public MultipartLimits multipartLimits() {
        return multipartLimits;
    }

    public Deployment multipartLimits(MultipartLimits limitsOfForms) {
        multipartLimits = limitsOfForms;
        return this;
    }

    /** How the default servlet serves files. */
    public StaticSettings staticSettings() {
        return staticSettings;
    }

    public Deployment staticSettings(StaticSettings settings) {
        staticSettings = settings;
        return this;
    }

    /** The servlet called {@code name}, declared now if it was not. */
    public ServletSettings servletSettings() {
        return servletSettings;
    }

    public Deployment servletSettings(ServletSettings settings) {
        servletSettings = settings;
        return this;
    }

    public ServletDeclaration servlet(String name) {
        return servlets.computeIfAbsent(name, ServletDeclaration::new);
    }

    public @Nullable ServletDeclaration findServlet(String name) {
        return servlets.get(name);
    }

    /** In the order declared; read-only. */
    public Collection<ServletDeclaration> servlets() {
        return Collections.unmodifiableCollection(servlets.values());
    }

    /** The filter called {@code name}, declared now if it was not; see {@link #filterMappings}. */
    public FilterDeclaration filter(String name) {
        return filters.computeIfAbsent(name, FilterDeclaration::new);
    }

    public @Nullable FilterDeclaration findFilter(String name) {
        return filters.get(name);
    }

    /** In the order declared; read-only. */
    public Collection<FilterDeclaration> filters() {
        return Collections.unmodifiableCollection(filters.values());
    }

    /**
     * Filters of the server, which are in front of everything that a request from a client meets: request listeners, constraints, filters of
     * the application. Whoever adds them starts and ends them; they support async, and do not block.
     */
    public List<Filter> frontFilters() {
        return frontFilters;
    }

    /** In the order in which filters run: those by URL pattern first, then those by servlet name (Servlet 6.1 §6.2.4). */
    public List<FilterMapping> filterMappings() {
        return filterMappings;
    }

    /** Of filters of the container: they run behind all others. */
    public List<FilterMapping> lastFilterMappings() {
        return lastFilterMappings;
    }

    /** In the order in which they are called at start; the other way round at stop. */
    public List<ListenerDeclaration> listeners() {
        return listeners;
    }

    /** Run in this order, before any listener (Servlet 6.1 §8.2.4). */
    public List<InitializerDeclaration> initializers() {
        return initializers;
    }

    public Map<String, String> contextParameters() {
        return contextParameters;
    }

    /** Attributes that the context has from the start. */
    public Map<String, Object> attributes() {
        return attributes;
    }

    /** By extension without dot, in lower case; asked before the built-in ones. */
    public Map<String, String> mimeTypes() {
        return mimeTypes;
    }

    public Map<Locale, String> localeEncodings() {
        return localeEncodings;
    }

    public List<ErrorPage> errorPages() {
        return errorPages;
    }

    public List<String> welcomeFiles() {
        return welcomeFiles;
    }

    public Set<String> roles() {
        return roles;
    }

    public SessionDeclaration sessions() {
        return sessions;
    }

    /** Constraints, how callers log in, and who may. */
    public SecurityDeclaration security() {
        return security;
    }

    /** What was opened for this application: closed, the last first, when its context has stopped or could not start. */
    public List<AutoCloseable> closeAtStop() {
        return closeAtStop;
    }
}
