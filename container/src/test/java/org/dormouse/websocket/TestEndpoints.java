package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Endpoints that the tests share. What happens to them is written into {@link #LOG}, which each test clears. */
final class TestEndpoints {
    static final List<String> LOG = new CopyOnWriteArrayList<>();

    private TestEndpoints() {}

    static String describe(CloseReason reason) {
        return (reason.getCloseCode().getCode() + " " + reason.getReasonPhrase()).trim();
    }

    @ServerEndpoint("/echo")
    public static class Echo {
        static volatile Session session;

        @OnOpen
        public void open(Session opened) {
            session = opened;
        }

        @OnMessage
        public String text(String message) {
            return message;
        }

        @OnMessage
        public byte[] binary(byte[] message) {
            return message;
        }

        @OnMessage
        public void pong(PongMessage pong) {
            LOG.add("pong " + StandardCharsets.UTF_8.decode(pong.getApplicationData()));
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + describe(reason));
        }

        @OnError
        public void error(Throwable error) {
            LOG.add("error " + error);
        }
    }

    @ServerEndpoint("/parts")
    public static class Parts {
        @OnMessage
        public void text(String part, boolean last) {
            LOG.add((last ? "last " : "part ") + part);
        }

        @OnMessage
        public void binary(boolean last, ByteBuffer part) {
            LOG.add((last ? "last " : "part ") + part.remaining());
        }

        @OnClose
        public void close(Session session, CloseReason reason) {
            LOG.add("close " + describe(reason));
        }
    }

    @ServerEndpoint("/rooms/{room}/{number}")
    public static class Room {
        @OnOpen
        public void open(@PathParam("room") String room, Session session, @PathParam("number") int number) {
            LOG.add("open " + room + " " + (number + 1) + " "
                    + session.getPathParameters().get("number"));
        }

        @OnMessage
        public long message(@PathParam("number") Long number, long message, @PathParam("missing") String missing) {
            return number + message + (missing == null ? 0 : 1000);
        }

        @OnError
        public void error(Session session, Throwable error, @PathParam("room") String room) {
            LOG.add("error in " + room + " " + error.getClass().getSimpleName());
        }
    }

    @ServerEndpoint("/fails")
    public static class Fails {
        @OnMessage
        public void message(String message) {
            throw new IllegalStateException(message);
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + describe(reason));
        }
    }
}
