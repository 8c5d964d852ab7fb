package org.dormouse.benchmarks.jetty;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import org.dormouse.benchmarks.workload.EchoEndpoint;
import org.dormouse.benchmarks.workload.Workload;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.gzip.GzipHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Arguments: PORT [virtual] [all] [gzip]. No access log, no Server field, idle connections kept for an hour. */
public final class JettyServer {
    private JettyServer() {}

    @SuppressWarnings("removal") // GzipHandler: what follows it needs modules of its own
    public static void main(String[] arguments) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool();
        if (List.of(arguments).contains("virtual")) {
            threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        }
        Server server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(true);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        connector.setIdleTimeout(3_600_000);
        connector.setAcceptQueueSize(4096);
        server.addConnector(connector);

        ServletContextHandler context = new ServletContextHandler("/");
        Workload.servlets(arguments).forEach((path, servlet) -> context.addServlet(new ServletHolder(servlet), path));
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, container) -> container.addEndpoint(EchoEndpoint.class));
        Path files = Workload.files();
        if (files != null) {
            context.setBaseResourceAsPath(files);
            context.addServlet(new ServletHolder("default", new DefaultServlet()), "/");
        }
        server.setHandler(Workload.isGzipped(arguments) ? new GzipHandler(context) : context);
        server.start();
    }
}
