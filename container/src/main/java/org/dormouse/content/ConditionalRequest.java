package org.dormouse.content;

import org.jspecify.annotations.Nullable;

/** Whether a conditional GET or HEAD is answered with the file (RFC 9110 §13.2.2). Pure. */
final class ConditionalRequest {
    /** What to answer. */
    enum Answer {
        PROCEED,
        /** 304. */
        NOT_MODIFIED,
        /** 412. */
        PRECONDITION_FAILED
    }

    private static final long SETTLED_MILLIS = 2_000;

    private ConditionalRequest() {}

    /**
     * Evaluates the preconditions in their order.
     *
     * @param etag of the file, with quotes and the mark of a weak one
     * @param lastModified of the file, in milliseconds since 1970; 0 if unknown: then the fields with dates are ignored
     * @param ifUnmodifiedSince in milliseconds; -1 where there is none, or none that can be read
     * @param ifModifiedSince likewise
     */
    static Answer evaluate(
            String etag,
            long lastModified,
            @Nullable String ifMatch,
            long ifUnmodifiedSince,
            @Nullable String ifNoneMatch,
            long ifModifiedSince) {
        long seconds = lastModified / 1000; // the fields have no fractions
        if (ifMatch != null) {
            if (!matches(ifMatch, etag, true)) return Answer.PRECONDITION_FAILED;
        } else if (lastModified > 0 && ifUnmodifiedSince >= 0 && seconds > ifUnmodifiedSince / 1000) {
            return Answer.PRECONDITION_FAILED;
        }
        if (ifNoneMatch != null) return matches(ifNoneMatch, etag, false) ? Answer.NOT_MODIFIED : Answer.PROCEED;
        boolean unchanged = lastModified > 0 && ifModifiedSince >= 0 && seconds <= ifModifiedSince / 1000;
        return unchanged ? Answer.NOT_MODIFIED : Answer.PROCEED;
    }

    /**
     * Whether the ranges asked for are of what the client has a part of (RFC 9110 §13.1.5): the same strong entity tag, or exactly the date of
     * a file that has not been touched for a while, since within one second it could have changed twice.
     *
     * @param ifRange the field; null where there is none
     * @param ifRangeDate the field as a date in milliseconds; -1 if it is none
     * @param now in milliseconds since 1970
     */
    static boolean isOfTheSame(@Nullable String ifRange, long ifRangeDate, String etag, long lastModified, long now) {
        if (ifRange == null) return true;
        String field = ifRange.strip();
        if (field.startsWith("\"")) return field.equals(etag); // one that is weak begins with W/
        return ifRangeDate >= 0
                && lastModified > 0
                && ifRangeDate / 1000 == lastModified / 1000
                && now - lastModified >= SETTLED_MILLIS;
    }

    /** Whether a list of entity tags has {@code etag} in it; compared strongly, weak tags are equal to nothing (RFC 9110 §8.8.3.2). */
    private static boolean matches(String list, String etag, boolean strongly) {
        if (list.strip().equals("*")) return true;
        if (strongly && etag.startsWith("W/")) return false;
        String opaque = opaque(etag);
        int at = 0;
        while (at < list.length()) {
            int open = list.indexOf('"', at);
            int close = open < 0 ? -1 : list.indexOf('"', open + 1);
            if (close < 0) return false;
            boolean weak = open >= 2 && list.startsWith("W/", open - 2);
            if (!(strongly && weak) && list.substring(open, close + 1).equals(opaque)) return true;
            at = close + 1;
        }
        return false;
    }

    private static String opaque(String etag) {
        return etag.startsWith("W/") ? etag.substring(2) : etag;
    }
}
