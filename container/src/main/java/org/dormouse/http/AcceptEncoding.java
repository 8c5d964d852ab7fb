package org.dormouse.http;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which content coding a client wants (RFC 9110 §12.5.3). Pure. */
public final class AcceptEncoding {
    private static final int UNNAMED = -1;

    private final List<String> offered;
    /** In thousandths, by the position in {@link #offered}; {@link #UNNAMED} where the client does not say. */
    private final int[] weights;

    private int identity = UNNAMED;
    private int others = UNNAMED;

    private AcceptEncoding(List<String> offered) {
        this.offered = offered;
        this.weights = new int[offered.size()];
        Arrays.fill(weights, UNNAMED);
    }

    /**
     * The coding that the client likes best; of those it likes the same, the first that is offered. One that it likes less than none at all is
     * not taken, and who says nothing, or nothing that can be read, gets none. Whoever can have none of those offered gets none, too, even
     * if it says that it cannot have that either: it is better than an answer without content.
     *
     * @param fields of the request
     * @param offered names of codings in lower case, the one the server likes best first
     * @return one of {@code offered}; null for none
     */
    public static @Nullable String choose(Fields fields, List<String> offered) {
        int position = fields.find("Accept-Encoding", 0);
        if (position < 0 || offered.isEmpty()) return null;
        var wanted = new AcceptEncoding(offered);
        while (position >= 0) {
            wanted.read(fields.value(position));
            position = fields.find("Accept-Encoding", position + 1);
        }
        return wanted.best();
    }

    private @Nullable String best() {
        int best = Math.max(0, identity); // one without weight, or with 0, is not acceptable
        String chosen = null;
        for (int i = 0; i < weights.length; i++) {
            int weight = weights[i] == UNNAMED ? others : weights[i];
            if (weight > best || (weight == best && chosen == null && weight > 0)) {
                best = weight;
                chosen = offered.get(i);
            }
        }
        return chosen;
    }

    private void read(String list) {
        int start = 0;
        while (start <= list.length()) {
            int end = list.indexOf(',', start);
            if (end < 0) end = list.length();
            readOne(list, start, end);
            start = end + 1;
        }
    }

    private void readOne(String list, int start, int end) {
        // Up to the end of the one, not of the list: a long list would be read once for each of its codings.
        int semicolon = list.indexOf(';', start, end);
        boolean hasWeight = semicolon >= 0;
        int nameEnd = hasWeight ? semicolon : end;
        int from = skipSpace(list, start, nameEnd);
        int to = nameEnd;
        while (to > from && isSpace(list.charAt(to - 1))) to--;
        if (from == to) return;
        int weight = hasWeight ? weight(list, semicolon + 1, end) : 1000;
        if (weight < 0) weight = 0; // what cannot be read is not wanted
        if (is(list, from, to, "*")) {
            others = weight;
        } else if (is(list, from, to, "identity")) {
            identity = weight;
        } else {
            int named = find(list, from, to);
            if (named >= 0) weights[named] = weight;
        }
    }

    private int find(String list, int from, int to) {
        boolean isOldGzip = is(list, from, to, "x-gzip"); // RFC 9110 §8.4.1.3
        for (int i = 0; i < weights.length; i++) {
            String coding = offered.get(i);
            if (is(list, from, to, coding) || (isOldGzip && coding.equals("gzip"))) return i;
        }
        return -1;
    }

    /** {@code q=} and a number of 0 to 1 with at most three decimals, in thousandths; -1 for anything else. */
    private static int weight(String list, int start, int end) {
        int at = skipSpace(list, start, end);
        if (at + 2 >= end || (list.charAt(at) != 'q' && list.charAt(at) != 'Q') || list.charAt(at + 1) != '=')
            return -1;
        at += 2;
        char whole = list.charAt(at++);
        if (whole != '0' && whole != '1') return -1;
        int weight = whole == '1' ? 1000 : 0;
        if (at < end && list.charAt(at) == '.') {
            at++;
            for (int unit = 100; unit > 0 && at < end && isDigit(list.charAt(at)); unit /= 10) {
                weight += unit * (list.charAt(at++) - '0');
            }
        }
        return skipSpace(list, at, end) == end && weight <= 1000 ? weight : -1;
    }

    private static boolean is(String list, int from, int to, String word) {
        return to - from == word.length() && list.regionMatches(true, from, word, 0, word.length());
    }

    private static int skipSpace(String list, int start, int end) {
        int at = start;
        while (at < end && isSpace(list.charAt(at))) at++;
        return at;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
