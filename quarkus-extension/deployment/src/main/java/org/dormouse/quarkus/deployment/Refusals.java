package org.dormouse.quarkus.deployment;

import io.quarkus.deployment.builditem.ApplicationArchivesBuildItem;
import io.quarkus.undertow.deployment.HttpHandlerWrapperBuildItem;
import io.quarkus.undertow.deployment.ServletExtensionBuildItem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jspecify.annotations.Nullable;

/** What an application may ask of a servlet container on Quarkus and does not get here yet: the build fails, all reasons at once. */
final class Refusals {
    private static final DotName SERVLET_SECURITY = DotName.createSimple("jakarta.servlet.annotation.ServletSecurity");

    private final List<String> reasons = new ArrayList<>();

    /** A constraint that nobody enforces would be an open door. */
    Refusals securityAnnotations(IndexView index) {
        for (AnnotationInstance each : index.getAnnotations(SERVLET_SECURITY)) {
            reasons.add("@ServletSecurity of " + each.target() + " is not enforced yet; declare the restriction with"
                    + " quarkus.http.auth.permission.*");
        }
        return this;
    }

    Refusals descriptors(ApplicationArchivesBuildItem archives) {
        archives.getAllApplicationArchives()
                .forEach(archive -> archive.accept(tree -> {
                    for (String path : List.of("META-INF/web.xml", "META-INF/web-fragment.xml")) {
                        if (tree.contains(path)) reasons.add(path + " is not read yet; use annotations");
                    }
                }));
        return this;
    }

    /** What is written against Undertow's own classes cannot run without Undertow. */
    Refusals undertow(
            Collection<HttpHandlerWrapperBuildItem> wrappers, Collection<ServletExtensionBuildItem> extensions) {
        if (!wrappers.isEmpty()) reasons.add(wrappers.size() + " HandlerWrapper of an extension need Undertow");
        if (!extensions.isEmpty()) reasons.add(extensions.size() + " ServletExtension of an extension need Undertow");
        return this;
    }

    Refusals factory(String kind, String name, @Nullable Object undertowInstanceFactory) {
        if (undertowInstanceFactory != null) {
            reasons.add(kind + " " + name + " comes with an InstanceFactory of Undertow");
        }
        return this;
    }

    /** @throws IllegalStateException with every reason, if there is one */
    void failIfAny() {
        if (reasons.isEmpty()) return;
        throw new IllegalStateException(
                "quarkus-dormouse cannot serve this application:\n  " + String.join("\n  ", reasons));
    }
}
