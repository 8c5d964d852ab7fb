package org.dormouse.benchmarks.harness;

/** What is printed in the end and kept: sections of Markdown, and the output of the load generators beside them. */
final class Report {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder raw = new StringBuilder();

    void heading(String markdown) {
        text.append(markdown);
    }

    /** A title, what the table shows and how it was measured, and the table. */
    void section(String title, String explanation, Object table) {
        text.append("\n## ").append(title).append("\n\n");
        if (!explanation.isEmpty()) text.append(explanation).append("\n\n");
        text.append(table);
    }

    void raw(String output) {
        raw.append(output);
    }

    String raw() {
        return raw.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
