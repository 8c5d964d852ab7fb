package org.dormouse.deploy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebListener;
import jakarta.servlet.annotation.WebServlet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.deploy.Descriptor.FilterElement;
import org.dormouse.deploy.Descriptor.FilterMappingElement;
import org.dormouse.deploy.Descriptor.ServletElement;
import org.dormouse.deploy.Descriptor.ServletMappingElement;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jspecify.annotations.Nullable;

/** What {@code @WebServlet}, {@code @WebFilter} and {@code @WebListener} declare (Servlet 6.1 §8.1). */
final class Annotations {
    private static final DotName WEB_SERVLET = DotName.createSimple(WebServlet.class);
    private static final DotName WEB_FILTER = DotName.createSimple(WebFilter.class);
    private static final DotName WEB_LISTENER = DotName.createSimple(WebListener.class);

    private Annotations() {}

    /** @param source for messages */
    static Descriptor read(Index index, String source) throws DeploymentException {
        var descriptor = new Descriptor("annotations of " + source);
        for (AnnotationInstance servlet : onClasses(index, WEB_SERVLET)) readServlet(servlet, descriptor);
        for (AnnotationInstance filter : onClasses(index, WEB_FILTER)) readFilter(filter, descriptor);
        for (AnnotationInstance listener : onClasses(index, WEB_LISTENER))
            descriptor.listeners.add(className(listener));
        return descriptor;
    }

    /** In the order of names: files come in any order. */
    private static List<AnnotationInstance> onClasses(Index index, DotName annotation) {
        var found = new ArrayList<AnnotationInstance>();
        for (AnnotationInstance instance : index.getAnnotations(annotation)) {
            if (instance.target().kind() == AnnotationTarget.Kind.CLASS) found.add(instance);
        }
        found.sort((a, b) -> className(a).compareTo(className(b)));
        return found;
    }

    private static String className(AnnotationInstance instance) {
        return instance.target().asClass().name().toString();
    }

    private static void readServlet(AnnotationInstance annotation, Descriptor to) throws DeploymentException {
        String className = className(annotation);
        String name = string(annotation, "name", className);
        ServletElement servlet = to.servlet(name);
        if (servlet.className != null) {
            throw new DeploymentException(
                    className + " and " + servlet.className + " are both annotated as servlet " + name);
        }
        servlet.className = className;
        AnnotationValue load = annotation.value("loadOnStartup");
        if (load != null) servlet.loadOnStartup = load.asInt();
        servlet.asyncSupported = bool(annotation, "asyncSupported");
        readParameters(annotation, servlet.initParameters);
        List<String> patterns = patterns(annotation);
        if (patterns.isEmpty()) throw new DeploymentException("@WebServlet of " + className + " has no URL pattern");
        to.servletMappings.add(new ServletMappingElement(name, patterns));
    }

    private static void readFilter(AnnotationInstance annotation, Descriptor to) throws DeploymentException {
        String className = className(annotation);
        String name = string(annotation, "filterName", className);
        FilterElement filter = to.filter(name);
        if (filter.className != null) {
            throw new DeploymentException(
                    className + " and " + filter.className + " are both annotated as filter " + name);
        }
        filter.className = className;
        filter.asyncSupported = bool(annotation, "asyncSupported");
        readParameters(annotation, filter.initParameters);
        Set<DispatcherType> dispatchers = EnumSet.noneOf(DispatcherType.class);
        AnnotationValue types = annotation.value("dispatcherTypes");
        if (types != null) {
            for (String type : types.asEnumArray()) dispatchers.add(DispatcherType.valueOf(type));
        }
        List<String> patterns = patterns(annotation);
        List<String> servlets = strings(annotation, "servletNames");
        if (patterns.isEmpty() && servlets.isEmpty()) {
            throw new DeploymentException(
                    "@WebFilter of " + className + " has neither a URL pattern nor a servlet name");
        }
        to.filterMappings.add(new FilterMappingElement(name, patterns, servlets, dispatchers));
    }

    private static List<String> patterns(AnnotationInstance annotation) throws DeploymentException {
        List<String> value = strings(annotation, "value");
        List<String> patterns = strings(annotation, "urlPatterns");
        if (!value.isEmpty() && !patterns.isEmpty()) {
            throw new DeploymentException(
                    annotation.name() + " of " + className(annotation) + " has both value and urlPatterns");
        }
        return value.isEmpty() ? patterns : value;
    }

    private static void readParameters(AnnotationInstance annotation, Map<String, String> to) {
        AnnotationValue parameters = annotation.value("initParams");
        if (parameters == null) return;
        for (AnnotationInstance parameter : parameters.asNestedArray()) {
            to.put(parameter.value("name").asString(), parameter.value("value").asString());
        }
    }

    private static String string(AnnotationInstance annotation, String member, String otherwise) {
        AnnotationValue value = annotation.value(member);
        return value == null || value.asString().isEmpty() ? otherwise : value.asString();
    }

    private static List<String> strings(AnnotationInstance annotation, String member) {
        AnnotationValue value = annotation.value(member);
        return value == null ? List.of() : Arrays.asList(value.asStringArray());
    }

    private static @Nullable Boolean bool(AnnotationInstance annotation, String member) {
        AnnotationValue value = annotation.value(member);
        return value == null ? null : value.asBoolean();
    }
}
