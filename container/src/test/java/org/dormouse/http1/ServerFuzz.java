package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.dormouse.FuzzTarget;
import org.dormouse.http.BadRequest;
import org.dormouse.poller.ScriptedPeer;

/**
 * A whole server on a kernel in memory: what comes, in pieces, and half of the time its end. What it answers is HTTP, no buffer and no
 * descriptor stays behind, and nothing but the timeouts is needed for that.
 */
public final class ServerFuzz implements FuzzTarget {
    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 [1-5][0-9][0-9] [^\r\n]*\r\n.*", Pattern.DOTALL);

    private static final Http1Server.App APP = exchange -> {
        try {
            int kind = exchange.request().rawPath().length() % 3;
            byte[] body = kind == 0 ? new byte[0] : Http1Server.readAll(exchange);
            if (kind == 1) exchange.interim(103, exchange.request().fields());
            Http1Server.answer(exchange, 200, "echo of " + body.length);
        } catch (BadRequest e) {
            Http1Server.answer(exchange, e.status(), "refused");
        }
    };

    @Override
    public void run(byte[] data) {
        try (var server = new Http1Server(APP)) {
            ScriptedPeer peer = server.connect();
            int step = data.length == 0 ? 1 : 1 + (data[data.length - 1] & 0x3F);
            for (int at = 0; at < data.length; at += step) {
                peer.send(Arrays.copyOfRange(data, at, Math.min(at + step, data.length)));
                if (at / step % 3 == 0) server.loop.settle();
            }
            server.loop.settle();
            if (data.length % 2 == 0) peer.finish();
            server.loop.settle();
            for (int i = 0; i < 5; i++) server.advance(Duration.ofSeconds(61));
            String answers = peer.takeReceivedText();
            if (!answers.isEmpty() && !ANSWER.matcher(answers).matches())
                throw new AssertionError("no HTTP: " + answers);
            if (!peer.seesClose())
                throw new AssertionError("still open: " + new String(data, StandardCharsets.ISO_8859_1));
            if (server.pool.lent() > 0) throw new AssertionError(server.pool.lent() + " buffers are still lent");
        }
    }
}
