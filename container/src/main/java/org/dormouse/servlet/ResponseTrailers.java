package org.dormouse.servlet;

import java.util.Map;
import java.util.function.Supplier;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.http.TrailerNames;
import org.jspecify.annotations.Nullable;

/**
 * The fields behind the body of one response, which the application knows only when the body is there: asked for once, by whoever completes
 * the response. Those that may not stand there (RFC 9110 §6.5.1) are left out, as the Servlet API has it. The writer of the response.
 */
final class ResponseTrailers {
    private final Supplier<Map<String, String>> supplier;
    private @Nullable Headers fields;
    private boolean sent;

    ResponseTrailers(Supplier<Map<String, String>> supplier) {
        this.supplier = supplier;
    }

    Supplier<Map<String, String>> supplier() {
        return supplier;
    }

    /** Names them in {@code head} (RFC 9110 §6.6.2): the body is whole before the head has left. What the application announced stands. */
    void announce(Headers head) {
        if (head.has("Trailer")) return;
        Headers known = fields();
        var names = new StringBuilder();
        for (int i = 0; i < known.size(); i++) names.append(i == 0 ? "" : ", ").append(known.name(i));
        if (!names.isEmpty()) head.add("Trailer", names.toString());
    }

    /** Gives them to {@code exchange}, once, if they can follow its body. */
    void send(Exchange exchange) {
        if (sent || !exchange.mayHaveTrailers()) return;
        sent = true;
        exchange.endWith(fields());
    }

    private Headers fields() {
        Headers known = fields;
        if (known == null) fields = known = ask();
        return known;
    }

    private Headers ask() {
        var asked = new Headers();
        Map<String, String> supplied = supplier.get();
        if (supplied == null) return asked;
        supplied.forEach((name, value) -> {
            if (value != null && TrailerNames.isAllowed(name)) asked.add(name, value);
        });
        return asked;
    }
}
