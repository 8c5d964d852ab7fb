package org.dormouse.websocket.client;

import jakarta.websocket.DeploymentException;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code ws} or {@code wss} URI says (RFC 6455 §3).
 *
 * @param host in lower case, an address of IPv6 without its brackets
 * @param target path and query, as they stand in the request line
 */
record ServerAddress(boolean isSecure, String host, int port, String target) {
    /** @throws DeploymentException if nobody can be connected to by it */
    static ServerAddress of(@Nullable URI uri) throws DeploymentException {
        if (uri == null) throw new DeploymentException("no URI to connect to is given");
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean isSecure = scheme.equals("wss");
        if (!isSecure && !scheme.equals("ws")) throw bad(uri, "its scheme is not ws or wss");
        if (uri.getHost() == null) throw bad(uri, "it names no host");
        if (uri.getRawUserInfo() != null) {
            throw bad(
                    uri,
                    "it has user information, for which there are " + ClientSettings.USER + " and "
                            + ClientSettings.PASSWORD);
        }
        if (uri.getRawFragment() != null) throw bad(uri, "it has a fragment");
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) host = host.substring(1, host.length() - 1);
        int port = uri.getPort() < 0 ? isSecure ? 443 : 80 : uri.getPort();
        if (port == 0 || port > 65535) throw bad(uri, "its port is " + port);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery();
        String target = query == null ? path : path + "?" + query;
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) >= 0x7F) {
                throw bad(uri, "character " + (int) target.charAt(i) + " has to be escaped");
            }
        }
        return new ServerAddress(isSecure, host, port, target);
    }

    /** As in {@code Host}: the port only where it is not the scheme's. */
    String authority() {
        return port == (isSecure ? 443 : 80) ? name() : hostAndPort();
    }

    /** As in {@code CONNECT}. */
    String hostAndPort() {
        return name() + ":" + port;
    }

    /** Whether it is the same server, so that what is secret to it may be told again. */
    boolean isSameServer(ServerAddress other) {
        return isSecure == other.isSecure && port == other.port && host.equals(other.host);
    }

    private String name() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    String uri() {
        return (isSecure ? "wss://" : "ws://") + authority() + target;
    }

    private static DeploymentException bad(URI uri, String why) {
        return new DeploymentException("cannot connect to " + withoutUser(uri) + ": " + why);
    }

    private static String withoutUser(URI uri) {
        return uri.toString().replaceAll("//[^/@]*@", "//...@");
    }

    @Override
    public String toString() {
        return uri();
    }
}
