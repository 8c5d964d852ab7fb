package org.dormouse.benchmarks.harness;

import java.util.Map;

/** One run of {@link Generator}: what it counted, by the names that {@code load.c} prints, and its output as it was. */
record Sample(Map<String, Double> values, String raw) {
    /** 0 for what was not printed, as percentiles of nothing. */
    double value(String name) {
        return values.getOrDefault(name, 0.0);
    }

    /** Answers with a status of 200 to 299. */
    double answered() {
        return value("answered");
    }

    double perSecond() {
        return answered() / value("seconds");
    }

    double cpuMicrosPerRequest() {
        return value("cpu") / (answered() + value("shed") + value("other_status"));
    }

    /** Cores' worth of time that the server used. */
    double busy() {
        return value("cpu") / (value("seconds") * 1_000_000);
    }

    double p50() {
        return value("answered_p50");
    }

    double p99() {
        return value("answered_p99");
    }

    double p999() {
        return value("answered_p999");
    }

    /** What went wrong: neither 2xx nor 503, lost with its connection, or not answered within two seconds of the end. */
    double errors() {
        return value("other_status") + value("broken") + value("unanswered");
    }
}
