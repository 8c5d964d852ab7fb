package org.dormouse.quarkus;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What is fixed when the application is built. */
@ConfigMapping(prefix = "quarkus.dormouse")
@ConfigRoot(phase = ConfigPhase.BUILD_AND_RUN_TIME_FIXED)
public interface DormouseBuildTimeConfig {
    /** The context path of the servlets, below {@code quarkus.http.root-path}; {@code /} for that path itself. */
    @WithDefault("/")
    String contextPath();
}
