package org.dormouse.quarkus.deployment;

import io.quarkus.arc.deployment.BeanContainerBuildItem;
import io.quarkus.arc.deployment.BeanDefiningAnnotationBuildItem;
import io.quarkus.arc.deployment.UnremovableBeanBuildItem;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.ApplicationArchivesBuildItem;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.ServiceStartBuildItem;
import io.quarkus.deployment.builditem.ShutdownContextBuildItem;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.undertow.deployment.FilterBuildItem;
import io.quarkus.undertow.deployment.FilterBuildItem.FilterMappingInfo;
import io.quarkus.undertow.deployment.HttpHandlerWrapperBuildItem;
import io.quarkus.undertow.deployment.KnownPathsBuildItem;
import io.quarkus.undertow.deployment.ListenerBuildItem;
import io.quarkus.undertow.deployment.ServletBuildItem;
import io.quarkus.undertow.deployment.ServletContainerInitializerBuildItem;
import io.quarkus.undertow.deployment.ServletContextAttributeBuildItem;
import io.quarkus.undertow.deployment.ServletContextPathBuildItem;
import io.quarkus.undertow.deployment.ServletExtensionBuildItem;
import io.quarkus.undertow.deployment.ServletInitParamBuildItem;
import io.quarkus.vertx.http.deployment.DefaultRouteBuildItem;
import io.quarkus.vertx.http.deployment.HttpRootPathBuildItem;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.dormouse.quarkus.DormouseBuildTimeConfig;
import org.dormouse.quarkus.DormouseRecorder;
import org.dormouse.quarkus.ServletApplication;
import org.jboss.jandex.DotName;

/** The build steps: find, record, start behind the router. */
class DormouseProcessor {
    private static final DotName SINGLETON = DotName.createSimple("jakarta.inject.Singleton");

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem("dormouse");
    }

    /** Servlets, filters and listeners are beans: they are injected into, and kept although nobody injects them. */
    @BuildStep
    void beans(
            BuildProducer<BeanDefiningAnnotationBuildItem> defining,
            BuildProducer<UnremovableBeanBuildItem> unremovable) {
        for (DotName annotation :
                List.of(AnnotatedServlets.WEB_SERVLET, AnnotatedServlets.WEB_FILTER, AnnotatedServlets.WEB_LISTENER)) {
            defining.produce(new BeanDefiningAnnotationBuildItem(annotation, SINGLETON, false));
            unremovable.produce(UnremovableBeanBuildItem.targetWithAnnotation(annotation));
        }
    }

    /** The context path: that of the router, then that of the servlets. */
    @BuildStep
    ServletContextPathBuildItem contextPath(HttpRootPathBuildItem root, DormouseBuildTimeConfig config) {
        String joined = (root.getRootPath() + "/" + config.contextPath()).replaceAll("/+", "/");
        return new ServletContextPathBuildItem(joined.equals("/") ? joined : joined.replaceAll("/$", ""));
    }

    /** What the annotations declare becomes the same build items that other extensions use. */
    @BuildStep
    void annotated(
            CombinedIndexBuildItem index,
            BuildProducer<ServletBuildItem> servlets,
            BuildProducer<FilterBuildItem> filters,
            BuildProducer<ListenerBuildItem> listeners) {
        var found = new AnnotatedServlets(index.getIndex());
        found.servlets().forEach(servlets::produce);
        found.filters().forEach(filters::produce);
        found.listeners().forEach(listeners::produce);
    }

    /** What cannot be served yet ends the build instead of being left out. */
    @BuildStep
    void refuse(
            CombinedIndexBuildItem index,
            ApplicationArchivesBuildItem archives,
            List<ServletBuildItem> servlets,
            List<FilterBuildItem> filters,
            List<HttpHandlerWrapperBuildItem> wrappers,
            List<ServletExtensionBuildItem> extensions,
            BuildProducer<ServiceStartBuildItem> checked) {
        var refusals = new Refusals()
                .securityAnnotations(index.getIndex())
                .descriptors(archives)
                .undertow(wrappers, extensions);
        for (ServletBuildItem each : servlets) refusals.factory("servlet", each.getName(), each.getInstanceFactory());
        for (FilterBuildItem each : filters) refusals.factory("filter", each.getName(), each.getInstanceFactory());
        refusals.failIfAny();
        checked.produce(new ServiceStartBuildItem("dormouse-checked"));
    }

    @BuildStep
    @Record(ExecutionTime.STATIC_INIT)
    DescribedServletsBuildItem describe(
            DormouseRecorder recorder,
            List<ServletBuildItem> servlets,
            List<FilterBuildItem> filters,
            List<ListenerBuildItem> listeners,
            List<ServletContainerInitializerBuildItem> initializers) {
        RuntimeValue<ServletApplication> application = recorder.describe();
        var seen = new HashSet<String>();
        for (ListenerBuildItem each : listeners) {
            if (seen.add(each.getListenerClass())) {
                recorder.addListener(application, load(each.getListenerClass()));
            }
        }
        for (ServletBuildItem each : servlets) describe(recorder, application, each);
        var inOrder = new ArrayList<>(filters);
        inOrder.sort(Comparator.comparingInt(FilterBuildItem::getLoadOnStartup)); // stable: the rest stays as found
        for (FilterBuildItem each : inOrder) describe(recorder, application, each);
        for (ServletContainerInitializerBuildItem each : initializers) {
            var handled = new ArrayList<Class<?>>();
            for (String type : each.getHandlesTypes()) handled.add(load(type));
            recorder.addInitializer(application, load(each.getSciClass()), handled);
        }
        return new DescribedServletsBuildItem(application);
    }

    private static void describe(
            DormouseRecorder recorder, RuntimeValue<ServletApplication> application, ServletBuildItem servlet) {
        Class<?> type = load(servlet.getServletClass());
        var multipart = servlet.getMultipartConfig();
        if (multipart == null) {
            recorder.addServlet(
                    application,
                    servlet.getName(),
                    type,
                    servlet.getMappings(),
                    servlet.getLoadOnStartup(),
                    servlet.isAsyncSupported(),
                    servlet.getInitParams());
        } else {
            recorder.addMultipartServlet(
                    application,
                    servlet.getName(),
                    type,
                    servlet.getMappings(),
                    servlet.getLoadOnStartup(),
                    servlet.isAsyncSupported(),
                    servlet.getInitParams(),
                    multipart.getLocation(),
                    multipart.getMaxFileSize(),
                    multipart.getMaxRequestSize(),
                    multipart.getFileSizeThreshold());
        }
    }

    private static void describe(
            DormouseRecorder recorder, RuntimeValue<ServletApplication> application, FilterBuildItem filter) {
        var mappings = new ArrayList<String>();
        for (FilterMappingInfo each : filter.getMappings()) {
            mappings.add(each.getMappingType() == FilterMappingInfo.MappingType.SERVLET ? "servlet" : "pattern");
            mappings.add(each.getMapping());
            mappings.add(each.getDispatcher().name());
        }
        recorder.addFilter(
                application,
                filter.getName(),
                load(filter.getFilterClass()),
                filter.isAsyncSupported(),
                filter.getInitParams(),
                mappings);
    }

    /** With the class loader of the build, where a class is only looked at, never initialised. */
    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalStateException(
                    "class " + name + " is declared to the servlet container and cannot be loaded", e);
        }
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void start(
            DormouseRecorder recorder,
            DescribedServletsBuildItem described,
            ServletContextPathBuildItem contextPath,
            List<ServletInitParamBuildItem> params,
            List<ServletContextAttributeBuildItem> attributes,
            KnownPathsBuildItem staticContent,
            BeanContainerBuildItem beans,
            ShutdownContextBuildItem shutdown,
            BuildProducer<DefaultRouteBuildItem> routes,
            BuildProducer<ServiceStartBuildItem> started) {
        Map<String, String> contextParams = new LinkedHashMap<>();
        for (ServletInitParamBuildItem each : params) contextParams.put(each.getKey(), each.getValue());
        Map<String, Object> contextAttributes = new LinkedHashMap<>();
        for (ServletContextAttributeBuildItem each : attributes) contextAttributes.put(each.getKey(), each.getValue());
        Handler<RoutingContext> door = recorder.start(
                described.application(),
                contextPath.getServletContextPath(),
                contextParams,
                contextAttributes,
                new TreeSet<>(staticContent.knownFiles),
                beans.getValue(),
                shutdown);
        routes.produce(new DefaultRouteBuildItem(door));
        started.produce(new ServiceStartBuildItem("dormouse"));
    }
}
