package org.dormouse.spring.boot;

import org.dormouse.Execution;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** What {@code server.dormouse.*} sets; everything else comes from Boot's own {@code server.*}. */
@ConfigurationProperties("server.dormouse")
public class DormouseServerProperties {
    private @Nullable Execution execution;
    private int loops;

    /** Where servlets run; null for Dormouse's default. */
    public @Nullable Execution getExecution() {
        return execution;
    }

    public void setExecution(@Nullable Execution execution) {
        this.execution = execution;
    }

    /** The number of event loops; 0 for one per core. */
    public int getLoops() {
        return loops;
    }

    public void setLoops(int loops) {
        this.loops = loops;
    }
}
