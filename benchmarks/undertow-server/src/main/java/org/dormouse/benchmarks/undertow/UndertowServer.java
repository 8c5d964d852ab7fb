package org.dormouse.benchmarks.undertow;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.predicate.Predicates;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.encoding.ContentEncodingRepository;
import io.undertow.server.handlers.encoding.EncodingHandler;
import io.undertow.server.handlers.encoding.GzipEncodingProvider;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.nio.file.Path;
import org.dormouse.benchmarks.workload.Https;
import org.dormouse.benchmarks.workload.Workload;

/** Arguments: PORT [all] [gzip] [sockets] [https=PORT:KEYSTORE]. Connection: keep-alive is not repeated in each answer, as none of the others does. */
public final class UndertowServer {
    private UndertowServer() {}

    public static void main(String[] arguments) throws Exception {
        WebSocketDeploymentInfo webSocket =
                new WebSocketDeploymentInfo().setBuffers(new DefaultByteBufferPool(true, 16 * 1024));
        for (Class<?> endpoint : Workload.endpoints(arguments)) webSocket.addEndpoint(endpoint);
        webSocket.addExtension(new PerMessageDeflateHandshake()); // the others have it of themselves
        DeploymentInfo application = Servlets.deployment()
                .setClassLoader(UndertowServer.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("workload")
                .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, webSocket);
        Workload.servlets(arguments)
                .forEach((path, servlet) -> application.addServlet(
                        Servlets.servlet(path, servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                                .addMapping(path)));
        Path files = Workload.files();
        if (files != null) {
            application.setResourceManager(new PathResourceManager(files));
        }
        DeploymentManager manager = Servlets.defaultContainer().addDeployment(application);
        manager.deploy();
        HttpHandler handler = manager.start();
        if (Workload.isGzipped(arguments)) {
            handler = new EncodingHandler(
                    handler,
                    new ContentEncodingRepository()
                            .addEncodingHandler("gzip", new GzipEncodingProvider(), 50, Predicates.truePredicate()));
        }
        Undertow.Builder server = Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setHandler(handler);
        Https https = Https.of(arguments);
        if (https != null) server.addHttpsListener(https.port(), "127.0.0.1", https.context());
        server.build().start();
    }
}
