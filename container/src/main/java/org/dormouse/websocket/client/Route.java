package org.dormouse.websocket.client;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.poller.socket.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The way to a server: its addresses or those of a proxy, and TLS where the scheme asks for it. One thread, which may be blocked. */
final class Route {
    private final ClientEndpointConfig config;
    private final ClientSettings settings;
    private final ClientLoops loops;
    private final Patience patience;

    Route(ClientEndpointConfig config, ClientSettings settings, ClientLoops loops, Patience patience) {
        this.config = config;
        this.settings = settings;
        this.loops = loops;
        this.patience = patience;
    }

    /**
     * Makes {@code line} a connection over which {@code server} hears what is asked.
     *
     * @throws IOException if server or proxy cannot be reached, or are not who they should be
     * @throws DeploymentException if the proxy refuses, or is none that is known here
     */
    void open(Line line, ServerAddress server) throws IOException, DeploymentException {
        InetSocketAddress proxy = proxy(server);
        String host = proxy == null ? server.host() : proxy.getHostString();
        int port = proxy == null ? server.port() : proxy.getPort();
        Patience connecting = patience.atMost(settings.connectMillis(), ClientSettings.CONNECT_TIMEOUT);
        line.connect(loops::connect, addresses(host, port), connecting);
        if (proxy != null) passThrough(line, server, host + ":" + port);
        if (server.isSecure()) line.secure(engine(server));
    }

    /** Asks a name server, which may take a while. */
    private static List<SocketAddress> addresses(String host, int port) throws IOException {
        InlineTask.aboutToBlock();
        List<SocketAddress> found = new ArrayList<>();
        for (InetAddress each : InetAddress.getAllByName(host))
            found.add(SocketAddress.of(new InetSocketAddress(each, port)));
        return found;
    }

    // --- proxies

    private @Nullable InetSocketAddress proxy(ServerAddress server) throws DeploymentException {
        String named = settings.proxy();
        if (named == null) return systemProxy(server);
        if (named.equals(ClientSettings.NONE)) return null;
        URI uri;
        try {
            uri = URI.create(named.contains("://") ? named : "http://" + named);
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(badProxy(named), e);
        }
        boolean isPlain = "http".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
        if (!isPlain || uri.getPort() < 1) throw new DeploymentException(badProxy(named));
        return InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort());
    }

    private static String badProxy(String named) {
        return ClientSettings.PROXY + " is " + named + ", allowed is host:port or " + ClientSettings.NONE;
    }

    /** By http.proxyHost or https.proxyHost, unless http.nonProxyHosts has the server, or as the application's selector has it. */
    private static @Nullable InetSocketAddress systemProxy(ServerAddress server) {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) return null;
        URI like = URI.create((server.isSecure() ? "https://" : "http://") + server.hostAndPort() + "/");
        for (Proxy each : selector.select(like)) {
            if (each.type() == Proxy.Type.DIRECT) return null;
            if (each.type() == Proxy.Type.HTTP && each.address() instanceof InetSocketAddress address) return address;
        }
        return null;
    }

    /** Has a proxy connect to the server (RFC 9110 §9.3.6). */
    private void passThrough(Line line, ServerAddress server, String proxy) throws IOException, DeploymentException {
        var head = new StringBuilder("CONNECT ").append(server.hostAndPort()).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(server.hostAndPort()).append("\r\n");
        String user = settings.proxyUser();
        String password = settings.proxyPassword();
        if (user != null && password != null)
            head.append("Proxy-Authorization: ")
                    .append(Login.basic(user, password))
                    .append("\r\n");
        ResponseHead answer = line.ask(head.append("\r\n").toString());
        if (answer.status() / 100 == 2) return;
        String hint = answer.status() == 407 && user == null
                ? "; there are " + ClientSettings.PROXY_USER + " and " + ClientSettings.PROXY_PASSWORD
                : "";
        throw new DeploymentException(
                "proxy " + proxy + " answered " + answer.line() + " to CONNECT " + server.hostAndPort() + hint);
    }

    // --- TLS

    /** Its handshake has begun: keys are made here, not on a loop. */
    private SSLEngine engine(ServerAddress server) throws IOException {
        SSLEngine engine = context().createSSLEngine(server.host(), server.port());
        engine.setUseClientMode(true);
        if (settings.verifiesHostName()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
        }
        engine.beginHandshake();
        return engine;
    }

    private SSLContext context() throws IOException {
        SSLContext given = config.getSSLContext();
        if (given != null) return given;
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("the JVM has no default for TLS: " + e.getMessage(), e);
        }
    }
}
