package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The samples of all rounds, by what was measured; and their output, in the order of the measurement. */
final class Samples {
    private static final double FULLY_BUSY = 0.95;

    private final Map<String, List<Sample>> byKey = new LinkedHashMap<>();
    private final StringBuilder raw = new StringBuilder();

    void add(String key, Sample sample) {
        byKey.computeIfAbsent(key, any -> new ArrayList<>()).add(sample);
        raw.append("=== ").append(key).append("\n\n").append(sample.raw()).append('\n');
    }

    /** One run of the generator. */
    interface Run {
        Sample sample() throws IOException, InterruptedException;
    }

    /** Takes what {@code run} gives. If it fails, which is the server's doing, the raw output says why, and the tables have one sample less. */
    void take(String key, Run run) throws InterruptedException {
        try {
            add(key, run.sample());
        } catch (IOException e) {
            Progress.say("failed: %s", e);
            raw.append("=== ")
                    .append(key)
                    .append("\n\nfailed: ")
                    .append(e.getMessage())
                    .append("\n\n");
        }
    }

    double median(String key, ToDoubleFunction<Sample> figure) {
        return Table.median(figures(key, figure));
    }

    /** The median as text. */
    String median(String key, ToDoubleFunction<Sample> figure, int digits) {
        return Table.decimal(median(key, figure), digits);
    }

    /** Least and most of the rounds. */
    String spread(String key, ToDoubleFunction<Sample> figure, int digits) {
        var all = java.util.Arrays.stream(figures(key, figure)).summaryStatistics();
        return Table.decimal(all.getMin(), digits) + " to " + Table.decimal(all.getMax(), digits);
    }

    /** Requests a second; in brackets where the server did not use its {@code cores} to the end, so that something else was the limit. */
    String throughput(String key, int cores) {
        String figure = median(key, Sample::perSecond, 0);
        return median(key, Sample::busy) >= FULLY_BUSY * cores ? figure : "(" + figure + ")";
    }

    double total(String key, ToDoubleFunction<Sample> figure) {
        return java.util.Arrays.stream(figures(key, figure)).sum();
    }

    private double[] figures(String key, ToDoubleFunction<Sample> figure) {
        List<Sample> samples = byKey.get(key);
        if (samples == null) return new double[] {Double.NaN};
        return samples.stream().mapToDouble(figure).toArray();
    }

    String raw() {
        return raw.toString();
    }
}
