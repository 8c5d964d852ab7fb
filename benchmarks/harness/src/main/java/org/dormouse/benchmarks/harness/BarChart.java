package org.dormouse.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars as an SVG document, the shortest bar the best; readable on light and dark pages. */
final class BarChart {
    private record Bar(String label, double value) {}

    private static final int LABEL_WIDTH = 190;
    private static final int BAR_WIDTH = 460;
    private static final int ROW = 30;

    private final String title;
    private final String unit;
    private final List<Bar> bars = new ArrayList<>();

    BarChart(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    void bar(String label, double value) {
        bars.add(new Bar(label, value));
    }

    @Override
    public String toString() {
        double longest = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        int height = 60 + ROW * bars.size();
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"14\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#fbfaf7\"/>%n"
                        + "<text x=\"16\" y=\"30\" font-size=\"17\" font-weight=\"600\" fill=\"#2b2a27\">%s</text>%n",
                LABEL_WIDTH + BAR_WIDTH + 110,
                height,
                title));
        int y = 50;
        for (Bar bar : bars) {
            boolean ours = bar.label().startsWith("Dormouse");
            double width = Math.max(1, BAR_WIDTH * bar.value() / longest);
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#2b2a27\"%s>%s</text>"
                            + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"3\" fill=\"%s\"/>"
                            + "<text x=\"%.1f\" y=\"%d\" fill=\"#2b2a27\">%,.1f %s</text>%n",
                    LABEL_WIDTH - 8,
                    y + 14,
                    ours ? " font-weight=\"600\"" : "",
                    bar.label(),
                    LABEL_WIDTH,
                    y,
                    width,
                    ours ? "#c8742b" : "#a9b3ab",
                    LABEL_WIDTH + width + 8,
                    y + 14,
                    bar.value(),
                    unit));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }
}
