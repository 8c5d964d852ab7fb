package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servlets that a server of the comparison has, by path. */
public final class Workload {
    /** The argument of a server that asks for every servlet; without it there is the hello servlet alone, as start-up is measured. */
    public static final String ALL = "all";

    /** The argument of a server that is to send responses in gzip to those who want that. */
    public static final String GZIP = "gzip";

    /** The argument of a server that asks for the endpoints of a comparison of WebSockets; without it there is the echo alone. */
    public static final String SOCKETS = "sockets";

    private Workload() {}

    /** The WebSocket endpoints, annotated, that the command line of a server asks for. */
    public static List<Class<?>> endpoints(String... arguments) {
        return List.of(arguments).contains(SOCKETS)
                ? List.of(EchoEndpoint.class, LargeEchoEndpoint.class, WaitEndpoint.class, BroadcastEndpoint.class)
                : List.of(EchoEndpoint.class);
    }

    /** The folder whose files the server's own default servlet serves; null for none. */
    public static @Nullable Path files() {
        String folder = System.getProperty("workload.files");
        return folder == null ? null : Path.of(folder);
    }

    /** Whether {@link #GZIP} is among {@code arguments}. */
    public static boolean isGzipped(String... arguments) {
        return List.of(arguments).contains(GZIP);
    }

    /** What the command line of a server asks for. */
    public static Map<String, HttpServlet> servlets(String... arguments) {
        Map<String, HttpServlet> servlets = new LinkedHashMap<>();
        servlets.put("/hello", new HelloServlet());
        if (List.of(arguments).contains(ALL)) {
            servlets.put("/echo", new EchoServlet());
            servlets.put("/json", new JsonServlet());
            servlets.put("/pause", new PauseServlet());
            servlets.put("/query", new QueryServlet());
            servlets.put("/stall", new StallServlet());
            servlets.put("/where", new WhereServlet());
            servlets.put("/work", new WorkServlet());
        }
        return servlets;
    }
}
