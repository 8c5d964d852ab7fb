package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many connections of this process to one server; each has had one exchange and is silent since. */
final class IdleConnections implements AutoCloseable {
    private static final String HTTP = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    private static final String UPGRADE =
            "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    /** "Hello" as a masked text frame (RFC 6455 §5.7). */
    private static final byte[] HELLO_FRAME = {
        (byte) 0x81, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d, 0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58
    };

    private static final byte[] ECHO_FRAME = {(byte) 0x81, 5, 'H', 'e', 'l', 'l', 'o'};

    private static final int PATIENCE_MILLIS = 20_000;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer answer = ByteBuffer.allocate(4096);

    static IdleConnections http(int port, int count) throws IOException {
        IdleConnections connections = new IdleConnections();
        connections.addHttp(port, count);
        return connections;
    }

    static IdleConnections webSocket(int port, int count) throws IOException {
        IdleConnections connections = new IdleConnections();
        connections.addWebSockets(port, count);
        return connections;
    }

    void addHttp(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = connect(port);
            send(channel, HTTP.getBytes(StandardCharsets.US_ASCII));
            receiveUntil(channel, "Hello, World!".getBytes(StandardCharsets.US_ASCII));
        }
    }

    void addWebSockets(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = connect(port);
            send(channel, UPGRADE.getBytes(StandardCharsets.US_ASCII));
            receiveUntil(channel, "\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(channel, HELLO_FRAME);
            receiveUntil(channel, ECHO_FRAME);
        }
    }

    private SocketChannel connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().setSoTimeout(PATIENCE_MILLIS);
        channels.add(channel);
        return channel;
    }

    private void send(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) channel.write(out);
    }

    private void receiveUntil(SocketChannel channel, byte[] end) throws IOException {
        answer.clear();
        InputStream in = channel.socket().getInputStream(); // the channel itself would wait for ever
        while (!endsWith(end)) {
            int count;
            try {
                count = in.read(answer.array(), answer.position(), answer.remaining());
            } catch (SocketTimeoutException e) {
                throw new IOException(
                        "connection " + channels.size() + " waits in vain; so far it got: " + received(), e);
            }
            if (count < 0) throw new IOException("connection " + channels.size() + " was closed after: " + received());
            answer.position(answer.position() + count);
        }
    }

    private String received() {
        return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
    }

    private boolean endsWith(byte[] end) {
        int from = answer.position() - end.length;
        if (from < 0) return false;
        for (int i = 0; i < end.length; i++) if (answer.get(from + i) != end[i]) return false;
        return true;
    }

    int count() {
        return channels.size();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) channel.close();
    }
}
