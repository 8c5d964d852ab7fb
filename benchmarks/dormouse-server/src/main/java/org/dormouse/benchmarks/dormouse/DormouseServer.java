package org.dormouse.benchmarks.dormouse;

import java.util.Locale;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;
import org.dormouse.benchmarks.workload.EchoEndpoint;
import org.dormouse.benchmarks.workload.HelloServlet;

/** Arguments: PORT [loop | virtual | pool]. */
public final class DormouseServer {
    private DormouseServer() {}

    @SuppressWarnings("resource") // serves until the process is ended
    public static void main(String[] arguments) {
        String execution = arguments.length > 1 ? arguments[1] : "loop";
        Dormouse.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .execution(Execution.valueOf(execution.toUpperCase(Locale.ROOT)))
                .deploy(WebApp.at("/").servlet("/hello", new HelloServlet()).endpoint(EchoEndpoint.class))
                .start();
    }
}
