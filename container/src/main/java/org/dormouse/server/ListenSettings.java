package org.dormouse.server;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.transport.Balance;
import org.dormouse.transport.ProxySettings;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a server listens. Keys are those of docs/configuration.md.
 *
 * @param points at least one ({@code server.listen}, or {@code server.host} with {@code server.port} and {@code server.https-port})
 * @param balance how connections find their loop ({@code server.balance})
 * @param unixPermissions of the files of Unix domain sockets ({@code server.unix-permissions})
 * @param options of the sockets of TCP ({@code socket.*}), and the backlog of all ({@code server.backlog})
 * @param checksOptions whether to read them back and say in the log what is otherwise
 * @param notifies whether the service manager is told when the server is ready, stops and lives ({@code server.notify})
 * @param proxies from whom the PROXY protocol is taken, and how, where an address says nothing else ({@code proxy-protocol.*})
 * @param trustsProxies whether it is taken where no address says anything
 */
record ListenSettings(
        List<ListenPoint> points,
        Balance balance,
        Set<PosixFilePermission> unixPermissions,
        SocketOptions options,
        boolean checksOptions,
        boolean notifies,
        ProxySettings proxies,
        boolean trustsProxies) {

    ListenSettings {
        for (ListenPoint each : points) {
            if (each.takesProxy() && each.proxies().isEmpty() && !trustsProxies)
                throw new IllegalArgumentException(
                        each.address()
                                + " is to take the PROXY protocol, but proxy-protocol.trusted names nobody; proxy=ADDRESS says from whom");
            if (each.takesProxy())
                checkThatTheyCanCome(each, each.proxies().isEmpty() ? proxies : ownProxies(each, proxies));
        }
    }

    /** What is behind a descriptor is known only when it is taken over. */
    private static void checkThatTheyCanCome(ListenPoint point, ProxySettings proxies) {
        TrustedSources trusted = proxies.trusted();
        if (point.address() instanceof ListenAddress.Unix && !trusted.includesUnix())
            throw new IllegalArgumentException("server.listen \"" + point
                    + "\": whoever connects to a Unix domain socket has no address; proxy=unix trusts them"
                    + (point.proxies().isEmpty() ? ", or unix in proxy-protocol.trusted" : ""));
        if (point.address() instanceof ListenAddress.Tcp && !trusted.includesAddresses())
            throw new IllegalArgumentException("server.listen \"" + point
                    + "\": that is no Unix domain socket; proxy=ADDRESS says from whom the PROXY protocol is taken");
    }

    /** From whom the PROXY protocol is taken at {@code point}; null: from nobody. As soon as one address says so, only where it is said. */
    @Nullable
    ProxySettings proxies(ListenPoint point) {
        if (!point.proxies().isEmpty()) return ownProxies(point, proxies);
        boolean isSaid = points.stream().anyMatch(ListenPoint::takesProxy);
        return point.takesProxy() || (trustsProxies && !isSaid) ? proxies : null;
    }

    private static ProxySettings ownProxies(ListenPoint point, ProxySettings others) {
        try {
            return others.trusting(TrustedSources.parse(String.join(",", point.proxies())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("server.listen \"" + point + "\" cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads {@code server.unix-permissions}, as in chmod: {@code 660}.
     *
     * @throws IllegalArgumentException if it is not three octal digits
     */
    static Set<PosixFilePermission> permissions(String octal) {
        if (!octal.matches("[0-7]{3}"))
            throw new IllegalArgumentException(
                    "server.unix-permissions \"" + octal + "\" is not three octal digits, as in 660");
        var letters = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            int bits = octal.charAt(i) - '0';
            letters.append((bits & 4) != 0 ? 'r' : '-')
                    .append((bits & 2) != 0 ? 'w' : '-')
                    .append((bits & 1) != 0 ? 'x' : '-');
        }
        return PosixFilePermissions.fromString(letters.toString());
    }
}
