package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;
import org.jspecify.annotations.Nullable;

/** The answer to a request that no application sees: one line that says what was wrong, and close. */
final class PlainRefusal {
    /** Made once: a refusal costs less than a good request. */
    private static final Fields PLAIN = fields(null);

    private static final Fields METHOD_NOT_ALLOWED = fields("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");

    private PlainRefusal() {}

    private static Fields fields(@Nullable String allow) {
        var fields = new Headers();
        fields.add("Content-Type", "text/plain;charset=iso-8859-1");
        if (allow != null) fields.add("Allow", allow);
        return fields;
    }

    static byte[] text(BadRequest reason) {
        return (reason.status() + " " + reason.getMessage() + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    static PooledBuffer of(BufferPool pool, BadRequest reason, byte[] text, DateLine date) {
        Fields fields = reason.status() == 405 ? METHOD_NOT_ALLOWED : PLAIN;
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
