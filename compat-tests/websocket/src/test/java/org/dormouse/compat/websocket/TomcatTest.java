package org.dormouse.compat.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.apache.tomcat.websocket.server.WsSci;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client with Tomcat's server, and Tomcat's client with our server. */
@Timeout(60)
class TomcatTest {
    private static final int ROOM = 200_000;

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @TempDir
    Path folder;

    @ServerEndpoint("/echo")
    public static class Echo {
        @OnMessage(maxMessageSize = ROOM)
        public String text(String text) {
            return text;
        }

        @OnMessage(maxMessageSize = ROOM)
        public byte[] binary(byte[] bytes) {
            return bytes;
        }
    }

    private final class Counting extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(
                    String.class, (MessageHandler.Whole<String>) text -> seen.add("text " + text.length()));
            session.addMessageHandler(
                    byte[].class, (MessageHandler.Whole<byte[]>) bytes -> seen.add("binary " + bytes.length));
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            seen.add("close " + reason.getCloseCode().getCode());
        }
    }

    @ParameterizedTest(name = "compressed: {0}")
    @ValueSource(booleans = {false, true})
    void ourClientTalksToTheirServer(boolean compressed) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector();
        var context = tomcat.addContext("", null);
        context.addServletContainerInitializer(new WsSci(), Set.of(Echo.class));
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        tomcat.start();
        try {
            talk(ours(), tomcat.getConnector().getLocalPort(), compressed);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @ParameterizedTest(name = "compressed: {0}")
    @ValueSource(booleans = {false, true})
    void theirClientTalksToOurServer(boolean compressed) throws Exception {
        var theirs = new WsWebSocketContainer();
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/").endpoint(Echo.class))
                .start()) {
            talk(theirs, server.port(), compressed);
        } finally {
            theirs.destroy();
        }
    }

    /** The first of the providers is theirs here or ours, as the class path has it: each gives a container of its own kind. */
    private static WebSocketContainer ours() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(new OnlyOurs(before));
        try {
            return ContainerProvider.getWebSocketContainer();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Does not find what others have put into META-INF/services. */
    private static final class OnlyOurs extends ClassLoader {
        OnlyOurs(ClassLoader parent) {
            super(parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            List<URL> found = Collections.list(super.getResources(name));
            if (name.startsWith("META-INF/services/"))
                found.removeIf(url -> url.toString().contains("tomcat"));
            return Collections.enumeration(found);
        }
    }

    private void talk(WebSocketContainer client, int port, boolean compressed) throws Exception {
        client.setDefaultMaxTextMessageBufferSize(ROOM);
        client.setDefaultMaxBinaryMessageBufferSize(ROOM);
        var config = ClientEndpointConfig.Builder.create();
        if (compressed) config.extensions(List.of(new Deflate()));
        URI uri = URI.create("ws://127.0.0.1:" + port + "/echo");
        Session session = client.connectToServer(new Counting(), config.build(), uri);
        assertThat(session.getNegotiatedExtensions()).hasSize(compressed ? 1 : 0);
        for (int size : new int[] {0, 1, 125, 126, 8_192, 65_536, 150_000}) {
            session.getBasicRemote().sendText("x".repeat(size));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("text " + size);
            session.getBasicRemote().sendBinary(ByteBuffer.wrap(new byte[size]));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("binary " + size);
        }
        session.close();
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("close 1000");
    }

    private static final class Deflate implements Extension {
        @Override
        public String getName() {
            return "permessage-deflate";
        }

        @Override
        public List<Parameter> getParameters() {
            return List.of();
        }
    }
}
