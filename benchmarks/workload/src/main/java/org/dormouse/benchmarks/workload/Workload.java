package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import java.util.LinkedHashMap;
import java.util.Map;

/** The servlets that a server of the comparison has, by path. */
public final class Workload {
    /** The argument of a server that asks for every servlet; without it there is the hello servlet alone, as start-up is measured. */
    public static final String ALL = "all";

    private Workload() {}

    /** What the command line of a server asks for. */
    public static Map<String, HttpServlet> servlets(String... arguments) {
        Map<String, HttpServlet> servlets = new LinkedHashMap<>();
        servlets.put("/hello", new HelloServlet());
        if (java.util.List.of(arguments).contains(ALL)) {
            servlets.put("/pause", new PauseServlet());
            servlets.put("/query", new QueryServlet());
            servlets.put("/stall", new StallServlet());
            servlets.put("/where", new WhereServlet());
            servlets.put("/work", new WorkServlet());
        }
        return servlets;
    }
}
