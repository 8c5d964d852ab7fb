package org.dormouse.benchmarks.harness;

/**
 * How much a measurement takes.
 *
 * @param rounds in which the servers take turns
 * @param seconds that count, of each run
 * @param warmSeconds before them, of each run
 */
record Effort(int rounds, int seconds, double warmSeconds) {
    static final Effort FULL = new Effort(3, 3, 1);

    /** Shows that everything runs; its figures are worth nothing. */
    static final Effort SMOKE = new Effort(1, 2, 0.5);

    static Effort of(Options options) {
        Effort usual = options.isSmoke() ? SMOKE : FULL;
        return options.rounds() == 0 ? usual : new Effort(options.rounds(), usual.seconds(), usual.warmSeconds());
    }

    String secondsOption() {
        return "seconds=" + seconds;
    }

    String warmOption() {
        return "warm=" + warmSeconds;
    }
}
