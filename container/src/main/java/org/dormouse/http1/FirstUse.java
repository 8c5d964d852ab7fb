package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import org.dormouse.buffer.BufferPool;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.ResponseBody;

/**
 * Uses once what a loop would use first under load, error paths included: the first use of a class takes locks of its class loader and
 * reads files, and a loop does neither.
 */
final class FirstUse {
    private static final Class<?>[] CLASSES = {
        Http1Connection.class,
        Http1Exchange.class,
        ExchangeAtWork.class,
        ExchangeTimeout.class,
        ClientWaits.class,
        ClientLog.Note.class,
        ConnectionPeer.class,
        ClientGone.class,
        ResponseBody.class
    };

    private static final String REQUEST =
            "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

    private FirstUse() {}

    static void load(Http1Limits limits, DateLine date) {
        org.dormouse.poller.loop.FirstUse.of(CLASSES);
        byte[] bytes = REQUEST.getBytes(StandardCharsets.ISO_8859_1);
        byte[] body = "1;a=\"b\"\r\nx\r\n0\r\nA: b\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        try {
            var counts = new RequestCounts();
            var parser = new HeadParser(limits, counts);
            parser.parse(bytes, 0, bytes.length);
            RequestHeadBytes head = parser.takeHead(bytes, 0);
            new RequestRules(limits, counts).judge(head);
            new ChunkedBody(limits).decode(body, 0, body.length, null, 0, 1);
            throw new BadRequest(400, head + " with " + body.length + " bytes");
        } catch (BadRequest e) {
            PlainRefusal.of(new BufferPool(1), e, PlainRefusal.text(e), date).close();
        }
    }
}
