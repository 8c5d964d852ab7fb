package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.Locale;
import java.util.TreeSet;

/** Holds every server to the same answer: the same fields with the same values, the same body, the same number of bytes. */
final class SameAnswer {
    private SameAnswer() {}

    static void check(Iterable<RunningServer> servers) throws IOException {
        String expected = null;
        String of = "";
        for (RunningServer server : servers) {
            String answer = normalised(RunningServer.getKeptAlive(server.port()));
            if (expected == null) {
                expected = answer;
                of = server.candidate().name();
            } else if (!answer.equals(expected)) {
                throw new IOException(server.candidate().name() + " answers other bytes than " + of + ":\n" + answer
                        + "\n" + expected);
            }
        }
    }

    /** The reason phrase, the order of fields, the case of names and charset, and the date itself may differ; nothing else. */
    static String normalised(String answer) {
        int head = answer.indexOf("\r\n\r\n");
        String[] lines = answer.substring(0, head).split("\r\n", -1);
        TreeSet<String> fields = new TreeSet<>();
        for (int i = 1; i < lines.length; i++) {
            String field = lines[i].toLowerCase(Locale.ROOT);
            fields.add(field.startsWith("date:") ? "date: (" + field.length() + ")" : field.replace("; ", ";"));
        }
        return lines[0].substring(0, "HTTP/1.1 200".length()) + "\n" + String.join("\n", fields) + "\n\n"
                + answer.substring(head + 4);
    }
}
