package org.dormouse.benchmarks.harness;

import java.io.IOException;

/** A part of the comparison that uses {@link Generator}: measures, then says what it found. */
interface Part {
    void measure() throws IOException, InterruptedException;

    void report(Report report) throws IOException;
}
