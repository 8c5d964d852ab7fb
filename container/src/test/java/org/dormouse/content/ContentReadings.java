package org.dormouse.content;

import org.dormouse.FieldReading;

/** What conditions and ranges cost. */
public final class ContentReadings {
    private ContentReadings() {}

    public static FieldReading ranges() {
        return text -> String.valueOf(ByteRanges.parse(text, Long.MAX_VALUE, 64));
    }

    public static FieldReading tags() {
        return text -> ConditionalRequest.evaluate("\"tag\"", 1000, null, -1, text, -1);
    }
}
