package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.dormouse.FuzzTarget;
import org.dormouse.http.BadRequest;

/** A request head: read in one piece and in many it means the same, and what the grammar does not know is refused. */
public final class HeadFuzz implements FuzzTarget {
    private static final Http1Limits STRICT = Http1Limits.DEFAULT;
    private static final Http1Limits LENIENT = withEveryViolation();

    private static Http1Limits withEveryViolation() {
        var words = new java.util.ArrayList<String>();
        for (Violation each : EnumSet.allOf(Violation.class)) words.add(each.word());
        return Http1Server.limits("http.allow", String.join(",", words));
    }

    @Override
    public void run(byte[] data) {
        String strict = read(data, STRICT, data.length);
        same(strict, read(data, STRICT, 1), data);
        same(strict, read(data, STRICT, 7), data);
        String lenient = read(data, LENIENT, data.length);
        same(lenient, read(data, LENIENT, 1), data);
        if (strict.startsWith("0 ")) same(strict, lenient, data);
        if (data.length > 1000) return; // the model knows no limits
        String text = new String(data, StandardCharsets.ISO_8859_1);
        int expected = HeadModel.outcome(text);
        if (Integer.parseInt(strict.substring(0, strict.indexOf(' '))) != expected && !isBeyondALimit(strict))
            throw new AssertionError(strict + " instead of " + expected + ": " + text);
    }

    private static boolean isBeyondALimit(String outcome) {
        return outcome.contains("of at least") || outcome.contains("more than");
    }

    private static void same(String one, String other, byte[] data) {
        if (!one.equals(other))
            throw new AssertionError(one + " and " + other + ": " + new String(data, StandardCharsets.ISO_8859_1));
    }

    private static String read(byte[] data, Http1Limits limits, int step) {
        var parser = new HeadParser(limits, new RequestCounts());
        try {
            for (int length = Math.min(step, data.length); ; length = Math.min(length + step, data.length)) {
                if (parser.parse(data, 0, length)) {
                    RequestHeadBytes head = parser.takeHead(data, 0);
                    new RequestRules(limits, new RequestCounts()).judge(head);
                    return "0 " + shown(head);
                }
                if (length == data.length) return HeadModel.WANTS_MORE + " ";
            }
        } catch (BadRequest e) {
            // How much of a head had come when it was found too long depends on the pieces.
            return e.status() + " " + String.valueOf(e.getMessage()).replaceAll("at least [0-9]+ bytes", "at least");
        }
    }

    private static String shown(RequestHeadBytes head) {
        var text = new StringBuilder(head.toString());
        text.append(' ')
                .append(head.rawPath())
                .append(' ')
                .append(head.query())
                .append(' ')
                .append(head.authority());
        text.append(' ').append(head.contentLength()).append(head.keepAlive).append(head.asksUpgrade);
        for (int i = 0; i < head.size(); i++)
            text.append('\n').append(head.name(i)).append(": ").append(head.value(i));
        return text.toString();
    }
}
