package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends what a test says, byte for byte, over one connection. */
final class Http implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    private Http(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static Http connect(Dormouse server) throws IOException {
        return new Http(new Socket("127.0.0.1", server.port()));
    }

    /** One answer. */
    record Answer(int status, String head, String body) {}

    /** Asks on a connection of its own. */
    static Answer get(Dormouse server, String path) throws IOException {
        try (var http = connect(server)) {
            return http.get(path);
        }
    }

    Answer get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return answer();
    }

    Http send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Http sendBytes(int... bytes) throws IOException {
        var sent = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) sent[i] = (byte) bytes[i];
        socket.getOutputStream().write(sent);
        return this;
    }

    Answer answer() throws IOException {
        String head = readHead();
        int status = Integer.parseInt(head.substring(9, 12));
        return new Answer(status, head, new String(readBody(head), StandardCharsets.UTF_8));
    }

    private String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) throw new IOException("the server closed the connection behind \"" + head + "\"");
            head.append((char) b);
        }
        return head.toString();
    }

    private byte[] readBody(String head) throws IOException {
        String lower = head.toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length: ");
        if (at >= 0) {
            int start = at + 18;
            return in.readNBytes(Integer.parseInt(lower.substring(start, lower.indexOf("\r\n", start))));
        }
        if (!lower.contains("\r\ntransfer-encoding: chunked\r\n")) return new byte[0];
        var body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(), 16);
            body.write(in.readNBytes(size));
            assertThat(readLine()).isEmpty();
            if (size == 0) return body.toByteArray();
        }
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) throw new IOException("the server closed the connection in a chunk");
            line.append((char) b);
        }
        return line.substring(0, line.length() - 1);
    }

    /** Everything until the server closes the connection. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Waits for the server to close the connection, in order. */
    void expectClosed() throws IOException {
        assertThat(in.read()).isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
