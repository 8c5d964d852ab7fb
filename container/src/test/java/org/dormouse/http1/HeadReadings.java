package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import org.dormouse.FieldReading;

/** What a request head costs that is as long as nobody is allowed to send. */
public final class HeadReadings {
    private static final int ROOM = 1 << 20;
    private static final Http1Limits LIMITS = Http1Server.limits(
            "http.max-head-bytes", "1m", "http.max-target-bytes", "256k", "http.max-fields", "10000");

    private HeadReadings() {}

    /** As the value of a field of that name. */
    public static FieldReading value(String name) {
        return text -> read("GET / HTTP/1.1\r\nHost: h\r\n" + name + ": " + text + "\r\n\r\n");
    }

    /** As the lines between Host and the end. */
    public static FieldReading lines() {
        return text -> read("GET / HTTP/1.1\r\nHost: h\r\n" + text + "\r\n\r\n");
    }

    public static FieldReading target() {
        return text -> read("GET /" + text + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private static Object read(String head) throws Exception {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > ROOM) throw new IllegalArgumentException(bytes.length + " bytes");
        var parser = new HeadParser(LIMITS, new RequestCounts());
        if (!parser.parse(bytes, 0, bytes.length)) return head;
        RequestHeadBytes read = parser.takeHead(bytes, 0);
        new RequestRules(LIMITS, new RequestCounts()).judge(read);
        return read;
    }
}
