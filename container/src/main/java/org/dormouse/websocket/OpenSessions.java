package org.dormouse.websocket;

import jakarta.websocket.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open sessions of one endpoint, or of all that are not deployed, linked through themselves, so that being here costs a session two references. Any thread; the lock is
 * held for a few assignments, or one walk, never while the application is called.
 */
final class OpenSessions {
    private @Nullable WebSocketSession first;
    private int size;

    synchronized void add(WebSocketSession session) {
        session.nextOpen = first;
        if (first != null) first.previousOpen = session;
        first = session;
        size++;
    }

    synchronized void remove(WebSocketSession session) {
        WebSocketSession previous = session.previousOpen;
        WebSocketSession next = session.nextOpen;
        if (previous == null && first != session) return;
        if (previous == null) {
            first = next;
        } else {
            previous.nextOpen = next;
        }
        if (next != null) next.previousOpen = previous;
        session.previousOpen = null;
        session.nextOpen = null;
        size--;
    }

    synchronized int size() {
        return size;
    }

    synchronized List<WebSocketSession> copy() {
        List<WebSocketSession> copy = new ArrayList<>(size);
        for (WebSocketSession s = first; s != null; s = s.nextOpen) copy.add(s);
        return copy;
    }

    /** Those that the application regards as sessions of {@code endpoint}. */
    synchronized Set<Session> of(DeployedEndpoint endpoint) {
        Set<Session> found = new LinkedHashSet<>();
        for (WebSocketSession s = first; s != null; s = s.nextOpen) {
            if (s.endpoint().isSameAs(endpoint)) found.add(s);
        }
        return found;
    }
}
