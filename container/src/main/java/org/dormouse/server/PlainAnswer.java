package org.dormouse.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;

/** Answers an exchange that reaches no application, with one line of text. Does not wait, so it suits the owner of a loop. */
final class PlainAnswer {
    private PlainAnswer() {}

    static void send(Exchange exchange, int status, String line) {
        send(exchange, status, line, new Headers());
    }

    /** The server is busy; the client may try again in a second. */
    static void sendBusy(Exchange exchange, String line) {
        var fields = new Headers();
        fields.add("Retry-After", "1");
        send(exchange, 503, line, fields);
    }

    /** Ends an exchange that gets no answer, or no more of it. */
    static void cut(Exchange exchange) {
        try {
            exchange.abort();
        } finally {
            exchange.finish();
        }
    }

    static void send(Exchange exchange, int status, String line, Headers fields) {
        byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
        fields.add("Content-Type", "text/plain;charset=utf-8");
        try {
            exchange.commit(status, null, fields, body.length);
            exchange.write(body, 0, body.length);
        } catch (IOException peerLeft) {
            // Whoever it was for is gone; finish tidies up.
        }
        exchange.finish();
    }
}
