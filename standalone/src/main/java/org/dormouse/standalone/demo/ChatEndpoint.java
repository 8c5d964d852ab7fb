package org.dormouse.standalone.demo;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A chat with one room: what one says, all hear. */
@ServerEndpoint("/chat")
public final class ChatEndpoint {
    private static final int MAX_CHARS = 500;
    private static final int MAX_PEOPLE = 500;
    private static final List<String> KINDS =
            List.of("Hazel", "Garden", "Edible", "Forest", "Desert", "Woolly", "Japanese");

    private static final Set<Session> ROOM = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger ARRIVALS = new AtomicInteger();

    private String name = "";

    static int people() {
        return ROOM.size();
    }

    @OnOpen
    public void open(Session session) throws IOException {
        if (ROOM.size() >= MAX_PEOPLE) {
            session.close(new CloseReason(CloseReason.CloseCodes.TRY_AGAIN_LATER, MAX_PEOPLE + " are here already"));
            return;
        }
        session.setMaxTextMessageBufferSize(4 * MAX_CHARS);
        int arrival = ARRIVALS.incrementAndGet();
        name = KINDS.get(arrival % KINDS.size()) + " dormouse " + arrival;
        ROOM.add(session);
        send(session, new Json().field("you", name).toString());
        say(new Json().field("note", name + " woke up").field("people", ROOM.size()));
    }

    @OnMessage
    public void hear(String text) {
        String said = text.strip();
        if (said.isEmpty()) return;
        if (said.length() > MAX_CHARS) said = said.substring(0, MAX_CHARS);
        say(new Json().field("from", name).field("text", said).field("people", ROOM.size()));
    }

    @OnClose
    public void close(Session session) {
        if (ROOM.remove(session))
            say(new Json().field("note", name + " fell asleep").field("people", ROOM.size()));
    }

    /** A close follows; a chat has nothing to add to it. */
    @OnError
    public void failed(Session session, Throwable failure) {
        ROOM.remove(session);
    }

    private static void say(Json message) {
        String text = message.toString();
        for (Session each : ROOM) {
            send(each, text);
        }
    }

    /** Does not wait; who cannot be reached leaves the room. */
    private static void send(Session session, String text) {
        session.getAsyncRemote().sendText(text, result -> {
            if (!result.isOK()) ROOM.remove(session);
        });
    }
}
