package org.dormouse.quarkus;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What may be set when the application starts. */
@ConfigMapping(prefix = "quarkus.dormouse")
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
public interface DormouseRunTimeConfig {
    /**
     * Where servlets run: {@code virtual}, a virtual thread of Quarkus for each request, or {@code worker}, the worker pool of Quarkus,
     * whose size is {@code quarkus.thread-pool.max-threads}.
     */
    @WithDefault("virtual")
    Threads threads();

    /** How many bytes of a request body may wait for the servlet to read them before the client is made to wait. */
    @WithDefault("64K")
    MemorySize maxHeldBody();

    /** How many bytes of a response may be on their way to the client before the servlet is made to wait. */
    @WithDefault("64K")
    MemorySize maxUnsentResponse();

    /** How long a session lives without a request; zero means for ever. */
    @WithDefault("30M")
    Duration sessionTimeout();

    /** How long a shutdown waits for requests in flight. */
    @WithDefault("10S")
    Duration drainTimeout();

    /** Where servlets run. */
    enum Threads {
        VIRTUAL,
        WORKER
    }
}
