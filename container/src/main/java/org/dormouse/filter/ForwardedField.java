package org.dormouse.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.BadRequest;
import org.dormouse.http.FieldText;
import org.dormouse.http.Fields;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.servlet.ForwardedClient;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code Forwarded} (RFC 7239) of a request that a trusted proxy passes on. Read from its end as long as those in it are trusted.
 * All of it has to be well-formed: a quotation mark that a client opens must not swallow what its proxy appends. Linear in its length.
 */
final class ForwardedField {
    private static final String NAME = "Forwarded";

    /** What one proxy says. */
    private static final class Element {
        @Nullable
        String client;

        @Nullable
        String proto;

        @Nullable
        String host;

        boolean hasBy;
    }

    private final FieldText in;

    private ForwardedField(String text) {
        in = new FieldText(text);
    }

    /**
     * What the trusted proxies say.
     *
     * @throws BadRequest if it cannot be read
     */
    static ForwardedClient read(Fields fields, TrustedSources trusted) throws BadRequest {
        var elements = new ArrayList<Element>(2);
        for (int i = fields.find(NAME, 0); i >= 0; i = fields.find(NAME, i + 1)) {
            new ForwardedField(fields.value(i)).addTo(elements);
        }
        SocketAddress client = null;
        int port = 0;
        Element chosen = null;
        for (Element element : elements.reversed()) {
            chosen = element;
            if (element.client == null) break;
            ForwardedNode node = ForwardedNode.parse(element.client, false, NAME);
            if (node.address() == null) break;
            client = node.address();
            port = node.port();
            if (!trusted.contains(client)) break;
        }
        return new ForwardedClient(
                client == null ? null : client.host(),
                port,
                chosen == null ? null : scheme(chosen.proto),
                chosen == null ? null : authority(chosen.host));
    }

    private static @Nullable String scheme(@Nullable String proto) throws BadRequest {
        if (proto == null) return null;
        String scheme = proto.toLowerCase(Locale.ROOT);
        if (scheme.equals("http") || scheme.equals("https")) return scheme;
        throw new BadRequest(400, "proto in field Forwarded is neither http nor https");
    }

    private static @Nullable String authority(@Nullable String host) throws BadRequest {
        if (host == null) return null;
        HostText parsed = HostText.parse(host);
        if (parsed == null) throw new BadRequest(400, "host in field Forwarded is no host");
        return parsed.toString();
    }

    private void addTo(List<Element> elements) throws BadRequest {
        while (true) {
            elements.add(element());
            if (!in.take(',')) return;
        }
    }

    /** Up to a comma or the end. */
    private Element element() throws BadRequest {
        var element = new Element();
        while (true) {
            in.skipBlanks();
            pair(element);
            in.skipBlanks();
            if (in.isAtEnd() || in.isNext(',')) return element;
            if (!in.take(';')) throw wrong();
        }
    }

    private void pair(Element element) throws BadRequest {
        String name = token().toLowerCase(Locale.ROOT);
        if (!in.take('=')) throw wrong();
        String value = in.isNext('"') ? quoted() : token();
        switch (name) {
            case "for" -> element.client = once(element.client, value);
            case "proto" -> element.proto = once(element.proto, value);
            case "host" -> element.host = once(element.host, value);
            case "by" -> {
                if (element.hasBy) throw wrong();
                element.hasBy = true;
            }
            default -> {}
        }
    }

    private String once(@Nullable String before, String value) throws BadRequest {
        if (before != null) throw wrong();
        return value;
    }

    private String token() throws BadRequest {
        String token = in.token();
        if (token.isEmpty()) throw wrong();
        return token;
    }

    private String quoted() throws BadRequest {
        String value = in.quoted();
        if (value == null) throw wrong();
        return value;
    }

    private BadRequest wrong() {
        return new BadRequest(400, "field Forwarded cannot be read at character " + in.position());
    }
}
