package org.dormouse;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dormouse.identity.Users;
import org.dormouse.openid.OpenIdSettings;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.dormouse.servlet.session.SessionStore;
import org.jspecify.annotations.Nullable;

/**
 * What one application consists of. Filled by one thread, then given to {@link Dormouse.Builder#deploy}; later changes have no effect.
 * What has no method here (load order, multipart limits, init parameters...) is done by an {@link #initializer}, which gets the whole
 * {@code ServletContext}.
 *
 * <pre>{@code
 * WebApp.at("/shop")
 *         .servlet("/hello", new HelloServlet())
 *         .filter("/*", new TimingFilter())
 *         .endpoint(ChatEndpoint.class)
 * }</pre>
 */
public final class WebApp {
    private final String contextPath;
    /** Whether the WAR may say where it wants to be. */
    final boolean atOwnPath;

    final List<NamedServlet> servlets = new ArrayList<>();
    final List<NamedFilter> filters = new ArrayList<>();
    final List<EventListener> listeners = new ArrayList<>();
    final List<Initializer> initializers = new ArrayList<>();
    final List<Class<?>> endpoints = new ArrayList<>();
    final List<ServerEndpointConfig> endpointConfigs = new ArrayList<>();
    final Map<String, String> contextParams = new LinkedHashMap<>();
    final Map<String, Object> attributes = new LinkedHashMap<>();

    final List<ErrorPage> errorPages = new ArrayList<>();
    final Map<String, String> mimeTypes = new LinkedHashMap<>();
    final Map<Locale, Charset> localeEncodings = new LinkedHashMap<>();

    final Map<String, Object> named = new LinkedHashMap<>();
    final List<Path> resourceFolders = new ArrayList<>();
    final List<Path> libraries = new ArrayList<>();

    @Nullable
    Boolean defaultServlet;

    @Nullable
    Boolean pages;

    @Nullable
    String displayName;

    @Nullable
    Path war;

    @Nullable
    Resources content;

    @Nullable
    Path users;

    @Nullable
    Users sourceOfUsers;

    @Nullable
    LoginMethod login;

    @Nullable
    OpenIdSettings openId;

    final List<SecurityConstraint> constraints = new ArrayList<>();

    @Nullable
    ClassLoader classLoader;

    @Nullable
    Duration sessionTimeout;

    SessionStore.@Nullable Opener sessionStore;

    @Nullable
    Execution execution;

    private WebApp(String contextPath, boolean atOwnPath) {
        this.contextPath = contextPath;
        this.atOwnPath = atOwnPath;
    }

    /**
     * Starts the description of an application.
     *
     * @param contextPath {@code "/"} or {@code ""} for the root, else a path as in {@code "/shop"}: it starts with a slash and does not
     *     end with one
     * @throws IllegalArgumentException if it is anything else
     */
    public static WebApp at(String contextPath) {
        return new WebApp(checked(contextPath), false);
    }

    /**
     * Starts the description of an application that is served where its WAR wants to be: at the {@code default-context-path} of its
     * web.xml (Servlet 6.1 §14.4), or at {@code otherwise} where it names none.
     *
     * @throws IllegalArgumentException as {@link #at}
     */
    public static WebApp atOwnPath(String otherwise) {
        return new WebApp(checked(otherwise), true);
    }

    private static String checked(String contextPath) {
        String path = contextPath.equals("/") ? "" : contextPath;
        if (!path.isEmpty() && (path.charAt(0) != '/' || path.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "context path \"" + contextPath + "\" must be \"/\" or start with a slash and not end with one");
        }
        return path;
    }

    /**
     * The context path as {@code ServletContext.getContextPath()} shows it: {@code ""} for the root. Of {@link #atOwnPath}, the one for a
     * WAR that names none.
     */
    public String contextPath() {
        return contextPath;
    }

    /** Serves {@code pattern} (Servlet 6.1 §12.2) with {@code servlet}, which is named after its class. It supports async. */
    public WebApp servlet(String pattern, Servlet servlet) {
        return servletNamed(servlet.getClass().getName() + "-" + (servlets.size() + 1), servlet, pattern);
    }

    /** Serves {@code patterns} with {@code servlet} under a name of your choice. */
    public WebApp servletNamed(String name, Servlet servlet, String... patterns) {
        servlets.add(new NamedServlet(name, servlet, List.of(patterns), false));
        return this;
    }

    /**
     * As {@link #servlet}, for one that promises not to block: it runs in the event loop itself, whatever the execution of this application.
     * {@link Execution#INLINE} says what that means.
     */
    public WebApp nonBlockingServlet(String pattern, Servlet servlet) {
        String name = servlet.getClass().getName() + "-" + (servlets.size() + 1);
        servlets.add(new NamedServlet(name, servlet, List.of(pattern), true));
        return this;
    }

    /** Puts {@code filter} before what answers requests to {@code pattern}, behind the filters added earlier. It supports async. */
    public WebApp filter(String pattern, Filter filter) {
        return filterNamed(
                filter.getClass().getName() + "-" + (filters.size() + 1),
                filter,
                EnumSet.of(DispatcherType.REQUEST),
                pattern);
    }

    /** Puts {@code filter} before {@code patterns} for the given kinds of dispatch, under a name of your choice. */
    public WebApp filterNamed(String name, Filter filter, Set<DispatcherType> dispatches, String... patterns) {
        filters.add(new NamedFilter(name, filter, EnumSet.copyOf(dispatches), List.of(patterns)));
        return this;
    }

    /** Adds a listener; its interfaces say of what (Servlet 6.1 §11.2). */
    public WebApp listener(EventListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Runs {@code initializer} when the application starts.
     *
     * @param handledTypes what its {@code onStartup} is given; empty means null, as for one without {@code @HandlesTypes}
     */
    public WebApp initializer(ServletContainerInitializer initializer, Class<?>... handledTypes) {
        initializers.add(new Initializer(initializer, List.of(handledTypes)));
        return this;
    }

    /** Adds a WebSocket endpoint, a class annotated with {@code @ServerEndpoint}. */
    public WebApp endpoint(Class<?> annotatedEndpoint) {
        endpoints.add(annotatedEndpoint);
        return this;
    }

    /** Adds a programmatic WebSocket endpoint. */
    public WebApp endpoint(ServerEndpointConfig config) {
        endpointConfigs.add(config);
        return this;
    }

    /**
     * Takes descriptor, classes, libraries and resources from a WAR or an unpacked one. What was added here besides it is added to it.
     *
     * @param warOrFolder looked at when the server starts, and must stay where it is until the server is closed
     */
    public WebApp war(Path warOrFolder) {
        this.war = warOrFolder;
        return this;
    }

    /** Adds jars as if they lay in the WEB-INF/lib of {@link #war}, behind those: for a WAR that expects its server to have them. */
    public WebApp library(Path... jars) {
        libraries.addAll(List.of(jars));
        return this;
    }

    /**
     * Serves the files below {@code folder} (never WEB-INF or META-INF) where no servlet answers. May be called for several folders: the
     * first that has a file gives it. A folder inside a jar is fine, as long as its file system stays open.
     */
    public WebApp resources(Path folder) {
        resourceFolders.add(folder);
        return this;
    }

    /** Serves {@code content} where no servlet answers: files that lie in no folder, as on a class path. Folders take its place. */
    public WebApp resources(Resources content) {
        this.content = content;
        return this;
    }

    /**
     * Whether files are served to clients, by a servlet called {@code default}. If this is not called, they are where there are any. With
     * {@code false}, {@link #resources} and the files of a WAR are for {@code ServletContext.getResource} alone, and what no servlet
     * answers is 404.
     */
    public WebApp defaultServlet(boolean registered) {
        this.defaultServlet = registered;
        return this;
    }

    /**
     * Whether JSP pages among the {@link #resources} or in the WAR are run. If this is not called, they are where Jasper is on the class path
     * and files are served to clients; with {@code false} they are answered 501 there. The source of a page is never served.
     */
    public WebApp pages(boolean run) {
        this.pages = run;
        return this;
    }

    /** The users that may log in: one a line, {@code name:password:role,role}; see {@code dormouse hash-password}. */
    public WebApp users(Path file) {
        this.users = file;
        return this;
    }

    /** The users that may log in, from a source of your own, a database or a directory; in the place of a file. */
    public WebApp users(Users source) {
        this.sourceOfUsers = source;
        return this;
    }

    /**
     * Callers log in by a provider of OpenID Connect: that of {@code settings}, instead of the one that the keys {@code openid.*} name. Needs
     * {@code com.nimbusds:oauth2-oidc-sdk} on the class path.
     */
    public WebApp openIdLogin(OpenIdSettings settings) {
        openId = settings;
        login = new LoginMethod(SecurityDeclaration.OPENID, "", "", "");
        return this;
    }

    /** Callers log in without sending their password (DIGEST, RFC 7616). It has to be allowed ({@code login.digest}), and needs users whose
     * passwords can be read.
     */
    public WebApp digestLogin(String realm) {
        login = new LoginMethod(SecurityDeclaration.DIGEST, realm, "", "");
        return this;
    }

    /**
     * Lets in at {@code pattern} (Servlet 6.1 §12.2) only who has one of {@code roles}, whatever the method of the request. {@code **} is
     * everybody who is logged in. Constraints at the same pattern add up: each lets in its roles (Servlet 6.1 §13.8.1).
     *
     * @throws IllegalArgumentException if no role is named, or the pattern is none
     */
    public WebApp protect(String pattern, String... roles) {
        if (roles.length == 0)
            throw new IllegalArgumentException("no role is let in at " + pattern + "; \"**\" is everybody who logs in");
        constraints.add(new SecurityConstraint(List.of(ResourceCollection.of(pattern)), Set.of(roles), false));
        return this;
    }

    /** Callers log in with name and password in each request (BASIC); their client shows {@code realm} when it asks for them. */
    public WebApp basicLogin(String realm) {
        login = new LoginMethod(SecurityDeclaration.BASIC, realm, "", "");
        return this;
    }

    /**
     * Callers log in by pages of this application (FORM, Servlet 6.1 §13.6.3): {@code loginPage} has a form that posts {@code j_username} and
     * {@code j_password} to {@code j_security_check}, {@code errorPage} is shown to who was not let in. Both are paths below the context path.
     *
     * @throws IllegalArgumentException if one does not begin with a slash
     */
    public WebApp formLogin(String loginPage, String errorPage) {
        new SecurityDeclaration().formPages(loginPage, errorPage); // checks them here, where the mistake is
        login = new LoginMethod(SecurityDeclaration.FORM, "", loginPage, errorPage);
        return this;
    }

    /** The context class loader of everything the application does; the default is the one of the thread that starts the server. */
    public WebApp classLoader(ClassLoader loader) {
        this.classLoader = loader;
        return this;
    }

    /** Sets what {@code ServletContext.getInitParameter} answers. */
    public WebApp contextParam(String name, String value) {
        contextParams.put(name, value);
        return this;
    }

    /** Sets an attribute of the context before anything of the application runs. */
    public WebApp attribute(String name, Object value) {
        attributes.put(name, value);
        return this;
    }

    /**
     * Gives the application something under a name: {@code jdbc/shop} for look-ups of {@code java:comp/env/jdbc/shop}, for {@code @Resource}
     * and for the references of its web.xml with that name, in the place of what a descriptor says of it. Whoever gives it closes it.
     *
     * @param name below {@code java:comp/env}, or beginning with {@code java:}
     */
    public WebApp resource(String name, Object value) {
        named.put(name, value);
        return this;
    }

    /** What {@code ServletContext.getServletContextName} answers. */
    public WebApp displayName(String name) {
        this.displayName = name;
        return this;
    }

    /** Dispatches to {@code location}, a path below the context path, where a response is an error of this status (Servlet 6.1 §10.9). */
    public WebApp errorPage(int status, String location) {
        errorPages.add(new ErrorPage(status, null, location));
        return this;
    }

    /** Dispatches to {@code location} where a servlet let {@code failure}, or a subclass that has no page of its own, escape. */
    public WebApp errorPage(Class<? extends Throwable> failure, String location) {
        errorPages.add(new ErrorPage(0, failure, location));
        return this;
    }

    /** Dispatches to {@code location} for every error that has no page of its own. */
    public WebApp errorPage(String location) {
        errorPages.add(new ErrorPage(0, null, location));
        return this;
    }

    /** The media type of files whose name ends with a dot and {@code extension}; takes the place of a built-in one. */
    public WebApp mimeType(String extension, String type) {
        mimeTypes.put(extension, type);
        return this;
    }

    /** The charset a response gets with {@code setLocale} (Servlet 6.1 §5.5). */
    public WebApp localeEncoding(Locale locale, Charset charset) {
        localeEncodings.put(locale, charset);
        return this;
    }

    /** How long a session lives without a request; zero or less means for ever. The default is 30 minutes. */
    public WebApp sessionTimeout(Duration timeout) {
        this.sessionTimeout = timeout;
        return this;
    }

    /**
     * Where its sessions are kept while it does not run, in the place of what the keys {@code session.store} say: a database for instance,
     * or something that several servers share.
     */
    public WebApp sessionStore(SessionStore.Opener opener) {
        this.sessionStore = opener;
        return this;
    }

    /** Where the servlets of this application run, if not where those of its server do. */
    public WebApp execution(Execution execution) {
        this.execution = execution;
        return this;
    }

    record NamedServlet(String name, Servlet servlet, List<String> patterns, boolean nonBlocking) {}

    record NamedFilter(String name, Filter filter, EnumSet<DispatcherType> dispatches, List<String> patterns) {}

    /** For a status other than 0, or for a failure; with neither, for every error that has no page of its own. */
    record ErrorPage(int status, @Nullable Class<? extends Throwable> failure, String location) {}

    /** Pages are empty where the method has none. */
    record LoginMethod(String name, String realm, String loginPage, String errorPage) {}

    record Initializer(ServletContainerInitializer initializer, List<Class<?>> handledTypes) {}
}
