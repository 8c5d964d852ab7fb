package org.dormouse.poller.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;

/** Registration where no exception can be declared. */
final class TestLoops {
    private TestLoops() {}

    static long register(EventLoop loop, StreamSocket socket, EventLoop.Handler handler) {
        try {
            return loop.register(socket, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long register(EventLoop loop, ListenSocket socket, EventLoop.Handler handler) {
        try {
            return loop.register(socket, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
