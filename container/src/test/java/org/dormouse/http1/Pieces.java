package org.dormouse.http1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ways in which bytes may arrive: whole, one by one, and in two pieces with the cut at every position. */
final class Pieces {
    private Pieces() {}

    static List<List<byte[]>> waysOf(byte[] bytes) {
        var ways = new ArrayList<List<byte[]>>();
        ways.add(List.of(bytes));
        ways.add(oneByOne(bytes));
        for (int cut = 1; cut < bytes.length; cut++) {
            ways.add(List.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length)));
        }
        return ways;
    }

    private static List<byte[]> oneByOne(byte[] bytes) {
        var pieces = new ArrayList<byte[]>();
        for (byte b : bytes) pieces.add(new byte[] {b});
        return pieces;
    }
}
