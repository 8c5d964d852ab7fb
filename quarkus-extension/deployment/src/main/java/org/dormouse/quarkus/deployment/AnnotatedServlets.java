package org.dormouse.quarkus.deployment;

import io.quarkus.undertow.deployment.FilterBuildItem;
import io.quarkus.undertow.deployment.FilterBuildItem.FilterMappingInfo;
import io.quarkus.undertow.deployment.FilterBuildItem.FilterMappingInfo.MappingType;
import io.quarkus.undertow.deployment.ListenerBuildItem;
import io.quarkus.undertow.deployment.ServletBuildItem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget.Kind;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jspecify.annotations.Nullable;

/** Reads {@code @WebServlet}, {@code @WebFilter} and {@code @WebListener} (Servlet 6.1 §8.1) from the index, in the order of the names. */
record AnnotatedServlets(IndexView index) {
    static final DotName WEB_SERVLET = DotName.createSimple("jakarta.servlet.annotation.WebServlet");
    static final DotName WEB_FILTER = DotName.createSimple("jakarta.servlet.annotation.WebFilter");
    static final DotName WEB_LISTENER = DotName.createSimple("jakarta.servlet.annotation.WebListener");
    private static final DotName MULTIPART_CONFIG = DotName.createSimple("jakarta.servlet.annotation.MultipartConfig");

    List<ServletBuildItem> servlets() {
        return annotated(WEB_SERVLET).stream().map(this::servlet).toList();
    }

    List<FilterBuildItem> filters() {
        return annotated(WEB_FILTER).stream().map(this::filter).toList();
    }

    List<ListenerBuildItem> listeners() {
        return annotated(WEB_LISTENER).stream()
                .map(each -> new ListenerBuildItem(type(each).name().toString()))
                .toList();
    }

    private List<AnnotationInstance> annotated(DotName annotation) {
        return index.getAnnotations(annotation).stream()
                .filter(each -> each.target().kind() == Kind.CLASS)
                .sorted(Comparator.comparing(each -> type(each).name()))
                .toList();
    }

    private ServletBuildItem servlet(AnnotationInstance annotation) {
        String type = type(annotation).name().toString();
        var servlet = ServletBuildItem.builder(string(annotation, "name", type), type)
                .setLoadOnStartup(integer(annotation, "loadOnStartup", -1))
                .setAsyncSupported(bool(annotation, "asyncSupported"));
        patterns(annotation, type, true).forEach(servlet::addMapping);
        initParams(annotation).forEach(servlet::addInitParam);
        AnnotationInstance multipart = type(annotation).declaredAnnotation(MULTIPART_CONFIG);
        if (multipart != null) servlet.setMultipartConfig(multipart(multipart));
        return servlet.build();
    }

    private FilterBuildItem filter(AnnotationInstance annotation) {
        String type = type(annotation).name().toString();
        var filter = FilterBuildItem.builder(string(annotation, "filterName", type), type)
                .setAsyncSupported(bool(annotation, "asyncSupported"));
        List<DispatcherType> dispatches = dispatches(annotation);
        List<String> servlets = strings(annotation, "servletNames");
        for (DispatcherType dispatch : dispatches) {
            for (String pattern : patterns(annotation, type, servlets.isEmpty())) {
                filter.addMapping(new FilterMappingInfo(MappingType.URL, pattern, dispatch));
            }
            for (String servlet : servlets) {
                filter.addMapping(new FilterMappingInfo(MappingType.SERVLET, servlet, dispatch));
            }
        }
        initParams(annotation).forEach(filter::addInitParam);
        return filter.build();
    }

    private static List<DispatcherType> dispatches(AnnotationInstance annotation) {
        AnnotationValue value = annotation.value("dispatcherTypes");
        if (value == null) return List.of(DispatcherType.REQUEST);
        var types = new ArrayList<DispatcherType>();
        for (String name : value.asEnumArray()) types.add(DispatcherType.valueOf(name));
        return types;
    }

    private static MultipartConfigElement multipart(AnnotationInstance annotation) {
        return new MultipartConfigElement(
                string(annotation, "location", ""),
                longNumber(annotation, "maxFileSize"),
                longNumber(annotation, "maxRequestSize"),
                integer(annotation, "fileSizeThreshold", 0));
    }

    /** One of {@code value} and {@code urlPatterns}, not both (Servlet 6.1 §8.1.1). */
    private static List<String> patterns(AnnotationInstance annotation, String type, boolean required) {
        List<String> value = strings(annotation, "value");
        List<String> patterns = strings(annotation, "urlPatterns");
        if (!value.isEmpty() && !patterns.isEmpty()) {
            throw new IllegalArgumentException(annotation.name() + " of " + type + " has both value and urlPatterns");
        }
        if (required && value.isEmpty() && patterns.isEmpty()) {
            throw new IllegalArgumentException(annotation.name() + " of " + type + " has no URL pattern");
        }
        return value.isEmpty() ? patterns : value;
    }

    private static Map<String, String> initParams(AnnotationInstance annotation) {
        var params = new LinkedHashMap<String, String>();
        AnnotationValue value = annotation.value("initParams");
        if (value == null) return params;
        for (AnnotationInstance each : value.asNestedArray()) {
            params.put(string(each, "name", ""), string(each, "value", ""));
        }
        return params;
    }

    private static ClassInfo type(AnnotationInstance annotation) {
        return annotation.target().asClass();
    }

    private static String string(AnnotationInstance annotation, String name, String absent) {
        @Nullable AnnotationValue value = annotation.value(name);
        return value == null || value.asString().isEmpty() ? absent : value.asString();
    }

    private static int integer(AnnotationInstance annotation, String name, int absent) {
        @Nullable AnnotationValue value = annotation.value(name);
        return value == null ? absent : value.asInt();
    }

    private static long longNumber(AnnotationInstance annotation, String name) {
        @Nullable AnnotationValue value = annotation.value(name);
        return value == null ? -1 : value.asLong();
    }

    private static boolean bool(AnnotationInstance annotation, String name) {
        @Nullable AnnotationValue value = annotation.value(name);
        return value != null && value.asBoolean();
    }

    private static List<String> strings(AnnotationInstance annotation, String name) {
        @Nullable AnnotationValue value = annotation.value(name);
        return value == null ? List.of() : List.of(value.asStringArray());
    }
}
