package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;

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

    private final SocketFactory factory;
    private final List<Socket> sockets = new ArrayList<>();
    private final ByteBuffer answer = ByteBuffer.allocate(4096);

    private IdleConnections(SocketFactory factory) {
        this.factory = factory;
    }

    /** None yet. */
    static IdleConnections plain() {
        return new IdleConnections(SocketFactory.getDefault());
    }

    /** None yet; over TLS, whoever the server says it is. */
    static IdleConnections encrypted() throws IOException {
        return new IdleConnections(TestKeys.trustingAnybody().getSocketFactory());
    }

    void addHttp(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = connect(port);
            send(socket, HTTP.getBytes(StandardCharsets.US_ASCII));
            receiveUntil(socket, "Hello, World!".getBytes(StandardCharsets.US_ASCII));
        }
    }

    void addWebSockets(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = connect(port);
            send(socket, UPGRADE.getBytes(StandardCharsets.US_ASCII));
            receiveUntil(socket, "\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(socket, HELLO_FRAME);
            receiveUntil(socket, ECHO_FRAME);
        }
    }

    private Socket connect(int port) throws IOException {
        Socket socket = factory.createSocket("127.0.0.1", port);
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private void receiveUntil(Socket socket, byte[] end) throws IOException {
        answer.clear();
        InputStream in = socket.getInputStream();
        while (!endsWith(end)) {
            int count;
            try {
                count = in.read(answer.array(), answer.position(), answer.remaining());
            } catch (SocketTimeoutException e) {
                throw new IOException(
                        "connection " + sockets.size() + " waits in vain; so far it got: " + received(), e);
            }
            if (count < 0) throw new IOException("connection " + sockets.size() + " was closed after: " + received());
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
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) socket.close();
    }
}
