package org.dormouse.benchmarks.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Markdown table that is filled row by row. */
final class Table {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    void row(String... cells) {
        if (cells.length != header.size())
            throw new IllegalArgumentException(cells.length + " cells, " + header.size() + " columns");
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        line(text, header);
        text.append("|---").append("|---:".repeat(header.size() - 1)).append("|\n");
        for (List<String> row : rows) line(text, row);
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static String decimal(double value, int digits) {
        if (Double.isNaN(value)) return "none"; // no run of it succeeded
        return String.format(java.util.Locale.ROOT, "%,." + digits + "f", value);
    }
}
