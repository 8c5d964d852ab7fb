package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Sleeps 20 ms, as if a service behind it took that long. */
class PauseServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final long MILLIS = 20;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Thread.sleep(MILLIS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        Answers.text(response, "slept");
    }
}
