package org.dormouse.websocket.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one connection of a client is held to, and how it may come about. Each has a name, which is a key of the user properties of the
 * {@code ClientEndpointConfig}, and where it is not among those, a system property.
 *
 * @param connectMillis until there is a connection of TCP, for all addresses of the server or the proxy together
 * @param handshakeMillis from the call to the end of the handshake, redirects and logins included
 * @param maxHeadBytes of the head of one answer
 * @param maxRedirects that are followed; 0: a redirect is a refusal
 * @param proxy {@code host:port}, {@code none}, or null: as the JVM's {@code ProxySelector} says
 */
record ClientSettings(
        long connectMillis,
        long handshakeMillis,
        int maxHeadBytes,
        int maxRedirects,
        @Nullable String proxy,
        @Nullable String proxyUser,
        @Nullable String proxyPassword,
        @Nullable String user,
        @Nullable String password,
        boolean verifiesHostName) {
    static final String PREFIX = "org.dormouse.websocket.client.";
    static final String CONNECT_TIMEOUT = PREFIX + "connect-timeout";
    static final String HANDSHAKE_TIMEOUT = PREFIX + "handshake-timeout";
    static final String MAX_HEAD_BYTES = PREFIX + "max-head-bytes";
    static final String MAX_REDIRECTS = PREFIX + "max-redirects";
    static final String PROXY = PREFIX + "proxy";
    static final String PROXY_USER = PREFIX + "proxy-user";
    static final String PROXY_PASSWORD = PREFIX + "proxy-password";
    static final String USER = PREFIX + "user";
    static final String PASSWORD = PREFIX + "password";
    static final String VERIFY_HOST_NAME = PREFIX + "verify-host-name";

    /** The word for no proxy. */
    static final String NONE = "none";

    private static final int LONGEST_MILLIS = 3_600_000;

    /** @throws IllegalArgumentException if a value cannot be one of its name, with both */
    static ClientSettings of(Map<String, Object> properties) {
        return new ClientSettings(
                number(properties, CONNECT_TIMEOUT, 10_000, 1, LONGEST_MILLIS),
                number(properties, HANDSHAKE_TIMEOUT, 30_000, 1, LONGEST_MILLIS),
                number(properties, MAX_HEAD_BYTES, 16 * 1024, 256, 1024 * 1024),
                number(properties, MAX_REDIRECTS, 0, 0, 20),
                text(properties, PROXY),
                text(properties, PROXY_USER),
                text(properties, PROXY_PASSWORD),
                text(properties, USER),
                text(properties, PASSWORD),
                isOn(properties, VERIFY_HOST_NAME, true));
    }

    private static @Nullable String text(Map<String, Object> properties, String name) {
        Object value = properties.get(name);
        return value == null ? System.getProperty(name) : value.toString();
    }

    private static int number(Map<String, Object> properties, String name, int standard, int least, int most) {
        String text = text(properties, name);
        if (text == null) return standard;
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) return value;
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(name + " is " + text + ", allowed is " + least + " to " + most);
    }

    private static boolean isOn(Map<String, Object> properties, String name, boolean standard) {
        String text = text(properties, name);
        if (text == null) return standard;
        if (text.equals("true") || text.equals("false")) return text.equals("true");
        throw new IllegalArgumentException(name + " is " + text + ", allowed is true or false");
    }
}
