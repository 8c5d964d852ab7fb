package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * What the JDK's TLS engine takes by itself of a hello request: a client's engine and a server's, in memory, with time counted in the calls
 * of the server's. No server over that engine can take less.
 */
final class BareEngine {
    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: 127.0.0.1:12345\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESPONSE =
            ("HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n"
                            + "Hello, World!")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int MAX_STEPS = 100;

    private final SSLContext serverContext;
    private final SSLContext clientContext;
    private final ByteBuffer toServer = ByteBuffer.allocate(32 * 1024);
    private final ByteBuffer toClient = ByteBuffer.allocate(32 * 1024);
    private final ByteBuffer clear = ByteBuffer.allocate(32 * 1024);
    private SSLEngine server;
    private SSLEngine client;
    private long nanos;

    BareEngine(SSLContext serverContext, SSLContext clientContext) throws IOException {
        this.serverContext = serverContext;
        this.clientContext = clientContext;
        server = serverContext.createSSLEngine();
        client = clientContext.createSSLEngine();
        connect();
    }

    /** Microseconds of the server's engine for a request and its answer, on a connection that is kept. */
    double hello(int times) throws IOException {
        connect();
        for (int i = 0; i < times; i++) exchange();
        nanos = 0;
        for (int i = 0; i < times; i++) exchange();
        return nanos / 1_000.0 / times;
    }

    /**
     * The same with a full handshake before and an end behind it.
     *
     * @param warmUp how many for the compiler before {@code times} that count
     */
    double handshake(int warmUp, int times) throws IOException {
        for (int i = 0; i < warmUp; i++) connect();
        nanos = 0;
        for (int i = 0; i < times; i++) {
            connect();
            exchange();
            long begin = System.nanoTime();
            server.closeOutbound();
            toClient.clear();
            server.wrap(NOTHING, toClient);
            nanos += System.nanoTime() - begin;
        }
        return nanos / 1_000.0 / times;
    }

    /** Engines that know of no peer keep no session to resume. */
    private void connect() throws IOException {
        long begin = System.nanoTime();
        server = serverContext.createSSLEngine();
        server.setUseClientMode(false);
        server.beginHandshake();
        nanos += System.nanoTime() - begin;
        client = clientContext.createSSLEngine();
        client.setUseClientMode(true);
        client.beginHandshake();
        toServer.clear();
        toClient.clear();
        for (int step = 0; step < MAX_STEPS; step++) {
            boolean clientIsDone = !advance(client, toClient, toServer);
            begin = System.nanoTime();
            boolean serverIsDone = !advance(server, toServer, toClient);
            nanos += System.nanoTime() - begin;
            if (clientIsDone && serverIsDone && toServer.position() == 0 && toClient.position() == 0) return;
        }
        throw new IOException("no handshake within " + MAX_STEPS + " steps");
    }

    /** Goes on as far as what has come allows; false if the handshake is over. */
    private boolean advance(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws IOException {
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            switch (status) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    if (task != null) task.run();
                }
                case NEED_WRAP -> engine.wrap(NOTHING, out);
                default -> {
                    if (in.position() == 0) return status != HandshakeStatus.NOT_HANDSHAKING;
                    in.flip();
                    clear.clear();
                    engine.unwrap(in, clear);
                    in.compact();
                }
            }
        }
    }

    private void exchange() throws IOException {
        toServer.clear();
        client.wrap(ByteBuffer.wrap(REQUEST), toServer);
        toServer.flip();
        toClient.clear();
        clear.clear();
        long begin = System.nanoTime();
        server.unwrap(toServer, clear);
        server.wrap(ByteBuffer.wrap(RESPONSE), toClient);
        nanos += System.nanoTime() - begin;
        if (clear.position() != REQUEST.length) throw new IOException("a request of " + clear.position() + " bytes");
        toClient.flip();
        clear.clear();
        client.unwrap(toClient, clear);
    }
}
