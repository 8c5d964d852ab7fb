package org.dormouse.standalone.demo;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Answers what this server is and which thread answers, as JSON. */
final class FactsServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final RequestCounter counter;

    FactsServlet(RequestCounter counter) {
        this.counter = counter;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServletContext context = request.getServletContext();
        Thread thread = Thread.currentThread();
        var runtime = ManagementFactory.getRuntimeMXBean();
        String facts = new Json()
                .field("server", context.getServerInfo())
                .field("execution", String.valueOf(context.getAttribute("org.dormouse.execution")))
                .field("loops", String.valueOf(context.getAttribute("org.dormouse.loops")))
                .field("cores", Runtime.getRuntime().availableProcessors())
                .field("java", Runtime.version().toString())
                .field("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .field("process", ProcessHandle.current().pid())
                .field("threads", ManagementFactory.getThreadMXBean().getThreadCount())
                .field("heapBytes", usedHeap())
                .field("uptimeMillis", runtime.getUptime())
                .field("requests", counter.requests())
                .field("requestThread", thread.toString())
                .field("requestThreadIsVirtual", thread.isVirtual())
                .field("remote", request.getRemoteAddr() + ":" + request.getRemotePort())
                .field("protocol", request.getProtocol())
                .field("visits", countVisit(request.getSession()))
                .toString();
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().print(facts);
    }

    static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static int countVisit(HttpSession session) {
        int visits = session.getAttribute("visits") instanceof Integer before ? before + 1 : 1;
        session.setAttribute("visits", visits);
        return visits;
    }
}
