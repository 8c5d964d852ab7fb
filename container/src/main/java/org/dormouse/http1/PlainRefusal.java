package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Headers;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;

/** The answer to a request that no application sees: one line that says what was wrong, and close. */
final class PlainRefusal {
    private PlainRefusal() {}

    static byte[] text(BadRequest reason) {
        return (reason.status() + " " + reason.getMessage() + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    static PooledBuffer of(BufferPool pool, BadRequest reason, byte[] text, DateLine date) {
        var fields = new Headers();
        fields.add("Content-Type", "text/plain;charset=iso-8859-1");
        if (reason.status() == 405) fields.add("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
        PooledBuffer answer = ResponseHeadWriter.write(
                pool,
                reason.status(),
                null,
                fields,
                date.bytes(fields),
                Framing.LENGTH,
                text.length,
                Persistence.CLOSE);
        answer.append(text, 0, text.length);
        return answer;
    }
}
