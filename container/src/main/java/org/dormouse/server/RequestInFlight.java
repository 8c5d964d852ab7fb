package org.dormouse.server;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request whose response is not finished yet, as it was at the moment it was looked at. A thread dump shows no virtual thread that waits;
 * this does.
 *
 * @param id of the exchange, never given twice by a server
 * @param loop of its connection
 * @param client its address and port
 * @param age since its head was read, to about the length of a turn of the loop
 * @param method as it was sent
 * @param path without the query, as it was sent; what is not printable ASCII is escaped
 * @param state what it is at
 * @param thread the name, or for one without a name the number, of the thread that runs its servlet; empty if none does
 * @param threadState what that thread is at; null if there is none
 * @param stack of that thread, the innermost frame first; empty if there is none
 */
public record RequestInFlight(
        long id,
        int loop,
        String client,
        Duration age,
        String method,
        String path,
        State state,
        String thread,
        Thread.@Nullable State threadState,
        List<StackTraceElement> stack) {
    /** What a request is at. */
    public enum State {
        /** It has no thread yet: it waits for its turn, or for a thread. */
        WAITING,
        /** A thread runs its servlet, or what that has called. */
        RUNNING,
        /** Its servlet has returned and the response is still to come: an asynchronous request, or the last bytes are on their way. */
        RETURNED
    }

    /** One line for the request, one for its thread, and one for each frame. */
    @Override
    public String toString() {
        var text = new StringBuilder()
                .append(method)
                .append(' ')
                .append(path)
                .append(", ")
                .append(age.toMillis())
                .append(" ms, ")
                .append(state)
                .append(", loop ")
                .append(loop)
                .append(", from ")
                .append(client);
        if (threadState != null)
            text.append("\n    thread ").append(thread).append(", ").append(threadState);
        for (StackTraceElement frame : stack) text.append("\n        at ").append(frame);
        return text.toString();
    }
}
