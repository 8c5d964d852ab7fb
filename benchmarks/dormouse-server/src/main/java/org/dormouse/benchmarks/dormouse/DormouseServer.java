package org.dormouse.benchmarks.dormouse;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;
import org.dormouse.benchmarks.workload.BroadcastEndpoint;
import org.dormouse.benchmarks.workload.Https;
import org.dormouse.benchmarks.workload.Workload;

/** Arguments: PORT [loop | virtual | pool | inline] [all] [gzip] [sockets [jakarta]] [https=PORT:KEYSTORE] [KEY=VALUE ...], keys as in docs/configuration.md. */
public final class DormouseServer {
    private DormouseServer() {}

    @SuppressWarnings("resource") // serves until the process is ended
    public static void main(String[] arguments) {
        String execution = arguments.length > 1 ? arguments[1] : "loop";
        WebApp application = WebApp.at("/");
        boolean isPlain = Arrays.asList(arguments).contains("jakarta");
        for (Class<?> endpoint : Workload.endpoints(arguments)) {
            boolean isGrouped = endpoint.equals(BroadcastEndpoint.class) && !isPlain;
            application.endpoint(isGrouped ? GroupBroadcastEndpoint.class : endpoint);
        }
        Workload.servlets(arguments).forEach((path, servlet) -> application.servlet(path, servlet));
        Path files = Workload.files();
        if (files != null) application.resources(files);
        Dormouse.Builder builder = Dormouse.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .execution(Execution.valueOf(execution.toUpperCase(Locale.ROOT)))
                .deploy(application);
        Https https = Https.of(arguments);
        if (https != null) {
            builder.set("server.https-port", Integer.toString(https.port()))
                    .set("tls.keystore", https.keystore())
                    .set("tls.keystore-password", Https.PASSWORD);
        }
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0 && !argument.startsWith("https="))
                builder.set(argument.substring(0, equals), argument.substring(equals + 1));
        }
        if (Workload.isGzipped(arguments)) {
            builder.set("compression.enabled", "true")
                    .set("compression.level", "6"); // zlib's own, which the peers have
        }
        builder.start();
    }
}
