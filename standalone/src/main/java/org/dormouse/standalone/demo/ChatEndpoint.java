package org.dormouse.standalone.demo;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.push.Group;
import org.dormouse.push.Hub;
import org.jspecify.annotations.Nullable;

/** A chat with several rooms: what one says, all in the same room hear. */
@ServerEndpoint("/chat/{room}")
public final class ChatEndpoint {
    private static final int MAX_CHARS = 500;
    private static final int MAX_NAME = 30;
    private static final int MAX_PEOPLE = 100;
    private static final List<String> KINDS =
            List.of("Hazel", "Garden", "Edible", "Forest", "Desert", "Woolly", "Japanese");

    private static final AtomicInteger ARRIVALS = new AtomicInteger();

    private String name = "";
    private @Nullable Group room;

    @OnOpen
    public void open(Session session, @PathParam("room") String asked) throws IOException {
        if (!ChatRooms.NAMES.contains(asked)) {
            session.close(new CloseReason(CloseCodes.VIOLATED_POLICY, "there is no such room"));
            return;
        }
        Group entered = ChatRooms.room(Hub.of(session), asked);
        if (entered.size() >= MAX_PEOPLE) {
            session.close(new CloseReason(CloseCodes.TRY_AGAIN_LATER, MAX_PEOPLE + " are here already"));
            return;
        }
        session.setMaxTextMessageBufferSize(4 * MAX_CHARS);
        name = nameOf(session);
        session.getAsyncRemote().sendText(new Json().field("you", name).toString(), _ -> {});
        room = entered;
        entered.join(session, name);
    }

    /** The name that the visitor asks for, or one of ours. */
    private static String nameOf(Session session) {
        List<String> asked = session.getRequestParameterMap().getOrDefault("name", List.of());
        String wish = asked.isEmpty() ? "" : asked.getFirst().strip();
        boolean isUsable = !wish.isEmpty()
                && wish.length() <= MAX_NAME
                && wish.chars().noneMatch(c -> Character.getType(c) == Character.FORMAT || c < ' ');
        if (isUsable) return wish;
        int arrival = ARRIVALS.incrementAndGet();
        return KINDS.get(arrival % KINDS.size()) + " dormouse " + arrival;
    }

    @OnMessage
    public void hear(String text) {
        String said = text.strip();
        Group here = room;
        if (said.isEmpty() || here == null) return;
        if (said.length() > MAX_CHARS) said = said.substring(0, MAX_CHARS);
        here.broadcast(new Json().field("from", name).field("text", said).toString());
    }

    /** A close follows, with which the session leaves its room; a chat has nothing to add to it. */
    @OnError
    public void failed(Throwable failure) {}
}
