package org.dormouse.quarkus.deployment;

import io.quarkus.builder.item.SimpleBuildItem;
import io.quarkus.runtime.RuntimeValue;
import org.dormouse.quarkus.ServletApplication;

/** The description of the servlets is recorded. */
public final class DescribedServletsBuildItem extends SimpleBuildItem {
    private final RuntimeValue<ServletApplication> application;

    DescribedServletsBuildItem(RuntimeValue<ServletApplication> application) {
        this.application = application;
    }

    RuntimeValue<ServletApplication> application() {
        return application;
    }
}
