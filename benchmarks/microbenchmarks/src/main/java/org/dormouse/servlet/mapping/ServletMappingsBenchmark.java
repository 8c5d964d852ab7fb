package org.dormouse.servlet.mapping;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What finding the servlet of a path costs, from the raw path of the request line, among few and many patterns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ServletMappingsBenchmark {
    /** Prefix patterns beside the others. */
    @Param({"1", "100"})
    public int prefixes;

    private ServletMappings<String> mappings;
    private String exact;
    private String prefix;
    private String extension;
    private String fallback;

    @Setup
    public void map() {
        var builder = ServletMappings.<String>builder();
        for (int i = 0; i < prefixes; i++) builder.add("/api/service" + i + "/*", "service" + i, "service");
        mappings = builder.add("/hello", "hello", "hello")
                .add("*.jsp", "jsp", "jsp")
                .add("/", "default", "default")
                .build();
        exact = "/hello";
        prefix = "/api/service0/customers/42/orders";
        extension = "/pages/customers/list.jsp";
        fallback = "/static/css/main.css";
    }

    @Benchmark
    public Object exact() throws Exception {
        return mappings.find(CanonicalPath.of(exact));
    }

    @Benchmark
    public Object prefix() throws Exception {
        return mappings.find(CanonicalPath.of(prefix));
    }

    @Benchmark
    public Object extension() throws Exception {
        return mappings.find(CanonicalPath.of(extension));
    }

    @Benchmark
    public Object fallback() throws Exception {
        return mappings.find(CanonicalPath.of(fallback));
    }
}
