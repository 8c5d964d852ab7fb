package org.dormouse;

import static java.util.Objects.requireNonNull;

/** Where a fuzzer comes in: chooses the target by its name, then gives it inputs for as long as it runs. */
public final class FuzzEntry {
    private static FuzzTarget target;

    private FuzzEntry() {}

    /** Called once; the only argument is a name of {@link FuzzSeedsTest#TARGETS}. */
    public static void fuzzerInitialize(String[] arguments) {
        target = requireNonNull(FuzzSeedsTest.TARGETS.get(arguments[0]), arguments[0]);
    }

    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        target.run(data);
    }
}
