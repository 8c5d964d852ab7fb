package org.dormouse.websocket;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.dormouse.websocket.frame.DeflateTerms;
import org.dormouse.websocket.frame.NamedExtension;

/**
 * What the containers of both sides have in common: what new sessions begin with, and clients, which every container can make. Any thread.
 */
public abstract class SessionContainer implements WebSocketContainer {
    /** Connects clients: the one thing of them that knows sockets. */
    public interface Connector {
        /**
         * Connects {@code endpoint} and waits until it is open.
         *
         * @throws DeploymentException if {@code uri} is none that can be connected to, or the server's answer is not what it has to be
         * @throws IOException if the server cannot be reached
         */
        Session connect(ClientConnection endpoint, URI uri) throws DeploymentException, IOException;
    }

    private static final List<Extension> INSTALLED = List.of(new NamedExtension(DeflateTerms.EXTENSION, List.of()));

    private final WebSocketServices services;
    private final ClassLoader classLoader;
    private final Connector connector;
    private final OpenSessions clients = new OpenSessions();

    private volatile long asyncSendTimeout;
    private volatile long maxSessionIdleTimeout;
    private volatile int maxBinaryMessage;
    private volatile int maxTextMessage;

    /** @param classLoader of the application: the context class loader of its callbacks */
    protected SessionContainer(WebSocketServices services, ClassLoader classLoader, Connector connector) {
        WebSocketLimits limits = services.limits();
        this.services = services;
        this.classLoader = classLoader;
        this.connector = connector;
        this.asyncSendTimeout = limits.sendTimeout().toMillis();
        this.maxSessionIdleTimeout = limits.idleTimeout().toMillis();
        this.maxBinaryMessage = limits.maxBinaryMessage();
        this.maxTextMessage = limits.maxTextMessage();
    }

    final WebSocketServices services() {
        return services;
    }

    final WebSocketLimits limits() {
        return services.limits();
    }

    final ClassLoader classLoader() {
        return classLoader;
    }

    // --- clients

    @Override
    public Session connectToServer(Object annotatedEndpointInstance, URI path) throws DeploymentException, IOException {
        return connector.connect(ClientConnection.annotated(annotatedEndpointInstance, this, clients), path);
    }

    @Override
    public Session connectToServer(Class<?> annotatedEndpointClass, URI path) throws DeploymentException, IOException {
        return connector.connect(ClientConnection.annotated(annotatedEndpointClass, this, clients), path);
    }

    @Override
    public Session connectToServer(Endpoint endpointInstance, ClientEndpointConfig config, URI path)
            throws DeploymentException, IOException {
        return connector.connect(ClientConnection.programmatic(endpointInstance, config, this, clients), path);
    }

    @Override
    public Session connectToServer(Class<? extends Endpoint> endpointClass, ClientEndpointConfig config, URI path)
            throws DeploymentException, IOException {
        return connector.connect(ClientConnection.programmatic(endpointClass, config, this, clients), path);
    }

    /** Closes the sessions of its clients. */
    protected final void closeClients(CloseReason reason) {
        for (WebSocketSession session : clients.copy()) session.closeByContainer(reason);
    }

    /** Sessions of clients that are open now. */
    public final int openClients() {
        return clients.size();
    }

    // --- defaults of new sessions

    @Override
    public long getDefaultAsyncSendTimeout() {
        return asyncSendTimeout;
    }

    @Override
    public void setAsyncSendTimeout(long millis) {
        asyncSendTimeout = millis;
    }

    @Override
    public long getDefaultMaxSessionIdleTimeout() {
        return maxSessionIdleTimeout;
    }

    @Override
    public void setDefaultMaxSessionIdleTimeout(long millis) {
        maxSessionIdleTimeout = millis;
    }

    @Override
    public int getDefaultMaxBinaryMessageBufferSize() {
        return maxBinaryMessage;
    }

    @Override
    public void setDefaultMaxBinaryMessageBufferSize(int max) {
        maxBinaryMessage = WebSocketSession.atLeastOne(max);
    }

    @Override
    public int getDefaultMaxTextMessageBufferSize() {
        return maxTextMessage;
    }

    @Override
    public void setDefaultMaxTextMessageBufferSize(int max) {
        maxTextMessage = WebSocketSession.atLeastOne(max);
    }

    /** permessage-deflate, unless it is off. */
    @Override
    public Set<Extension> getInstalledExtensions() {
        return Set.copyOf(installedExtensions());
    }

    final List<Extension> installedExtensions() {
        return services.pools().settings().isOn() ? INSTALLED : List.of();
    }
}
