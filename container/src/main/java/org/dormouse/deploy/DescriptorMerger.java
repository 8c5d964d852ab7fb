package org.dormouse.deploy;

import jakarta.annotation.security.DeclareRoles;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletSecurityElement;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.deploy.Descriptor.FilterElement;
import org.dormouse.deploy.Descriptor.FilterMappingElement;
import org.dormouse.deploy.Descriptor.FormPages;
import org.dormouse.deploy.Descriptor.LifecycleCallback;
import org.dormouse.deploy.Descriptor.ServletElement;
import org.dormouse.deploy.Descriptor.ServletMappingElement;
import org.dormouse.naming.Injection;
import org.dormouse.naming.Names;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.ErrorPage;
import org.dormouse.servlet.FilterDeclaration;
import org.dormouse.servlet.FilterMapping;
import org.dormouse.servlet.ListenerDeclaration;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.mapping.ServletMappings;
import org.dormouse.servlet.mapping.UrlPattern;
import org.dormouse.servlet.security.SecurityConstraint;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges descriptors into one deployment (Servlet 6.1 §8.2.3): web.xml is added first, then fragments in their order, then annotations.
 * What was said first stays; lists grow.
 */
final class DescriptorMerger {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorMerger.class);

    private final Deployment deployment;
    private final String war;
    private final ClassesOfApplication classes;
    private final List<LifecycleCallback> postConstruct = new ArrayList<>();
    private final List<LifecycleCallback> preDestroy = new ArrayList<>();
    private final Set<String> listeners = new HashSet<>();
    /** Servlets and filters, by what their attributes were set by: a servlet declared by nobody yet is only a name. */
    private final Map<String, ServletElement> servlets = new HashMap<>();

    private final Map<String, FilterElement> filters = new HashMap<>();
    /** Kept apart until the end: annotations have no say at a pattern that a descriptor names, but do not bind each other. */
    private final List<SecurityConstraint> annotated = new ArrayList<>();

    /** Those that web.xml maps: what fragments say of where they are does not count (§8.2.3 2.h). */
    private final Set<String> mappedServlets = new HashSet<>();

    private final Set<String> mappedFilters = new HashSet<>();

    private final Decisions decisions = new Decisions();
    private final SessionMerger sessions;
    private final PageMerger pages;
    private final NamingMerger names;
    private boolean first = true;

    /** @param given resources that the server gives, by name */
    DescriptorMerger(Deployment deployment, String war, Names names, Map<String, Object> given) {
        this.deployment = deployment;
        this.war = war;
        this.classes = new ClassesOfApplication(deployment.classLoader(), war);
        this.sessions = new SessionMerger(deployment.sessions(), decisions);
        this.pages = new PageMerger(deployment, war, decisions);
        this.names = new NamingMerger(deployment, names, given, decisions);
    }

    /** Adds web.xml, then one fragment after the other. */
    void add(Descriptor descriptor) throws DeploymentException {
        boolean byApplication = first;
        first = false;
        if (byApplication) addOfApplication(descriptor);
        addDeclarations(descriptor);
        for (ServletMappingElement mapping : descriptor.servletMappings) {
            if (byApplication) mappedServlets.add(mapping.servlet());
            else if (mappedServlets.contains(mapping.servlet())) continue;
            servlet(descriptor, mapping.servlet()).patterns().addAll(mapping.patterns());
        }
        for (FilterMappingElement mapping : descriptor.filterMappings) {
            if (byApplication) mappedFilters.add(mapping.filter());
            else if (mappedFilters.contains(mapping.filter())) continue;
            addMapping(descriptor, mapping);
        }
        addSettings(descriptor, byApplication);
    }

    /** Adds annotations, whose URL patterns count only where no descriptor gave any (§8.2.3). */
    void addAnnotations(Descriptor annotations) throws DeploymentException {
        Set<String> mapped = new HashSet<>();
        for (ServletDeclaration servlet : deployment.servlets())
            if (!servlet.patterns().isEmpty()) mapped.add(servlet.name());
        Set<String> filtering = new HashSet<>();
        for (FilterMapping mapping : deployment.filterMappings()) filtering.add(mapping.filter());
        addDeclarations(annotations);
        for (ServletMappingElement mapping : annotations.servletMappings) {
            if (!mapped.contains(mapping.servlet()))
                servlet(annotations, mapping.servlet()).patterns().addAll(mapping.patterns());
        }
        for (FilterMappingElement mapping : annotations.filterMappings) {
            if (!filtering.contains(mapping.filter())) addMapping(annotations, mapping);
        }
    }

    private void addOfApplication(Descriptor webXml) {
        deployment.effectiveVersion(webXml.majorVersion, webXml.minorVersion);
        if (webXml.displayName != null) deployment.displayName(webXml.displayName);
        deployment.requestEncoding(webXml.requestEncoding);
        deployment.responseEncoding(webXml.responseEncoding);
        deployment.security().denyUncovered(webXml.denyUncovered);
    }

    private void addDeclarations(Descriptor descriptor) {
        descriptor.servlets.forEach((name, element) ->
                merge(servlets.computeIfAbsent(name, n -> new ServletElement()), element, deployment.servlet(name)));
        descriptor.filters.forEach((name, element) ->
                merge(filters.computeIfAbsent(name, n -> new FilterElement()), element, deployment.filter(name)));
        for (String listener : descriptor.listeners) {
            if (listeners.add(listener)) deployment.listeners().add(ListenerDeclaration.ofClass(listener));
        }
    }

    private static void merge(ServletElement known, ServletElement more, ServletDeclaration to) {
        if (known.className == null && known.jspFile == null) {
            known.className = more.className;
            known.jspFile = more.jspFile;
            if (more.className != null) to.className(more.className);
            if (more.jspFile != null) to.jspFile(more.jspFile);
        }
        if (known.loadOnStartup == null && more.loadOnStartup != null) {
            known.loadOnStartup = more.loadOnStartup;
            to.loadOnStartup(more.loadOnStartup);
        }
        if (known.asyncSupported == null && more.asyncSupported != null) {
            known.asyncSupported = more.asyncSupported;
            to.asyncSupported(more.asyncSupported);
        }
        if (known.enabled == null && more.enabled != null) {
            known.enabled = more.enabled;
            to.enabled(more.enabled);
        }
        if (to.multipart() == null) to.multipart(more.multipart);
        if (to.runAs() == null && more.runAs != null) to.runAs(more.runAs);
        more.initParameters.forEach(to.initParameters()::putIfAbsent);
        more.roleLinks.forEach(to.roleLinks()::putIfAbsent);
    }

    private static void merge(FilterElement known, FilterElement more, FilterDeclaration to) {
        if (known.className == null && more.className != null) {
            known.className = more.className;
            to.className(more.className);
        }
        if (known.asyncSupported == null && more.asyncSupported != null) {
            known.asyncSupported = more.asyncSupported;
            to.asyncSupported(more.asyncSupported);
        }
        more.initParameters.forEach(to.initParameters()::putIfAbsent);
    }

    private ServletDeclaration servlet(Descriptor source, String name) throws DeploymentException {
        ServletDeclaration servlet = deployment.findServlet(name);
        if (servlet == null && DefaultServlet.NAMES.contains(name)) return deployment.servlet(name);
        if (servlet == null)
            throw new DeploymentException(
                    source.source + ": a servlet-mapping names servlet " + name + ", which is not declared");
        return servlet;
    }

    private void addMapping(Descriptor source, FilterMappingElement mapping) throws DeploymentException {
        if (deployment.findFilter(mapping.filter()) == null) {
            throw new DeploymentException(
                    source.source + ": a filter-mapping names filter " + mapping.filter() + ", which is not declared");
        }
        for (String pattern : mapping.patterns()) {
            warn(source, parse(source, pattern));
            deployment.filterMappings().add(FilterMapping.ofPattern(mapping.filter(), pattern, mapping.dispatchers()));
        }
        for (String servlet : mapping.servlets()) {
            deployment.filterMappings().add(FilterMapping.ofServlet(mapping.filter(), servlet, mapping.dispatchers()));
        }
    }

    private static UrlPattern parse(Descriptor source, String pattern) throws DeploymentException {
        try {
            return UrlPattern.of(pattern);
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(source.source + ": " + e.getMessage(), e);
        }
    }

    private static void warn(Descriptor source, UrlPattern pattern) {
        String warning = pattern.warning();
        if (warning != null) LOG.warn("{}: {}", source.source, warning);
    }

    private void addSettings(Descriptor descriptor, boolean byApplication) throws DeploymentException {
        descriptor.contextParameters.forEach(deployment.contextParameters()::putIfAbsent);
        descriptor.mimeTypes.forEach(deployment.mimeTypes()::putIfAbsent);
        descriptor.localeEncodings.forEach(deployment.localeEncodings()::putIfAbsent);
        addErrorPages(descriptor, byApplication);
        for (String file : descriptor.welcomeFiles)
            if (!deployment.welcomeFiles().contains(file))
                deployment.welcomeFiles().add(file);
        deployment.roles().addAll(descriptor.roles);
        postConstruct.addAll(descriptor.postConstruct);
        preDestroy.addAll(descriptor.preDestroy);
        SecurityDeclaration security = deployment.security();
        security.constraints().addAll(descriptor.constraints);
        deployment.roles().addAll(security.namedRoles());
        addLogin(descriptor, byApplication, security);
        sessions.add(descriptor, byApplication);
        pages.add(descriptor, byApplication);
        names.add(descriptor, byApplication);
    }

    /** As a whole: the pages of one descriptor do not go with the method of another. */
    private void addLogin(Descriptor descriptor, boolean byApplication, SecurityDeclaration security)
            throws DeploymentException {
        if (descriptor.authMethod == null) return;
        String said = descriptor.authMethod
                + (descriptor.realm == null ? "" : " " + descriptor.realm)
                + (descriptor.formPages == null ? "" : " " + descriptor.formPages);
        if (!decisions.counts(descriptor, byApplication, "login-config", said)) return;
        security.authMethod(descriptor.authMethod);
        if (descriptor.realm != null) security.realm(descriptor.realm);
        FormPages pages = descriptor.formPages;
        if (pages != null) security.formPages(pages.login(), pages.error());
    }

    /** The last one in a file counts; of the files, web.xml. */
    private void addErrorPages(Descriptor descriptor, boolean byApplication) throws DeploymentException {
        Map<String, ErrorPage> pages = new LinkedHashMap<>();
        for (ErrorPage page : descriptor.errorPages) pages.put(keyOf(page), page);
        for (var page : pages.entrySet()) {
            String location = page.getValue().location();
            if (decisions.counts(descriptor, byApplication, page.getKey(), location)) {
                deployment.errorPages().add(page.getValue());
            }
        }
    }

    private static String keyOf(ErrorPage page) {
        if (page.exceptionType() != null) return "error-page for exception-type " + page.exceptionType();
        return page.status() != 0 ? "error-page for error-code " + page.status() : "error-page for everything else";
    }

    /** Loads the classes that were named, reads what is annotated on them, and checks the whole. */
    void finish(boolean metadataComplete) throws DeploymentException {
        DefaultServlet.addTo(deployment);
        pages.finish();
        for (ServletDeclaration servlet : deployment.servlets()) finish(servlet, metadataComplete);
        deployment.security().constraints().addAll(annotated);
        for (FilterDeclaration filter : deployment.filters()) {
            String className = filter.className();
            if (className == null)
                throw new DeploymentException(war + ": filter " + filter.name() + " has no filter-class");
            if (filter.type() == null) filter.type(classes.load(className, Filter.class, "filter " + filter.name()));
        }
        var loaded = new ArrayList<ListenerDeclaration>();
        for (ListenerDeclaration listener : deployment.listeners()) {
            String className = listener.className();
            loaded.add(
                    className == null
                            ? listener
                            : ListenerDeclaration.of(classes.load(className, EventListener.class, "a listener")));
        }
        deployment.listeners().clear();
        deployment.listeners().addAll(loaded);
        Injection injection = names.finish(!metadataComplete, made());
        deployment.instances(new ContainerInstances(!metadataComplete, injection, postConstruct, preDestroy));
        checkMappings();
    }

    /** The classes of servlets, filters and listeners. */
    private List<Class<?>> made() {
        var types = new ArrayList<Class<?>>();
        for (ServletDeclaration servlet : deployment.servlets()) if (servlet.type() != null) types.add(servlet.type());
        for (FilterDeclaration filter : deployment.filters()) if (filter.type() != null) types.add(filter.type());
        for (ListenerDeclaration one : deployment.listeners()) if (one.type() != null) types.add(one.type());
        return types;
    }

    private void finish(ServletDeclaration servlet, boolean metadataComplete) throws DeploymentException {
        if (servlet.jspFile() != null) pages.declare(servlet);
        String className = servlet.className();
        if (className == null)
            throw new DeploymentException(
                    war + ": servlet " + servlet.name() + " has neither servlet-class nor jsp-file");
        if (servlet.type() == null) servlet.type(classes.load(className, Servlet.class, "servlet " + servlet.name()));
        Class<? extends Servlet> type = servlet.type();
        servlet.readAnnotations(metadataComplete ? null : type);
        if (metadataComplete || type == null) return;
        DeclareRoles roles = type.getAnnotation(DeclareRoles.class);
        if (roles != null) deployment.roles().addAll(List.of(roles.value()));
        addConstraints(servlet);
    }

    /** Those of the patterns known now; what initializers and listeners add is protected when the context starts. */
    private void addConstraints(ServletDeclaration servlet) {
        ServletSecurityElement element = servlet.security();
        if (element == null) return;
        Set<String> patterns = new LinkedHashSet<>(servlet.patterns());
        patterns.removeIf(deployment.security()::names);
        annotated.addAll(SecurityConstraint.of(element, patterns));
    }

    private void checkMappings() throws DeploymentException {
        var mappings = ServletMappings.<String>builder();
        for (ServletDeclaration servlet : deployment.servlets()) {
            for (String pattern : servlet.patterns()) {
                try {
                    mappings.add(pattern, servlet.name(), pattern);
                } catch (IllegalArgumentException e) {
                    throw new DeploymentException(war + ": servlet " + servlet.name() + ": " + e.getMessage(), e);
                }
                String warning = UrlPattern.of(pattern).warning();
                if (warning != null) LOG.warn("{}: servlet {}: {}", war, servlet.name(), warning);
            }
        }
    }
}
