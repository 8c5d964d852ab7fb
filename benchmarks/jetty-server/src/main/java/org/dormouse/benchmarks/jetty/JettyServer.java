package org.dormouse.benchmarks.jetty;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import org.dormouse.benchmarks.workload.Https;
import org.dormouse.benchmarks.workload.Workload;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.gzip.GzipHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Arguments: PORT [virtual] [all] [gzip] [sockets] [https=PORT:KEYSTORE]. No access log, no Server field, idle connections kept for an hour. */
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
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        listen(new ServerConnector(server, http), Integer.parseInt(arguments[0]));
        Https https = Https.of(arguments);
        if (https != null) {
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStorePath(https.keystore());
            tls.setKeyStorePassword(Https.PASSWORD);
            HttpConfiguration secure = new HttpConfiguration(configuration);
            secure.addCustomizer(new SecureRequestCustomizer(false)); // the load names the server by its address
            listen(
                    new ServerConnector(
                            server,
                            new SslConnectionFactory(tls, http.getProtocol()),
                            new HttpConnectionFactory(secure)),
                    https.port());
        }

        ServletContextHandler context = new ServletContextHandler("/");
        Workload.servlets(arguments).forEach((path, servlet) -> context.addServlet(new ServletHolder(servlet), path));
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            for (Class<?> endpoint : Workload.endpoints(arguments)) container.addEndpoint(endpoint);
        });
        Path files = Workload.files();
        if (files != null) {
            context.setBaseResourceAsPath(files);
            context.addServlet(new ServletHolder("default", new DefaultServlet()), "/");
        }
        server.setHandler(Workload.isGzipped(arguments) ? new GzipHandler(context) : context);
        server.start();
    }

    private static void listen(ServerConnector connector, int port) {
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(3_600_000);
        connector.setAcceptQueueSize(4096);
        connector.getServer().addConnector(connector);
    }
}
