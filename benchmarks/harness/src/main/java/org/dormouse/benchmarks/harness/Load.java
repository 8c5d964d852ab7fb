package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of wrk against a running server, wrk on core 1.
 *
 * @param requests answered
 * @param errors answers that were not 200, and broken connections
 * @param seconds the run took
 * @param cpuMicros the server spent meanwhile, user and system
 * @param p50Micros median latency
 * @param p99Micros latency that one request in a hundred exceeds
 * @param raw what the generator printed
 */
record Load(
        long requests, long errors, double seconds, long cpuMicros, double p50Micros, double p99Micros, String raw) {
    static final int CONNECTIONS = 100;

    private static final String CORE = "1";
    private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ([\\d.]+)(s|m)");
    private static final Pattern BROKEN = Pattern.compile("connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern NOT_2XX = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    double requestsPerSecond() {
        return requests / seconds;
    }

    double cpuMicrosPerRequest() {
        return (double) cpuMicros / requests;
    }

    /** Share of core 0 that the server used, 0 to 1. */
    double busy() {
        return cpuMicros / (seconds * 1_000_000);
    }

    /** As many requests as the two can do, for {@code seconds}. */
    static Load full(RunningServer server, int seconds) throws IOException, InterruptedException {
        return full(server, seconds, server.url("/hello"));
    }

    /** The same to {@code url}; with {@code headers}, each as {@code Name: value}. */
    static Load full(RunningServer server, int seconds, String url, String... headers)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("taskset", "-c", CORE, "wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--latency"));
        for (String header : headers) command.addAll(List.of("-H", header));
        command.add(url);
        long cpu = server.cpuMicros();
        String raw = Tool.run(command.toArray(String[]::new));
        cpu = server.cpuMicros() - cpu;
        Matcher total = find(TOTAL, raw);
        long errors = 0;
        Matcher broken = BROKEN.matcher(raw);
        if (broken.find()) for (int i = 1; i <= 4; i++) errors += Long.parseLong(broken.group(i));
        Matcher other = NOT_2XX.matcher(raw);
        if (other.find()) errors += Long.parseLong(other.group(1));
        double took = Double.parseDouble(total.group(2)) * (total.group(3).equals("m") ? 60 : 1);
        return new Load(
                Long.parseLong(total.group(1)), errors, took, cpu, percentile(raw, 50), percentile(raw, 99), raw);
    }

    private static double percentile(String raw, int percent) {
        Matcher line = find(Pattern.compile("(?m)^\\s+" + percent + "%\\s+([\\d.]+)(us|ms|s|m)\\s*$"), raw);
        double unit = switch (line.group(2)) {
            case "us" -> 1;
            case "ms" -> 1_000;
            default -> 1_000_000;
        };
        return Double.parseDouble(line.group(1)) * unit;
    }

    private static Matcher find(Pattern pattern, String raw) {
        Matcher matcher = pattern.matcher(raw);
        if (!matcher.find()) throw new IllegalStateException("no " + pattern + " in: " + raw);
        return matcher;
    }
}
