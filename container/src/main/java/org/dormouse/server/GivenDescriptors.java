package org.dormouse.server;

import java.io.IOException;
import java.net.BindException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.socket.ListenSocket;

/** Listening sockets that somebody else has opened and a server takes over by their numbers: each once. One thread at a time. */
final class GivenDescriptors {
    private final Set<Integer> taken = new HashSet<>();

    /**
     * Takes one over for so many loops.
     *
     * @throws BindException if it is no listening socket, or was taken over before: a stop has closed it, so its number may be a stranger's
     */
    List<ListenSocket> listen(EventLoops loops, int number, int users) throws IOException {
        if (taken.contains(number))
            throw new BindException(
                    "it was taken over before, and a stop closes it: its number may be a stranger's by now;"
                            + " start the server anew with the socket opened anew");
        List<ListenSocket> sockets = loops.adoptListening(number, users);
        taken.add(number);
        return sockets;
    }
}
