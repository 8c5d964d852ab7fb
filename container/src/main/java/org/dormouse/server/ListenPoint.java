package org.dormouse.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.tls.ClientAuthentication;
import org.jspecify.annotations.Nullable;

/**
 * An address to listen on with what is said of it, as in {@code 0.0.0.0:8443 tls client-auth=need proxy}: words behind the address.
 *
 * @param isTls whether TLS is spoken there
 * @param clientAuthentication what is asked of clients there; null: what their host asks
 * @param takesProxy whether the PROXY protocol is taken there, and only where that is said
 * @param proxies from whom; none: from those of {@code proxy-protocol.trusted}
 */
record ListenPoint(
        ListenAddress address,
        boolean isTls,
        @Nullable ClientAuthentication clientAuthentication,
        boolean takesProxy,
        List<String> proxies) {

    static final String EXPECTED = "tls, client-auth=none, client-auth=want, client-auth=need, proxy or proxy=ADDRESS";

    ListenPoint {
        proxies = List.copyOf(proxies);
        if (clientAuthentication != null && !isTls)
            throw new IllegalArgumentException("client-auth needs tls: only there clients have certificates");
    }

    static ListenPoint plain(ListenAddress address) {
        return new ListenPoint(address, false, null, false, List.of());
    }

    static ListenPoint tls(ListenAddress address) {
        return new ListenPoint(address, true, null, false, List.of());
    }

    ListenPoint at(ListenAddress other) {
        return new ListenPoint(other, isTls, clientAuthentication, takesProxy, proxies);
    }

    /**
     * Reads {@code server.listen}: addresses with commas between them, each with its options behind it.
     *
     * @throws IllegalArgumentException with the address that cannot be read
     */
    static List<ListenPoint> parseAll(String text) {
        var points = new ArrayList<ListenPoint>();
        for (String each : text.split(",", -1)) {
            ListenPoint point = parse(each.strip());
            if (points.stream().anyMatch(other -> other.address.equals(point.address)))
                throw new IllegalArgumentException("server.listen has " + point.address + " twice");
            points.add(point);
        }
        return List.copyOf(points);
    }

    private static ListenPoint parse(String text) {
        String[] words = text.split("\\s+", -1);
        try {
            return withOptions(ListenAddress.parse(words[0]), words);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("server.listen \"" + text + "\" cannot be read: " + e.getMessage(), e);
        }
    }

    private static ListenPoint withOptions(ListenAddress address, String[] words) {
        boolean isTls = false;
        boolean takesProxy = false;
        ClientAuthentication clientAuth = null;
        var proxies = new ArrayList<String>();
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (word.equals("tls")) isTls = true;
            else if (word.startsWith("client-auth=")) clientAuth = clientAuth(word);
            else if (word.equals("proxy")) takesProxy = true;
            else if (word.startsWith("proxy=")) proxies.add(word.substring(6));
            else
                throw new IllegalArgumentException(
                        "\"" + word + "\" behind an address is no option of it; expected is " + EXPECTED);
        }
        return new ListenPoint(address, isTls, clientAuth, takesProxy || !proxies.isEmpty(), proxies);
    }

    private static ClientAuthentication clientAuth(String word) {
        return switch (word) {
            case "client-auth=none" -> ClientAuthentication.NONE;
            case "client-auth=want" -> ClientAuthentication.WANT;
            case "client-auth=need" -> ClientAuthentication.NEED;
            default -> throw new IllegalArgumentException("\"" + word + "\" is no option; expected is " + EXPECTED);
        };
    }

    /** As {@code server.listen} would have it. */
    @Override
    public String toString() {
        var text = new StringBuilder(address.toString());
        if (isTls) text.append(" tls");
        if (clientAuthentication != null)
            text.append(" client-auth=").append(clientAuthentication.name().toLowerCase(Locale.ROOT));
        if (takesProxy && proxies.isEmpty()) text.append(" proxy");
        for (String each : proxies) text.append(" proxy=").append(each);
        return text.toString();
    }
}
