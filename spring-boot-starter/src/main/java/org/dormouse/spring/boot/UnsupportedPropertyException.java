package org.dormouse.spring.boot;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerException;

/** A property asks for what Dormouse does not have yet. */
public class UnsupportedPropertyException extends WebServerException {
    private static final long serialVersionUID = 1L;

    private final String description;
    private final String action;

    /** @param advice what to do about it, as an imperative without a full stop */
    UnsupportedPropertyException(String property, String advice) {
        super(property + " is set, and Dormouse cannot do that yet: " + advice, null);
        description = property + " is set, and Dormouse cannot do that yet.";
        action = Character.toUpperCase(advice.charAt(0)) + advice.substring(1) + ".";
    }

    /** What is wrong, as a sentence. */
    String description() {
        return description;
    }

    /** What to do about it, as a sentence. */
    String action() {
        return action;
    }

    /** @throws UnsupportedPropertyException for the first setting of {@code factory} that nothing would carry out */
    static void refuseWhatIsNotThereYet(DormouseServletWebServerFactory factory) {
        for (Refusal refusal : refusals(factory)) {
            if (refusal.isSet) throw new UnsupportedPropertyException(refusal.property, refusal.advice);
        }
    }

    private static List<Refusal> refusals(DormouseServletWebServerFactory factory) {
        List<Refusal> refusals = new ArrayList<>();
        Http2 http2 = factory.getHttp2();
        var compression = factory.getCompression();
        var session = factory.getSettings().getSession();
        refusals.add(new Refusal(
                "server.ssl.*",
                Ssl.isEnabled(factory.getSsl()),
                "leave TLS to a proxy in front, and set server.ssl.enabled=false"));
        refusals.add(
                new Refusal("server.http2.enabled", http2 != null && http2.isEnabled(), "remove it to serve HTTP/1.1"));
        refusals.add(new Refusal(
                "server.compression.excluded-user-agents",
                compression != null && compression.getEnabled() && compression.getExcludedUserAgents() != null,
                "remove it: whoever says in Accept-Encoding that it can take a coding gets it"));
        refusals.add(new Refusal(
                "server.servlet.session.persistent",
                session.isPersistent(),
                "remove it, since sessions live in memory, or keep them with Spring Session"));
        return refusals;
    }

    private record Refusal(String property, boolean isSet, String advice) {}
}
