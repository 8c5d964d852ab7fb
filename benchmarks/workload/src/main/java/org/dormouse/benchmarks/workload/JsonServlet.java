package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Answers with 10 KiB of JSON, as a list of things in a shop has it: the same each time. */
final class JsonServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int BYTES = 10 * 1024;
    private static final byte[] JSON = make();

    private static byte[] make() {
        var random = new Random(42);
        var json = new StringBuilder("[");
        while (json.length() < BYTES - 200) {
            json.append(json.length() > 1 ? "," : "")
                    .append("{\"id\":")
                    .append(random.nextInt(1_000_000))
                    .append(",\"name\":\"article ")
                    .append(Integer.toString(random.nextInt(100_000), 36))
                    .append("\",\"price\":")
                    .append(random.nextInt(10_000) / 100.0)
                    .append(",\"inStock\":")
                    .append(random.nextBoolean())
                    .append(",\"tags\":[\"new\",\"")
                    .append(Integer.toString(random.nextInt(50), 36))
                    .append("\"]}");
        }
        return json.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.setContentLength(JSON.length);
        response.getOutputStream().write(JSON);
    }
}
