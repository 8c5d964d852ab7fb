package org.dormouse.server;

import java.time.Duration;

/**
 * How a server listens and how much it takes on. Keys are those of docs/configuration.md.
 *
 * @param host name or address of the interface ({@code server.host})
 * @param port 0 to 65535; 0 picks a free one ({@code server.port})
 * @param loops event loops, 1 to 1024 ({@code server.loops})
 * @param backend what waits for readiness: {@code auto}, or the name of one that must be had ({@code server.backend})
 * @param poolThreads threads of the execution {@code POOL} ({@code server.pool-threads})
 * @param poolQueue requests that may wait for one of them; more are answered 503 ({@code server.pool-queue})
 * @param drainTimeout how long a close waits for requests in flight ({@code server.drain-timeout})
 */
public record ServerSettings(
        String host, int port, int loops, String backend, int poolThreads, int poolQueue, Duration drainTimeout) {

    static final int MAX_LOOPS = 1024;

    public ServerSettings {
        if (host.isBlank()) throw new IllegalArgumentException("server.host is blank");
        within("server.port", port, 0, 65535);
        within("server.loops", loops, 1, MAX_LOOPS);
        if (backend.isBlank()) throw new IllegalArgumentException("server.backend is blank");
        within("server.pool-threads", poolThreads, 1, 1 << 16);
        within("server.pool-queue", poolQueue, 0, 1 << 24);
        if (drainTimeout.isNegative() || drainTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("server.drain-timeout " + drainTimeout + " is not in PT0S to P1D");
        }
    }

    static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " " + value + " is not in " + least + " to " + most);
        }
    }
}
