package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.compression.Compression;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;

/** An application whose exchanges are coded and decoded. There is none where compression is off. */
record CodedDispatch(Application.Dispatch application, Compression compression) implements Application.Dispatch {
    @Override
    public void dispatch(Exchange exchange, Executor later) {
        Exchange coded;
        try {
            coded = compression.around(exchange);
        } catch (BadRequest e) {
            exchange.refused(e);
            var fields = new Headers();
            fields.add("Accept-Encoding", compression.accepted());
            PlainAnswer.send(exchange, e.status(), String.valueOf(e.getMessage()), fields);
            return;
        }
        try {
            application.dispatch(coded, later);
        } catch (RuntimeException | Error bug) { // ours, and told of by who called: but coders must not be lost with it
            coded.abort();
            coded.finish();
            throw bug;
        }
    }
}
