package org.dormouse.websocket.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server that answers each head with what a test says, right or wrong, and ends no connection before it is closed itself. */
final class AnsweringServer implements AutoCloseable {
    /** Null: nothing is answered. */
    interface Answers {
        byte @Nullable [] to(String head, Socket connection) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Answers answers;

    /** Heads that came, in order. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    AnsweringServer(Answers answers) throws IOException {
        this.answers = answers;
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers with this text, in which {@code ACCEPT} stands for what belongs to the key that came. */
    static AnsweringServer of(String answer) throws IOException {
        return new AnsweringServer((head, connection) -> text(answer, head));
    }

    static byte[] text(String answer, String head) {
        String whole = answer.contains("\r\n") ? answer : answer.replace("\n", "\r\n");
        return whole.replace("ACCEPT", OpeningHead.accept(field(head, "Sec-WebSocket-Key")))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Of the first field of that name; empty if there is none. */
    static String field(String head, String name) {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                return line.substring(name.length() + 1).strip();
        }
        return "";
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try {
            while (true) {
                String head = head(connection.getInputStream());
                if (head == null) return;
                heads.add(head);
                byte[] answer = answers.to(head, connection);
                if (answer != null) connection.getOutputStream().write(answer);
            }
        } catch (IOException e) {
            // the client left
        }
    }

    static @Nullable String head(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) return null;
            bytes.write(b);
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n")) return text;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : connections) each.close();
    }
}
