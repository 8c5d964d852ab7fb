package org.dormouse.content;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Range field (RFC 9110 §14.1.2 and §14.2). Pure. */
final class ByteRanges {
    /** Parts that lie closer than the head of a part is long are cheaper to send as one (RFC 9110 §15.3.7.2). */
    static final int GAP = 80;

    private static final String UNIT = "bytes=";

    /** @param last inclusive */
    record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }

        String contentRange(long length) {
            return "bytes " + first + "-" + last + "/" + length;
        }
    }

    private ByteRanges() {}

    /**
     * The parts asked for, in the order asked for; those that overlap, or nearly touch, are one, in the place of the first of them.
     *
     * @param field the value of the field
     * @param length of the representation
     * @param most ranges that may be asked for at once
     * @return empty if none of them is within the representation (416); null if the field is to be ignored: another unit, a syntax error, more
     *     ranges than {@code most}, or nothing but the end of an empty representation
     */
    static @Nullable List<Range> parse(String field, long length, int most) {
        if (!field.regionMatches(true, 0, UNIT, 0, UNIT.length())) return null;
        var ranges = new ArrayList<Range>(2);
        int count = 0;
        boolean hasEmptySuffix = false;
        int at = UNIT.length();
        while (at <= field.length()) {
            int end = field.indexOf(',', at);
            if (end < 0) end = field.length();
            String one = field.substring(at, end).strip();
            at = end + 1;
            if (one.isEmpty()) continue; // RFC 9110 §5.6.1.2
            if (++count > most) return null;
            int dash = one.indexOf('-');
            if (dash < 0) return null;
            long first = number(one, 0, dash);
            long last = number(one, dash + 1, one.length());
            if (first == INVALID || last == INVALID || (first == ABSENT && last == ABSENT)) return null;
            if (first != ABSENT && last != ABSENT && last < first) return null;
            if (first == ABSENT) {
                if (last == 0) continue;
                if (length == 0) hasEmptySuffix = true;
                else ranges.add(new Range(Math.max(0, length - last), length - 1));
            } else if (first < length) {
                ranges.add(new Range(first, last == ABSENT ? length - 1 : Math.min(last, length - 1)));
            }
        }
        if (count == 0 || (ranges.isEmpty() && hasEmptySuffix)) return null;
        return coalesce(ranges);
    }

    private static final long ABSENT = -1;
    private static final long INVALID = -2;

    /** Beyond what a long holds it is the largest one: no file is longer. */
    private static long number(String text, int from, int to) {
        if (from == to) return ABSENT;
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) return INVALID;
            number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : number * 10 + digit;
        }
        return number;
    }

    private static List<Range> coalesce(List<Range> ranges) {
        for (int i = 0; i < ranges.size(); i++) {
            int j = i + 1;
            while (j < ranges.size()) {
                Range a = ranges.get(i);
                Range b = ranges.get(j);
                if (a.first - GAP > b.last || b.first - GAP > a.last) {
                    j++;
                } else {
                    ranges.set(i, new Range(Math.min(a.first, b.first), Math.max(a.last, b.last)));
                    ranges.remove(j);
                    j = i + 1; // it has grown, and may touch one that it did not
                }
            }
        }
        return ranges;
    }
}
