package org.dormouse;

/**
 * Something that must bear any bytes: it throws an error, or what it may not throw, if it does not. Run over its seeds, and over what chance
 * makes of them, in every build ({@link FuzzSeedsTest}); and for as long as one likes by a fuzzer, with the profile {@code fuzz}.
 */
public interface FuzzTarget {
    void run(byte[] data) throws Exception;
}
