package org.dormouse.benchmarks.harness;

import java.util.Locale;

/** One line a step on the terminal, with the seconds since the start. */
final class Progress {
    private static final long BEGIN = System.nanoTime();

    private Progress() {}

    static void say(String format, Object... values) {
        System.err.printf(
                Locale.ROOT,
                "%4d s  %s%n",
                (System.nanoTime() - BEGIN) / 1_000_000_000,
                String.format(Locale.ROOT, format, values));
    }
}
