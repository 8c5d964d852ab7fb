package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every object in the heap of a server by its class, garbage included, without a collection. */
final class Histogram {
    /**
     * What there is of a class.
     *
     * @param count of objects
     * @param bytes of all of them
     */
    record Line(String type, double count, double bytes) {}

    private final Map<String, Line> lines = new HashMap<>();

    static Histogram ofAllObjects(RunningServer server) throws IOException, InterruptedException {
        Histogram histogram = new Histogram();
        String pid = Long.toString(server.pid());
        for (String text : Tool.run(Tool.ofJdk("jcmd"), pid, "GC.class_histogram", "-all")
                .lines()
                .toList()) {
            String[] words = text.strip().split("\\s+", -1); //  1:  4711  150752  java.lang.String (java.base@25)
            if (words.length < 4 || !words[0].endsWith(":") || words[3].contains("jdk.internal.vm.Filler")) continue;
            histogram.lines.merge(
                    words[3],
                    new Line(words[3], Long.parseLong(words[1]), Long.parseLong(words[2])),
                    (one, other) -> new Line(one.type(), one.count() + other.count(), one.bytes() + other.bytes()));
        }
        return histogram;
    }

    /** What came since {@code earlier}, divided by {@code requests}, most bytes first. */
    List<Line> since(Histogram earlier, double requests) {
        return lines.values().stream()
                .map(line -> {
                    Line before = earlier.lines.getOrDefault(line.type(), new Line(line.type(), 0, 0));
                    return new Line(
                            line.type(),
                            (line.count() - before.count()) / requests,
                            (line.bytes() - before.bytes()) / requests);
                })
                .sorted(Comparator.comparingDouble(Line::bytes).reversed())
                .toList();
    }
}
