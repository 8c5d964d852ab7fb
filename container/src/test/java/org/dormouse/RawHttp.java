package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client for tests that sends exactly the bytes it is told, over a real socket, and reads responses as strictly as it can. Text goes out
 * in ISO 8859-1 with CRLF for each line end.
 *
 * <pre>{@code
 * try (var peer = RawHttp.connect(server.port())) {
 *     peer.send("""
 *         GET / HTTP/1.1
 *         Host : localhost
 *
 *         """);
 *     peer.expectStatus(400).expectClosed();
 * }
 * }</pre>
 */
public final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream input;
    private boolean headOnly;

    private String statusLine = "";
    private List<String> fields = List.of();
    private byte[] body = {};
    private List<String> trailers = List.of();

    private RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new BufferedInputStream(socket.getInputStream());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Connects to the loopback address. */
    public static RawHttp connect(int port) throws IOException {
        return new RawHttp(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    // --- sending

    /** Sends a text block; each line end goes out as CRLF. */
    public RawHttp send(String text) throws IOException {
        return sendBytes(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends text without touching its line ends. */
    public RawHttp sendExactly(String text) throws IOException {
        return sendBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawHttp sendBytes(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (SocketException e) {
            // the server may have closed already; what it answered, or that it closed, is what the test expects next
        }
        return this;
    }

    /** Like {@link #sendBytes}, but fails if the server resets the connection meanwhile. */
    public RawHttp sendWhole(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Half-closes: nothing more will be sent, but answers are still read. */
    public RawHttp finishSending() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Closes so that the server sees a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The next response answers a HEAD: it has no body, whatever its fields say. */
    public RawHttp afterHead() {
        headOnly = true;
        return this;
    }

    // --- receiving

    /** Reads one response, whatever its status. */
    public RawHttp receive() throws IOException {
        readResponse();
        return this;
    }

    /** Reads one response, interim ones excepted: those are skipped if {@code status} is final. */
    public RawHttp expectStatus(int status) throws IOException {
        readResponse();
        while (status >= 200 && status() < 200) readResponse();
        assertThat(status())
                .as("status of %s %s %s", statusLine, fields, text())
                .isEqualTo(status);
        return this;
    }

    public RawHttp expectField(String name, String value) {
        assertThat(field(name)).as("%s in %s", name, fields).isEqualTo(value);
        return this;
    }

    public RawHttp expectNoField(String name) {
        assertThat(field(name)).as("%s in %s", name, fields).isNull();
        return this;
    }

    public RawHttp expectBody(String text) {
        assertThat(text()).isEqualTo(text);
        return this;
    }

    public RawHttp expectBodyContaining(String text) {
        assertThat(text()).contains(text);
        return this;
    }

    /** The server closes in order, or resets, and sends nothing before that. */
    public RawHttp expectClosed() throws IOException {
        int next;
        try {
            next = input.read();
        } catch (SocketException e) {
            next = -1;
        }
        assertThat(next).as("a byte where the connection should be closed").isEqualTo(-1);
        return this;
    }

    /** The server closes in order, not by a reset: the client can have read everything. */
    public RawHttp expectClosedInOrder() throws IOException {
        assertThat(input.read())
                .as("a byte where the connection should be closed")
                .isEqualTo(-1);
        return this;
    }

    public int status() {
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    public String statusLine() {
        return statusLine;
    }

    /** The value of the first field called {@code name}; null if there is none. */
    public String field(String name) {
        for (String line : fields) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                return line.substring(name.length() + 1).strip();
        }
        return null;
    }

    /** The field lines of the last response. */
    public List<String> fields() {
        return fields;
    }

    public byte[] body() {
        return body;
    }

    /** The field lines behind the body of the last response. */
    public List<String> trailers() {
        return trailers;
    }

    /** The body of the last response, in UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The next byte, or -1 at the end: for what is no HTTP any more. */
    public int read() throws IOException {
        return input.read();
    }

    /** The next {@code count} bytes. */
    public byte[] read(int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) throw new EOFException("closed after " + bytes.length + " of " + count + " bytes");
        return bytes;
    }

    private void readResponse() throws IOException {
        statusLine = readLine();
        assertThat(statusLine).matches("HTTP/1\\.1 [1-9][0-9][0-9] .*");
        var lines = new ArrayList<String>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) lines.add(line);
        fields = lines;
        trailers = List.of();
        body = readBody();
        if (status() >= 200) headOnly = false;
    }

    private byte[] readBody() throws IOException {
        if (headOnly || status() < 200 || status() == 204 || status() == 304) return new byte[0];
        String length = field("Content-Length");
        String coding = field("Transfer-Encoding");
        assertThat(length != null && coding != null)
                .as("both Content-Length and Transfer-Encoding")
                .isFalse();
        if (length != null) return read(Integer.parseInt(length));
        return coding == null ? input.readAllBytes() : readChunks();
    }

    private byte[] readChunks() throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(), 16);
            if (size == 0) break;
            all.write(read(size));
            assertThat(readLine()).as("end of chunk").isEmpty();
        }
        var lines = new ArrayList<String>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) lines.add(line);
        trailers = lines;
        return all.toByteArray();
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        while (true) {
            int b = input.read();
            if (b < 0) throw new EOFException("closed after \"" + line + "\"");
            if (b == '\r') break;
            line.append((char) b);
        }
        assertThat(input.read()).as("LF behind CR").isEqualTo('\n');
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
