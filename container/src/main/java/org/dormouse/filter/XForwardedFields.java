package org.dormouse.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.servlet.ForwardedClient;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * The fields {@code X-Forwarded-*} of a request that a trusted proxy passes on. Each proxy appends whom it got the request from; so the list is
 * read from its end as long as those in it are trusted, and nothing before that, which anybody may have written, is looked at. Pure; linear in
 * the length of the fields.
 */
final class XForwardedFields {
    private static final String FOR = "X-Forwarded-For";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final String HOST = "X-Forwarded-Host";
    private static final String PORT = "X-Forwarded-Port";

    private XForwardedFields() {}

    /**
     * What the trusted proxies say.
     *
     * @param authority of the request as it arrived; null if it has none
     * @throws BadRequest if what they say cannot be read
     */
    static ForwardedClient read(Fields fields, @Nullable String authority, TrustedSources trusted) throws BadRequest {
        List<String> clients = entries(fields, FOR);
        SocketAddress client = null;
        int port = 0;
        int used = 0;
        while (used < clients.size()) {
            ForwardedNode node = ForwardedNode.parse(clients.get(clients.size() - 1 - used), true, FOR);
            used++;
            if (node.address() == null) break;
            client = node.address();
            port = node.port();
            if (!trusted.contains(client)) break;
        }
        String scheme = scheme(ofSameProxy(fields, PROTO, used));
        return new ForwardedClient(
                client == null ? null : client.host(), port, scheme, authority(fields, used, authority));
    }

    private static @Nullable String scheme(@Nullable String proto) throws BadRequest {
        if (proto == null) return null;
        return switch (proto.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            default -> throw new BadRequest(400, "field " + PROTO + " is neither http nor https");
        };
    }

    private static @Nullable String authority(Fields fields, int used, @Nullable String arrived) throws BadRequest {
        String said = ofSameProxy(fields, HOST, used);
        String portSaid = ofSameProxy(fields, PORT, used);
        if (said == null && portSaid == null) return null;
        HostText host = HostText.parse(said == null ? arrived : said);
        if (host == null) throw new BadRequest(400, "field " + HOST + " is no host");
        if (portSaid == null) return host.toString();
        int port = HostText.port(portSaid);
        if (port < 1) throw new BadRequest(400, "field " + PORT + " is no port");
        return host.host() + ":" + port;
    }

    /**
     * Proxies that append to one list append to the others, so what belongs together is at the same distance from the end. Where a list is
     * shorter, the first proxy has set what the others passed on.
     */
    private static @Nullable String ofSameProxy(Fields fields, String name, int used) {
        if (!fields.has(name)) return null;
        List<String> entries = entries(fields, name);
        return entries.get(Math.max(0, entries.size() - Math.max(1, used)));
    }

    private static List<String> entries(Fields fields, String name) {
        var entries = new ArrayList<String>(2);
        for (int i = fields.find(name, 0); i >= 0; i = fields.find(name, i + 1)) {
            String value = fields.value(i);
            int start = 0;
            while (start <= value.length()) {
                int comma = value.indexOf(',', start);
                int end = comma < 0 ? value.length() : comma;
                entries.add(value.substring(start, end).strip());
                start = end + 1;
            }
        }
        return entries;
    }
}
