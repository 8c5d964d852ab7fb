package org.dormouse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.dormouse.compression.Compression;
import org.dormouse.compression.CompressionSettings;
import org.dormouse.deploy.ApplicationNames;
import org.dormouse.deploy.DefaultServlet;
import org.dormouse.deploy.DeploymentException;
import org.dormouse.deploy.FolderResources;
import org.dormouse.deploy.WarDeployer;
import org.dormouse.http.BodyCoder;
import org.dormouse.identity.Logins;
import org.dormouse.identity.Users;
import org.dormouse.openid.OpenIdSettings;
import org.dormouse.server.Configuration;
import org.dormouse.server.WebSocketInitializer;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.ErrorPage;
import org.dormouse.servlet.FilterMapping;
import org.dormouse.servlet.InitializerDeclaration;
import org.dormouse.servlet.ListenerDeclaration;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.StaticSettings;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a {@link WebApp} was told into a deployment: what its WAR declares first, then what was added here.
 *
 * @param logins of applications before this one; those of one file share its users
 */
record WebAppDeployment(WebApp application, Configuration configuration, SharedLogins logins) {
    WebAppDeployment(WebApp application, Configuration configuration) {
        this(application, configuration, new SharedLogins(configuration.loginLimits()));
    }

    /** @throws IllegalStateException if it cannot be deployed, and nothing is left open; the message has file and reason */
    Deployment make() {
        Path war = application.war;
        Deployment deployment = war == null ? new Deployment(application.contextPath()) : read(war);
        try {
            add(deployment);
        } catch (RuntimeException | Error e) {
            WarDeployer.closeAll(deployment.closeAtStop(), e);
            throw e;
        }
        return deployment;
    }

    private void add(Deployment deployment) {
        if (application.war == null && application.classLoader != null) deployment.classLoader(application.classLoader);
        if (application.war == null && !application.named.isEmpty())
            ApplicationNames.addTo(deployment, application.named);
        if (application.displayName != null) deployment.displayName(application.displayName);
        deployment.contextParameters().putAll(application.contextParams);
        deployment.attributes().putAll(application.attributes);
        deployment.mimeTypes().putAll(application.mimeTypes);
        application.localeEncodings.forEach(
                (locale, charset) -> deployment.localeEncodings().put(locale, charset.name()));
        deployment.limits(configuration.requests());
        deployment.servletSettings(configuration.servlets());
        deployment.multipartLimits(configuration.multipart());
        deployment.staticSettings(staticSettings(deployment));
        addResources(deployment);
        addServletsAndFilters(deployment);
        addErrorPages(deployment);
        for (var listener : application.listeners) deployment.listeners().add(ListenerDeclaration.of(listener));
        for (var each : application.initializers) {
            Set<Class<?>> handled = each.handledTypes().isEmpty() ? null : new LinkedHashSet<>(each.handledTypes());
            deployment.initializers().add(new InitializerDeclaration(each.initializer(), handled));
        }
        addSessions(deployment);
        addSecurity(deployment);
        addUsers(deployment);
        addDefaultServlet(deployment);
    }

    private StaticSettings staticSettings(Deployment deployment) {
        CompressionSettings settings = configuration.compression();
        if (!settings.encodes()) return configuration.staticFiles(BodyCoder.NONE);
        var compression = new Compression(settings);
        deployment.closeAtStop().add(compression);
        return configuration.staticFiles(compression);
    }

    private Deployment read(Path war) {
        var deployer = new WarDeployer()
                .limits(configuration.unpacking())
                .followLinks(followsLinks())
                .initializer(new WebSocketInitializer())
                .resources(application.named)
                .pages(!Boolean.FALSE.equals(application.pages))
                .libraries(application.libraries.toArray(Path[]::new));
        if (application.classLoader != null) deployer.server(application.classLoader);
        try {
            return application.atOwnPath
                    ? deployer.otherwiseAt(application.contextPath()).read(war, null)
                    : deployer.read(war, application.contextPath());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private boolean followsLinks() {
        return configuration.staticFiles(BodyCoder.NONE).followLinks();
    }

    private void addResources(Deployment deployment) {
        if (application.content == null && application.resourceFolders.isEmpty()) return;
        if (application.war != null) {
            throw new IllegalStateException(
                    "application " + application.contextPath() + "/ has a WAR and resources beside it; one of them");
        }
        if (application.content != null) deployment.resources(application.content);
        if (application.resourceFolders.isEmpty()) return;
        try {
            deployment.resources(new FolderResources(application.resourceFolders, followsLinks()));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "a resource folder of " + application.contextPath() + "/ cannot be read", e);
        }
    }

    /** Last, since it takes what is left over. */
    private void addDefaultServlet(Deployment deployment) {
        boolean wanted = application.defaultServlet == null
                ? application.content != null || (application.war == null && !application.resourceFolders.isEmpty())
                : application.defaultServlet;
        boolean pages = application.pages == null ? wanted : application.pages;
        if (pages && application.war == null) addPages(deployment);
        if (wanted) DefaultServlet.addTo(deployment);
        else if (Boolean.FALSE.equals(application.defaultServlet)) takeFromDefaultServlet(deployment, "/");
    }

    private void addPages(Deployment deployment) {
        try {
            DefaultServlet.addPages(deployment, !application.resourceFolders.isEmpty());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "application " + deployment.contextPath() + "/ gets no folder for its pages: " + e.getMessage(), e);
        }
    }

    private void addServletsAndFilters(Deployment deployment) {
        for (var servlet : application.servlets) {
            if (deployment.findServlet(servlet.name()) != null)
                throw new IllegalStateException("two servlets are called " + servlet.name());
            var declared = deployment
                    .servlet(servlet.name())
                    .instance(servlet.servlet())
                    .asyncSupported(true);
            if (servlet.nonBlocking()) declared.nonBlocking(true);
            for (String pattern : servlet.patterns()) {
                takeFromDefaultServlet(deployment, pattern);
                declared.pattern(pattern);
            }
        }
        for (var filter : application.filters) {
            if (deployment.findFilter(filter.name()) != null)
                throw new IllegalStateException("two filters are called " + filter.name());
            deployment.filter(filter.name()).instance(filter.filter()).asyncSupported(true);
            for (String pattern : filter.patterns()) {
                deployment.filterMappings().add(FilterMapping.ofPattern(filter.name(), pattern, filter.dispatches()));
            }
        }
    }

    /** A WAR has its default servlet already; what is added here wins. */
    private static void takeFromDefaultServlet(Deployment deployment, String pattern) {
        ServletDeclaration files = deployment.findServlet(DefaultServlet.NAME);
        if (files != null) files.patterns().remove(pattern);
    }

    private void addErrorPages(Deployment deployment) {
        for (var page : application.errorPages) {
            @Nullable Class<? extends Throwable> failure = page.failure();
            deployment
                    .errorPages()
                    .add(new ErrorPage(page.status(), failure == null ? null : failure.getName(), page.location()));
        }
    }

    private void addSessions(Deployment deployment) {
        var sessions = deployment.sessions();
        configuration.sessions(sessions, application.sessionStore);
        sessions.defaultTrackingModes(configuration.trackingModes());
        if (application.sessionTimeout != null) sessions.timeoutMinutes(minutes(application.sessionTimeout));
    }

    /** Rounded up: the specification counts sessions in minutes, and less than one must not mean for ever. */
    private static int minutes(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) return 0;
        return (int) Math.min(
                Integer.MAX_VALUE / 60, timeout.plusMinutes(1).minusNanos(1).toMinutes());
    }

    private void addSecurity(Deployment deployment) {
        SecurityDeclaration security = deployment.security();
        security.login(configuration.login());
        security.digestAlgorithms(configuration.digestAlgorithms());
        security.constraints().addAll(application.constraints);
        WebApp.LoginMethod method = application.login;
        if (method != null) {
            security.authMethod(method.name()).realm(method.realm());
            if (!method.loginPage().isEmpty()) security.formPages(method.loginPage(), method.errorPage());
        }
        if (!SecurityDeclaration.OPENID.equals(security.authMethod())) return;
        OpenIdSettings provider = application.openId != null ? application.openId : configuration.openId();
        if (provider != null) security.flow(provider.login());
    }

    /** Those of the application, else those of the server. */
    private void addUsers(Deployment deployment) {
        Users own = application.sourceOfUsers;
        if (own != null) {
            deployment.security().logins(new Logins(own, configuration.loginLimits(), System::nanoTime));
            return;
        }
        Path file = application.users;
        Path source = configuration.usersSource();
        try {
            if (file != null) deployment.security().logins(logins.ofFile(file));
            else if (source != null) deployment.security().logins(logins.ofSource(source, deployment.closeAtStop()));
        } catch (IOException e) {
            String what = file != null ? "users file " + file + " cannot be read" : "users.source: " + e.getMessage();
            throw new IllegalStateException(what, e);
        }
    }
}
