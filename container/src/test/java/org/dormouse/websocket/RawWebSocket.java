package org.dormouse.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** A WebSocket client over a real socket that sends whatever bytes it is given, and shows frames as {@link ServerFrames} does. */
public final class RawWebSocket implements AutoCloseable {
    /** The key of RFC 6455 §1.3. */
    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final ServerFrames frames = new ServerFrames();
    private final Deque<String> arrived = new ArrayDeque<>();
    private String head = "";

    private RawWebSocket(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Connects and shakes hands; further fields as in {@code "Origin: http://a"}. */
    public static RawWebSocket open(int port, String target, String... fields) throws IOException {
        return upgraded(handshake(port, 0, target, fields));
    }

    /** Sends {@code first} right behind the handshake, in one write. */
    public static RawWebSocket open(int port, String target, ClientFrames first) throws IOException {
        return upgraded(handshake(port, 0, target, first.bytes()));
    }

    private static RawWebSocket upgraded(RawWebSocket client) throws IOException {
        if (!client.head.startsWith("HTTP/1.1 101 ")) throw new IOException("no 101 but " + client.head);
        return client;
    }

    /** Like {@link #open}, with a small receive buffer: a client that is slow as soon as it does not read. */
    public static RawWebSocket openSlow(int port, String target) throws IOException {
        return handshake(port, 2048, target);
    }

    /** Sends the handshake and reads the head of the answer, whatever it is: see {@link #head}. */
    public static RawWebSocket handshake(int port, int receiveBuffer, String target, String... fields)
            throws IOException {
        return handshake(port, receiveBuffer, target, new byte[0], fields);
    }

    private static RawWebSocket handshake(int port, int receiveBuffer, String target, byte[] behind, String... fields)
            throws IOException {
        RawWebSocket client = new RawWebSocket(port, receiveBuffer);
        List<String> lines = new ArrayList<>(List.of("GET " + target + " HTTP/1.1", "Host: localhost:" + port));
        lines.add("Upgrade: websocket");
        lines.add("Connection: Upgrade");
        if (Arrays.stream(fields).noneMatch(f -> f.startsWith("Sec-WebSocket-Key")))
            lines.add("Sec-WebSocket-Key: " + KEY);
        if (Arrays.stream(fields).noneMatch(f -> f.startsWith("Sec-WebSocket-Version")))
            lines.add("Sec-WebSocket-Version: 13");
        lines.addAll(List.of(fields));
        byte[] request = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(request, request.length + behind.length);
        System.arraycopy(behind, 0, all, request.length, behind.length);
        client.write(all);
        client.readHead();
        return client;
    }

    private void readHead() throws IOException {
        StringBuilder read = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (!read.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) throw new IOException("the server ended after: " + read);
            read.append((char) b);
        }
        head = read.toString();
    }

    /** Status line and fields of the answer to the handshake. */
    public String head() {
        return head;
    }

    public RawWebSocket send(ClientFrames given) throws IOException {
        write(given.bytes());
        return this;
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The next frame; waits for it. */
    public String next() throws IOException {
        byte[] buffer = new byte[64 * 1024];
        while (arrived.isEmpty()) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0) throw new IOException("the server ended the connection");
            arrived.addAll(frames.read(Arrays.copyOf(buffer, count)));
        }
        return arrived.remove();
    }

    /** Waits for the server to end the connection, and takes nothing else for an answer. */
    public void expectEnd() throws IOException {
        int count = socket.getInputStream().read();
        if (count >= 0) throw new AssertionError("a byte instead of the end: " + count);
    }

    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    public static Duration patience() {
        return Duration.ofMillis(PATIENCE_MILLIS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
