package org.dormouse.compat.differential;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Dormouse and its peers with their defaults, each answering every path; by name, with their ports. */
final class Peers implements AutoCloseable {
    private static final Logger TOMCATS = Logger.getLogger("org.apache");

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Dormouse dormouse;
    private final Tomcat tomcat = new Tomcat();
    private final Server jetty = new Server();
    private final Process nginx;

    private static final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            int length = request.getInputStream().readAllBytes().length;
            response.getWriter().print(request.getMethod() + " " + length);
        }
    }

    Peers(Path folder) throws Exception {
        dormouse = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/").servlet("/*", new Answering()))
                .start();
        ports.put("Dormouse", dormouse.port());

        TOMCATS.setLevel(Level.OFF);
        tomcat.setBaseDir(folder.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        var context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "answering", new Answering()).addMapping("/*");
        tomcat.start();
        ports.put("Tomcat", connector.getLocalPort());

        ServerConnector listening = new ServerConnector(jetty);
        listening.setHost("127.0.0.1");
        jetty.addConnector(listening);
        var handler = new ServletContextHandler("/");
        handler.addServlet(new ServletHolder(new Answering()), "/*");
        jetty.setHandler(handler);
        jetty.start();
        ports.put("Jetty", listening.getLocalPort());

        int port = freePort();
        Path configuration =
                Files.writeString(folder.resolve("nginx.conf"), """
                daemon off; master_process off; error_log /dev/null; pid %1$s/nginx.pid;
                events { worker_connections 64; }
                http {
                    access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p; fastcgi_temp_path %1$s/f;
                    uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                    server { listen 127.0.0.1:%2$d; location / { proxy_pass http://127.0.0.1:%3$d; } }
                }
                """.formatted(folder, port, behindNginx()));
        String command = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        nginx = new ProcessBuilder(List.of(command, "-c", configuration.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        awaitListening(port);
        ports.put("nginx", port);
    }

    /** nginx reads a body to its end only for somebody: a server that takes everything and says 200. */
    private static int behindNginx() throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            socket.getInputStream().read(new byte[65536]);
                            socket.getOutputStream().write("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes());
                        } catch (IOException e) {
                            // nginx has left
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server.getLocalPort();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws InterruptedException {
        for (int i = 0; i < 250; i++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        throw new IllegalStateException("nginx does not listen on port " + port);
    }

    Map<String, Integer> ports() {
        return ports;
    }

    @Override
    public void close() {
        nginx.destroy();
        dormouse.close();
        try {
            jetty.stop();
            tomcat.stop();
        } catch (Exception e) {
            throw new IllegalStateException("a peer does not stop", e);
        }
    }
}
