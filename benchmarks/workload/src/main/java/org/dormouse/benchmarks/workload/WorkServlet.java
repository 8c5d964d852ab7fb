package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The same computation for every request, about a millisecond of a core: what a server can be overloaded with. */
class WorkServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int STEPS = 400_000;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long value = request.getRemotePort();
        for (int i = 0; i < STEPS; i++) { // each step needs the last, and no compiler can take some together
            value ^= value << 13;
            value ^= value >>> 7;
            value ^= value << 17;
        }
        Answers.text(response, value == 0 ? "zero" : "done");
    }
}
