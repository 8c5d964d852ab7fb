package org.dormouse.standalone.demo;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.List;
import java.util.TreeSet;
import org.dormouse.push.Group;
import org.dormouse.push.Hub;
import org.dormouse.push.Member;
import org.dormouse.push.PresenceListener;

/** The rooms of the chat: each is a group, and hears who comes and goes. */
final class ChatRooms implements ServletContextListener {
    static final List<String> NAMES = List.of("nest", "garden", "forest");

    private static final String PREFIX = "chat/";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Hub.of(event.getServletContext()).onPresence(new Presence());
    }

    static Group room(Hub hub, String name) {
        return hub.group(PREFIX + name);
    }

    /** In all rooms together. */
    static int people(Hub hub) {
        return NAMES.stream().mapToInt(name -> room(hub, name).size()).sum();
    }

    private static final class Presence implements PresenceListener {
        @Override
        public void joined(Member member) {
            tell(member, " woke up");
        }

        @Override
        public void left(Member member) {
            tell(member, " fell asleep");
        }

        /** One at a time: the list that everybody gets last is the one that is true last. */
        private synchronized void tell(Member member, String what) {
            Group room = member.group();
            if (!room.name().startsWith(PREFIX)) return;
            var names = new TreeSet<String>();
            for (Member each : room.members()) names.add(String.valueOf(each.who()));
            room.broadcast(new Json()
                    .field("note", member.who() + what)
                    .field("people", names)
                    .toString());
        }
    }
}
