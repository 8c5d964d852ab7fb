package org.dormouse.deploy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dormouse.jsp.JspConfig.PropertyGroup;
import org.dormouse.jsp.JspConfig.TagLibrary;
import org.dormouse.servlet.ErrorPage;
import org.dormouse.servlet.security.SecurityConstraint;
import org.jspecify.annotations.Nullable;

/**
 * What one web.xml, one web-fragment.xml or the annotations of one jar say, before all of them are merged into one deployment. Null: not
 * said. Plain and mutable, filled by {@link DescriptorReader} and {@link Annotations}.
 */
final class Descriptor {
    /** For messages. */
    final String source;

    int majorVersion = 6;
    int minorVersion = 1;
    boolean metadataComplete;

    @Nullable
    String displayName;

    @Nullable
    String defaultContextPath;

    @Nullable
    String requestEncoding;

    @Nullable
    String responseEncoding;

    boolean denyUncovered;

    @Nullable
    String authMethod;

    @Nullable
    String realm;

    @Nullable
    FormPages formPages;

    @Nullable
    Sessions sessions;

    /** Name of this fragment; null for web.xml and for fragments without. */
    @Nullable
    String fragmentName;

    final Ordering ordering = new Ordering();

    /** Names and {@link Ordering#OTHERS}; null without {@code <absolute-ordering>}. */
    @Nullable
    List<String> absoluteOrdering;

    final Map<String, ServletElement> servlets = new LinkedHashMap<>();
    final List<ServletMappingElement> servletMappings = new ArrayList<>();
    final Map<String, FilterElement> filters = new LinkedHashMap<>();
    final List<FilterMappingElement> filterMappings = new ArrayList<>();
    final List<String> listeners = new ArrayList<>();
    final Map<String, String> contextParameters = new LinkedHashMap<>();
    final Map<String, String> mimeTypes = new LinkedHashMap<>();
    final Map<Locale, String> localeEncodings = new LinkedHashMap<>();
    final List<ErrorPage> errorPages = new ArrayList<>();
    final List<String> welcomeFiles = new ArrayList<>();
    final List<String> roles = new ArrayList<>();
    final List<SecurityConstraint> constraints = new ArrayList<>();
    /** Whether there is a jsp-config, be it empty. */
    boolean hasJspConfig;

    final List<TagLibrary> tagLibraries = new ArrayList<>();
    final List<PropertyGroup> propertyGroups = new ArrayList<>();
    final List<NameElement> names = new ArrayList<>();
    final List<LifecycleCallback> postConstruct = new ArrayList<>();
    final List<LifecycleCallback> preDestroy = new ArrayList<>();

    Descriptor(String source) {
        this.source = source;
    }

    ServletElement servlet(String name) {
        return servlets.computeIfAbsent(name, n -> new ServletElement());
    }

    FilterElement filter(String name) {
        return filters.computeIfAbsent(name, n -> new FilterElement());
    }

    static final class ServletElement {
        @Nullable
        String className;

        @Nullable
        String jspFile;

        @Nullable
        Integer loadOnStartup;

        @Nullable
        Boolean asyncSupported;

        @Nullable
        Boolean enabled;

        @Nullable
        MultipartConfigElement multipart;

        @Nullable
        String runAs;

        final Map<String, String> initParameters = new LinkedHashMap<>();
        final Map<String, String> roleLinks = new LinkedHashMap<>();
    }

    static final class FilterElement {
        @Nullable
        String className;

        @Nullable
        Boolean asyncSupported;

        final Map<String, String> initParameters = new LinkedHashMap<>();
    }

    record ServletMappingElement(String servlet, List<String> patterns) {}

    record FilterMappingElement(
            String filter, List<String> patterns, List<String> servlets, Set<DispatcherType> dispatchers) {
        FilterMappingElement {
            if (dispatchers.isEmpty()) dispatchers = EnumSet.of(DispatcherType.REQUEST);
        }
    }

    /** {@code <form-login-config>}: paths of the application. */
    record FormPages(String login, String error) {}

    /** {@code <post-construct>} or {@code <pre-destroy>}. */
    record LifecycleCallback(String className, String method) {}

    static final class Sessions {
        @Nullable
        Integer timeoutMinutes;

        @Nullable
        String cookieName;

        @Nullable
        String cookieDomain;

        @Nullable
        String cookiePath;

        @Nullable
        Boolean httpOnly;

        @Nullable
        Boolean secure;

        @Nullable
        Integer maxAgeSeconds;

        final Map<String, String> cookieAttributes = new LinkedHashMap<>();
        final List<String> trackingModes = new ArrayList<>();
    }

    /** {@code <ordering>} of a fragment: names and {@link #OTHERS}. */
    static final class Ordering {
        /** Stands for all fragments not named. No name can be empty. */
        static final String OTHERS = "";

        final List<String> before = new ArrayList<>();
        final List<String> after = new ArrayList<>();
    }
}
