package org.dormouse.servlet.session;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the sessions of one application are while no server has them in its memory: a folder, or something that several servers share. A
 * session has one owner at a time (Servlet 6.1 §7.7.2): the server that has taken it, until it saves it again.
 *
 * <pre>
 *   save (application stops)      in the store      take (a request brings the id)
 *   memory of a server   ----->                 ----->   memory of a server, and no longer in the store
 * </pre>
 *
 * <p>Safe for many threads. All methods but {@link #mayHold} may block; none is called by a thread that runs an event loop.
 */
public interface SessionStore extends AutoCloseable {
    /** Makes the store of one application when that starts. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens the store.
         *
         * @param contextPath of the application: empty, or beginning with {@code /}
         * @throws IOException if it cannot be used; the application does not start then
         */
        SessionStore open(String contextPath) throws IOException;
    }

    /**
     * Whether a session of that id may be here. Asked about every id that memory does not know, those that clients made up included:
     * must be cheap, and must not block. A false alarm costs a {@link #take}; a session that is denied is lost.
     */
    boolean mayHold(String id);

    /**
     * Takes a session out, and with it the ownership: of several callers, on whatever machine, one gets it.
     *
     * @return null if there is none, or it is damaged beyond reading
     */
    @Nullable
    StoredSession take(String id) throws IOException;

    /**
     * Keeps a session and gives up its ownership. What is there of the same id is replaced if its {@link StoredSession#version} is lower.
     *
     * @return false if it was not kept: there is no room for it, it is too large, or what is there is as new
     */
    boolean save(StoredSession session) throws IOException;

    /** Takes out sessions whose time is over, to tell those who listen to their end; one owner as by {@link #take}. */
    List<StoredSession> takeExpired(long nowMillis, int most) throws IOException;

    @Override
    void close() throws IOException;
}
