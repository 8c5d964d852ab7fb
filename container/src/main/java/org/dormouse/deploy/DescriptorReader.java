package org.dormouse.deploy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dormouse.deploy.Descriptor.FilterElement;
import org.dormouse.deploy.Descriptor.FilterMappingElement;
import org.dormouse.deploy.Descriptor.LifecycleCallback;
import org.dormouse.deploy.Descriptor.ServletElement;
import org.dormouse.deploy.Descriptor.ServletMappingElement;
import org.dormouse.deploy.Descriptor.Sessions;
import org.dormouse.servlet.ErrorPage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads web.xml and web-fragment.xml (Servlet 6.1 chapter 14, and the schemas back to 2.4). What it does not know is warned of, unless it
 * stands where access is restricted: there it is refused.
 */
final class DescriptorReader {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorReader.class);
    /** Bytes of a multipart body's part head or a small file kept in memory: the specification's default is 0, all parts in files. */
    private static final int NO_THRESHOLD = 0;

    /** Elements that say something to people or to other tools, or that mean nothing to this server. */
    private static final Set<String> MEANINGLESS = Set.of(
            "description",
            "display-name",
            "icon",
            "module-name",
            "distributable",
            "message-destination",
            "name",
            "ordering",
            "absolute-ordering");

    private static final Set<String> OLD_VERSIONS = Set.of("2.2", "2.3");

    private final Descriptor descriptor;
    private final ElementRules rules;
    private final SecurityElements security;
    private final OrderingElements ordering;
    private final JspElements pages;
    private final NamingElements naming;

    private DescriptorReader(String source, boolean isOld) {
        this.descriptor = new Descriptor(source);
        this.rules = new ElementRules(source, isOld);
        this.security = new SecurityElements(descriptor, rules);
        this.ordering = new OrderingElements(descriptor, rules);
        this.pages = new JspElements(descriptor, rules);
        this.naming = new NamingElements(descriptor, rules);
    }

    /**
     * Reads one descriptor.
     *
     * @param source for messages: file, or jar and entry
     * @param fragment whether a web-fragment.xml is expected
     */
    static Descriptor read(InputStream in, String source, boolean fragment) throws DeploymentException {
        XmlElement root = XmlElement.read(in, source);
        String expected = fragment ? "web-fragment" : "web-app";
        if (!root.name().equals(expected)) {
            throw new DeploymentException(source + ": <" + expected + "> expected, found <" + root.name() + ">");
        }
        var reader = new DescriptorReader(source, OLD_VERSIONS.contains(String.valueOf(root.attribute("version"))));
        reader.readRoot(root, fragment);
        return reader.descriptor;
    }

    private void readRoot(XmlElement root, boolean fragment) throws DeploymentException {
        readVersion(root);
        descriptor.metadataComplete = Boolean.parseBoolean(root.attribute("metadata-complete"));
        descriptor.displayName = root.childText("display-name");
        if (fragment) {
            descriptor.fragmentName = root.childText("name");
            ordering.read(root.child("ordering"));
        } else {
            ordering.readAbsolute(root.child("absolute-ordering"));
        }
        for (XmlElement element : root.children()) {
            try {
                if (!readCommon(element) && (fragment || !readOfApplication(element))) readOther(element);
            } catch (IllegalArgumentException e) {
                throw new DeploymentException(rules.at(element) + e.getMessage(), e);
            }
        }
    }

    private void readVersion(XmlElement root) {
        String version = root.attribute("version");
        if (version == null || !version.matches("[0-9]{1,2}\\.[0-9]{1,2}")) return;
        int dot = version.indexOf('.');
        descriptor.majorVersion = Integer.parseInt(version.substring(0, dot));
        descriptor.minorVersion = Integer.parseInt(version.substring(dot + 1));
    }

    /** Elements of both kinds of descriptor. */
    private boolean readCommon(XmlElement e) throws DeploymentException {
        switch (e.name()) {
            case "context-param" ->
                descriptor.contextParameters.putIfAbsent(
                        rules.required(e, "param-name"), rules.required(e, "param-value"));
            case "servlet" -> readServlet(e);
            case "servlet-mapping" ->
                descriptor.servletMappings.add(
                        new ServletMappingElement(rules.required(e, "servlet-name"), rules.patterns(e)));
            case "filter" -> readFilter(e);
            case "filter-mapping" -> readFilterMapping(e);
            case "listener" -> descriptor.listeners.add(rules.required(e, "listener-class"));
            case "session-config" -> readSessions(e);
            case "mime-mapping" ->
                descriptor.mimeTypes.put(
                        rules.required(e, "extension").toLowerCase(Locale.ROOT), rules.required(e, "mime-type"));
            case "welcome-file-list" -> readWelcomeFiles(e);
            case "error-page" -> readErrorPage(e);
            case "locale-encoding-mapping-list" -> readLocaleEncodings(e);
            case "jsp-config" -> pages.readConfig(e);
            case "taglib" -> pages.readTagLibrary(e);
            case "security-constraint" -> security.readConstraint(e);
            case "login-config" -> security.readLogin(e);
            case "security-role" -> descriptor.roles.add(rules.required(e, "role-name"));
            case "post-construct" -> descriptor.postConstruct.add(callback(e));
            case "pre-destroy" -> descriptor.preDestroy.add(callback(e));
            default -> {
                return naming.read(e);
            }
        }
        return true;
    }

    /** Elements of web.xml alone. */
    private boolean readOfApplication(XmlElement e) throws DeploymentException {
        switch (e.name()) {
            case "default-context-path" -> descriptor.defaultContextPath = contextPath(e);
            case "request-character-encoding" -> descriptor.requestEncoding = e.text();
            case "response-character-encoding" -> descriptor.responseEncoding = e.text();
            case "deny-uncovered-http-methods" -> descriptor.denyUncovered = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private @Nullable String contextPath(XmlElement e) throws DeploymentException {
        String path = e.text();
        if (path.isEmpty()) return null;
        if (path.charAt(0) != '/' || (path.length() > 1 && path.endsWith("/"))) {
            throw new DeploymentException(rules.at(e) + "\"" + path + "\" must begin with / and not end with it");
        }
        return path;
    }

    private void readOther(XmlElement e) throws DeploymentException {
        if (MEANINGLESS.contains(e.name())) return;
        if (e.name().contains("security")
                || e.name().contains("auth")
                || e.name().contains("deny")) {
            throw new DeploymentException(rules.at(e) + "unknown element that looks like a restriction");
        }
        LOG.warn("{}unknown element, it has no effect", rules.at(e));
    }

    private void readServlet(XmlElement e) throws DeploymentException {
        ServletElement servlet = descriptor.servlet(rules.required(e, "servlet-name"));
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "servlet-class" -> servlet.className = child.text();
                case "jsp-file" -> servlet.jspFile = child.text();
                case "init-param" ->
                    servlet.initParameters.putIfAbsent(
                            rules.required(child, "param-name"), rules.required(child, "param-value"));
                // An empty element asks for start-up too, at any time.
                case "load-on-startup" -> servlet.loadOnStartup = child.text().isEmpty() ? 0 : rules.number(child);
                case "async-supported" -> servlet.asyncSupported = rules.bool(child);
                case "enabled" -> servlet.enabled = rules.bool(child);
                case "run-as" -> servlet.runAs = rules.required(child, "role-name");
                case "security-role-ref" -> {
                    String name = rules.required(child, "role-name");
                    String link = child.childText("role-link");
                    servlet.roleLinks.put(name, link == null ? name : link);
                }
                case "multipart-config" -> servlet.multipart = multipart(child);
                case "servlet-name" -> {}
                default -> readOther(child);
            }
        }
    }

    private MultipartConfigElement multipart(XmlElement e) throws DeploymentException {
        String location = e.childText("location");
        XmlElement maxFile = e.child("max-file-size");
        XmlElement maxRequest = e.child("max-request-size");
        XmlElement threshold = e.child("file-size-threshold");
        return new MultipartConfigElement(
                location == null ? "" : location,
                maxFile == null ? -1 : rules.longNumber(maxFile),
                maxRequest == null ? -1 : rules.longNumber(maxRequest),
                threshold == null ? NO_THRESHOLD : rules.number(threshold));
    }

    private void readFilter(XmlElement e) throws DeploymentException {
        FilterElement filter = descriptor.filter(rules.required(e, "filter-name"));
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "filter-class" -> filter.className = child.text();
                case "init-param" ->
                    filter.initParameters.putIfAbsent(
                            rules.required(child, "param-name"), rules.required(child, "param-value"));
                case "async-supported" -> filter.asyncSupported = rules.bool(child);
                case "filter-name" -> {}
                default -> readOther(child);
            }
        }
    }

    private void readFilterMapping(XmlElement e) throws DeploymentException {
        Set<DispatcherType> dispatchers = EnumSet.noneOf(DispatcherType.class);
        for (String dispatcher : e.childTexts("dispatcher")) dispatchers.add(DispatcherType.valueOf(dispatcher));
        List<String> patterns = e.childTexts("url-pattern");
        List<String> servlets = e.childTexts("servlet-name");
        if (patterns.isEmpty() && servlets.isEmpty())
            throw new DeploymentException(rules.at(e) + "url-pattern or servlet-name is missing");
        descriptor.filterMappings.add(
                new FilterMappingElement(rules.required(e, "filter-name"), patterns, servlets, dispatchers));
    }

    private void readSessions(XmlElement e) throws DeploymentException {
        Sessions sessions = new Sessions();
        if (descriptor.sessions != null) throw new DeploymentException(rules.at(e) + "there are two of them");
        descriptor.sessions = sessions;
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "session-timeout" -> sessions.timeoutMinutes = rules.number(child);
                case "tracking-mode" -> sessions.trackingModes.add(child.text());
                case "cookie-config" -> readCookie(child, sessions);
                default -> readOther(child);
            }
        }
    }

    private void readCookie(XmlElement e, Sessions sessions) throws DeploymentException {
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "name" -> sessions.cookieName = child.text();
                case "domain" -> sessions.cookieDomain = child.text();
                case "path" -> sessions.cookiePath = child.text();
                case "http-only" -> sessions.httpOnly = rules.bool(child);
                case "secure" -> sessions.secure = rules.bool(child);
                case "max-age" -> sessions.maxAgeSeconds = rules.number(child);
                case "attribute" ->
                    sessions.cookieAttributes.put(
                            rules.required(child, "attribute-name"), rules.required(child, "attribute-value"));
                case "comment" -> {} // without effect since Servlet 6.0
                default -> readOther(child);
            }
        }
    }

    private void readWelcomeFiles(XmlElement e) throws DeploymentException {
        for (String file : e.childTexts("welcome-file")) {
            if (file.startsWith("/") || file.endsWith("/")) {
                throw new DeploymentException(rules.at(e) + "welcome-file " + file + " begins or ends with /");
            }
            if (!file.isEmpty()) descriptor.welcomeFiles.add(file);
        }
    }

    private void readErrorPage(XmlElement e) throws DeploymentException {
        String location = rules.required(e, "location");
        String exception = e.childText("exception-type");
        XmlElement code = e.child("error-code");
        descriptor.errorPages.add(new ErrorPage(code == null ? 0 : rules.number(code), exception, location));
    }

    private void readLocaleEncodings(XmlElement e) throws DeploymentException {
        for (XmlElement child : e.children()) {
            if (!child.name().equals("locale-encoding-mapping")) {
                readOther(child);
                continue;
            }
            Locale locale =
                    Locale.forLanguageTag(rules.required(child, "locale").replace('_', '-'));
            descriptor.localeEncodings.put(locale, rules.required(child, "encoding"));
        }
    }

    private LifecycleCallback callback(XmlElement e) throws DeploymentException {
        String className = e.childText("lifecycle-callback-class");
        if (className == null) throw new DeploymentException(rules.at(e) + "lifecycle-callback-class is missing");
        return new LifecycleCallback(className, rules.required(e, "lifecycle-callback-method"));
    }
}
