package org.dormouse.spring.boot;

import java.io.File;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.logging.LogFactory;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Compression;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.server.servlet.DocumentRoot;
import org.springframework.boot.web.server.servlet.ServletContextInitializers;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ResourceLoaderAware;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Makes a Dormouse from Boot's settings. Used by one thread, while an application context is refreshed.
 *
 * <p>What Boot can ask for and Dormouse does not have yet makes {@link #getWebServer} throw an {@link UnsupportedPropertyException}
 * that names the property.
 */
public class DormouseServletWebServerFactory extends AbstractConfigurableWebServerFactory
        implements ConfigurableServletWebServerFactory, ResourceLoaderAware {
    private static final Duration OUTPUT_TIME = Duration.ofSeconds(2);

    /** Where a proxy of one's own is: private, shared, link-local and loopback addresses, as with the other containers, and Unix sockets. */
    private static final String INTERNAL_PROXIES =
            "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16,"
                    + " 127.0.0.0/8, ::1, fc00::/7, fe80::/10, unix";

    private final ServletWebServerSettings settings = new ServletWebServerSettings();
    private final List<DormouseBuilderCustomizer> builderCustomizers = new ArrayList<>();
    private final List<WebAppCustomizer> webAppCustomizers = new ArrayList<>();
    private @Nullable ResourceLoader resourceLoader;
    private @Nullable Execution execution;
    private int loops;
    private int maxHeadBytes;
    private boolean usesForwardHeaders;

    /** A server on port 8080 with the root context. */
    public DormouseServletWebServerFactory() {}

    /** A server on {@code port} with the root context; 0 for a free port, -1 for an application that listens nowhere. */
    public DormouseServletWebServerFactory(int port) {
        super(port);
    }

    @Override
    public ServletWebServerSettings getSettings() {
        return settings;
    }

    @Override
    public void setResourceLoader(ResourceLoader resourceLoader) {
        this.resourceLoader = resourceLoader;
    }

    /** Where servlets run; null for Dormouse's own default. */
    public void setExecution(@Nullable Execution execution) {
        this.execution = execution;
    }

    /** The number of event loops; 0 for one per core. */
    public void setLoops(int loops) {
        this.loops = loops;
    }

    /** Bytes of request line and fields together; 0 for Dormouse's default. */
    public void setMaxHeadBytes(int maxHeadBytes) {
        this.maxHeadBytes = maxHeadBytes;
    }

    /**
     * Whether {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port} of proxies with internal addresses are believed; a
     * builder customizer that sets {@code forwarded.trusted} names others.
     */
    public void setUseForwardHeaders(boolean useForwardHeaders) {
        usesForwardHeaders = useForwardHeaders;
    }

    /** Adds what has the last word on the server, in the order of the calls. */
    public void addBuilderCustomizers(DormouseBuilderCustomizer... customizers) {
        builderCustomizers.addAll(List.of(customizers));
    }

    /** Adds what has the last word on the application, in the order of the calls. */
    public void addWebAppCustomizers(WebAppCustomizer... customizers) {
        webAppCustomizers.addAll(List.of(customizers));
    }

    @Override
    public WebServer getWebServer(ServletContextInitializer... initializers) {
        UnsupportedPropertyException.refuseWhatIsNotThereYet(this);
        StaticResources resources = StaticResources.open(documentRoot(), settings.getStaticResourceUrls());
        try {
            Dormouse server = builder(webApp(resources, initializers)).prepare();
            return new DormouseWebServer(
                    server, settings.getContextPath().toString(), getPort(), isGraceful(), resources);
        } catch (RuntimeException e) {
            resources.close();
            throw new WebServerException("Dormouse cannot start the application: " + e.getMessage(), e);
        }
    }

    private void setCompression(Dormouse.Builder builder) {
        Compression compression = getCompression();
        if (compression == null || !compression.getEnabled()) return;
        builder.set("compression.enabled", "true")
                .set("compression.types", String.join(",", compression.getMimeTypes()))
                .set(
                        "compression.min-bytes",
                        Long.toString(compression.getMinResponseSize().toBytes()));
    }

    private Dormouse.Builder builder(WebApp application) {
        Dormouse.Builder builder =
                Dormouse.builder().port(Math.max(getPort(), 0)).deploy(application);
        if (getAddress() != null) builder.host(getAddress().getHostAddress());
        if (getServerHeader() != null) builder.serverHeader(getServerHeader());
        // Boot has waited for requests before it destroys the server; what is left then is output on its way.
        builder.drainTimeout(isGraceful() ? OUTPUT_TIME : Duration.ZERO);
        if (execution != null) builder.execution(execution);
        if (loops > 0) builder.loops(loops);
        if (maxHeadBytes > 0) builder.maxHeadBytes(maxHeadBytes);
        if (usesForwardHeaders) builder.set("forwarded.trusted", INTERNAL_PROXIES);
        setCompression(builder);
        builderCustomizers.forEach(customizer -> customizer.customize(builder));
        return builder;
    }

    private WebApp webApp(StaticResources resources, ServletContextInitializer... initializers) {
        WebApp application = WebApp.at(settings.getContextPath().toString());
        application.classLoader(classLoader());
        if (settings.getDisplayName() != null) application.displayName(settings.getDisplayName());
        Duration timeout = settings.getSession().getTimeout();
        application.sessionTimeout(timeout == null ? Duration.ZERO : timeout);
        for (Path folder : resources.folders()) application.resources(folder);
        application.defaultServlet(settings.isRegisterDefaultServlet());
        application.pages(BootInitializer.wantsJasper(settings, classLoader()));
        for (MimeMappings.Mapping mapping : settings.getMimeMappings()) {
            application.mimeType(mapping.getExtension(), mapping.getMimeType());
        }
        for (var mapping : settings.getLocaleCharsetMappings().entrySet()) {
            Locale locale = mapping.getKey();
            Charset charset = mapping.getValue();
            application.localeEncoding(locale, charset);
        }
        for (ErrorPage page : getErrorPages()) addErrorPage(application, page);
        ServletContextInitializers all = ServletContextInitializers.from(settings, initializers);
        application.initializer(new BootInitializer(settings, all, classLoader()));
        webAppCustomizers.forEach(customizer -> customizer.customize(application));
        return application;
    }

    private static void addErrorPage(WebApp application, ErrorPage page) {
        if (page.isGlobal()) application.errorPage(page.getPath());
        else if (page.getException() != null) application.errorPage(page.getException(), page.getPath());
        else application.errorPage(page.getStatusCode(), page.getPath());
    }

    private ClassLoader classLoader() {
        ClassLoader loader = resourceLoader == null ? null : resourceLoader.getClassLoader();
        if (loader == null) loader = ClassUtils.getDefaultClassLoader();
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    private @Nullable File documentRoot() {
        DocumentRoot root = new DocumentRoot(LogFactory.getLog(getClass()));
        root.setDirectory(settings.getDocumentRoot());
        return root.getValidDirectory();
    }

    private boolean isGraceful() {
        return getShutdown() == Shutdown.GRACEFUL;
    }
}
