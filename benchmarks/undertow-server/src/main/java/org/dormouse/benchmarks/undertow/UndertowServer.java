package org.dormouse.benchmarks.undertow;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import org.dormouse.benchmarks.workload.EchoEndpoint;
import org.dormouse.benchmarks.workload.Workload;

/** Arguments: PORT [all]. Connection: keep-alive is not repeated in each answer, as none of the others does. */
public final class UndertowServer {
    private UndertowServer() {}

    public static void main(String[] arguments) throws Exception {
        WebSocketDeploymentInfo webSocket = new WebSocketDeploymentInfo()
                .addEndpoint(EchoEndpoint.class)
                .setBuffers(new DefaultByteBufferPool(true, 16 * 1024));
        DeploymentInfo application = Servlets.deployment()
                .setClassLoader(UndertowServer.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("workload")
                .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, webSocket);
        Workload.servlets(arguments)
                .forEach((path, servlet) -> application.addServlet(
                        Servlets.servlet(path, servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                                .addMapping(path)));
        DeploymentManager manager = Servlets.defaultContainer().addDeployment(application);
        manager.deploy();
        Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setHandler(manager.start())
                .build()
                .start();
    }
}
