package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers the name of the platform thread that runs the request, or carries its virtual thread: on Dormouse, that of the loop. */
class WhereServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Thread thread = Thread.currentThread();
        String text = thread.toString(); // of a virtual one: VirtualThread[#31]/runnable@carrier
        Answers.text(response, thread.isVirtual() ? text.substring(text.indexOf('@') + 1) : thread.getName());
    }
}
