package org.dormouse.benchmarks.tomcat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.websocket.server.WsSci;
import org.dormouse.benchmarks.workload.Https;
import org.dormouse.benchmarks.workload.Workload;

/** Arguments: PORT [virtual] [all] [gzip] [sockets] [https=PORT:KEYSTORE]. Access log off, keep-alive unlimited (the default closes after 100 requests). */
public final class TomcatServer {
    private TomcatServer() {}

    public static void main(String[] arguments) throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        File base = Files.createTempDirectory("tomcat").toFile();
        base.deleteOnExit();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.getPath());

        boolean virtual = List.of(arguments).contains("virtual");
        Connector plain = connector(Integer.parseInt(arguments[0]), virtual);
        if (Workload.isGzipped(arguments)) plain.setProperty("compression", "on");
        tomcat.setConnector(plain);
        Https https = Https.of(arguments);
        if (https != null) {
            Connector secure = connector(https.port(), virtual);
            secure.setScheme("https");
            secure.setSecure(true);
            secure.setProperty("SSLEnabled", "true");
            SSLHostConfig host = new SSLHostConfig();
            SSLHostConfigCertificate certificate =
                    new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
            certificate.setCertificateKeystoreFile(https.keystore());
            certificate.setCertificateKeystorePassword(Https.PASSWORD);
            host.addCertificate(certificate);
            secure.addSslHostConfig(host);
            tomcat.getService().addConnector(secure);
        }

        Path files = Workload.files();
        var context = tomcat.addContext("", files == null ? base.getPath() : files.toString());
        Workload.servlets(arguments)
                .forEach((path, servlet) ->
                        Tomcat.addServlet(context, path.substring(1), servlet).addMapping(path));
        // Where no servlet matches, Tomcat answers 404 before it asks the filter that takes WebSockets.
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        context.addServletContainerInitializer(new WsSci(), new LinkedHashSet<>(Workload.endpoints(arguments)));
        tomcat.start();
    }

    private static Connector connector(int port, boolean virtual) {
        Connector connector = new Connector();
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        protocol.setMaxKeepAliveRequests(-1);
        protocol.setKeepAliveTimeout(-1);
        ((AbstractProtocol<?>) protocol).setMaxConnections(-1);
        if (!connector.setProperty("useVirtualThreads", Boolean.toString(virtual))) {
            throw new IllegalStateException("this Tomcat has no useVirtualThreads");
        }
        return connector;
    }
}
