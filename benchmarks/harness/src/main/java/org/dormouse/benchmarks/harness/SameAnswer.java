package org.dormouse.benchmarks.harness;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

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

    /** Holds servers that compress to the same JSON: coded by each, and the same bytes once it is decoded. Fields may differ. */
    static void checkCoded(Iterable<RunningServer> servers) throws IOException, InterruptedException {
        byte[] expected = null;
        String of = "";
        for (RunningServer server : servers) {
            byte[] json = decoded(server.name(), getCoded(server));
            if (expected == null) {
                expected = json;
                of = server.name();
            } else if (!Arrays.equals(json, expected)) {
                throw new IOException(server.name() + " answers with other JSON than " + of + ": " + json.length
                        + " bytes, not " + expected.length);
            }
        }
    }

    private static HttpResponse<byte[]> getCoded(RunningServer server) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(server.url("/json")))
                            .header("Accept-Encoding", "gzip")
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    BodyHandlers.ofByteArray());
        }
    }

    private static byte[] decoded(String server, HttpResponse<byte[]> answer) throws IOException {
        List<String> codings = answer.headers().allValues("Content-Encoding");
        return decoded(server, answer.statusCode(), codings, answer.body());
    }

    static byte[] decoded(String server, int status, List<String> codings, byte[] body) throws IOException {
        if (status != 200 || !codings.equals(List.of("gzip")))
            throw new IOException(server + " answers " + status + " with the codings " + codings + ", not 200 in gzip");
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return plain.readAllBytes();
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
