package org.dormouse.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.UnixSockets;
import org.dormouse.transport.Balance;
import org.jspecify.annotations.Nullable;

/**
 * One address that is listened on.
 *
 * @param point what was asked for, with the port in use
 * @param sockets one for each loop; or one, for the loop that accepts for all
 * @param file of a Unix domain socket that has one
 */
record OpenAddress(ListenPoint point, List<ListenSocket> sockets, UnixSockets.@Nullable SocketFile file) {
    /**
     * Opens every address, or none.
     *
     * @throws BindException with the address and the reason, if one cannot be had
     */
    static List<OpenAddress> openAll(
            EventLoops loops, ListenSettings settings, ServiceManager manager, GivenDescriptors given)
            throws IOException {
        var opened = new ArrayList<OpenAddress>();
        try {
            for (ListenPoint point : single(settings.points(), manager))
                opened.add(open(loops, settings, given, point));
            return List.copyOf(opened);
        } catch (IOException | RuntimeException e) {
            for (OpenAddress each : opened) {
                each.removeFile();
                each.sockets.forEach(ListenSocket::close);
            }
            throw e;
        }
    }

    /** With the descriptors of what systemd passed in its place, each of which is there once: two owners would close it twice. */
    static List<ListenPoint> single(List<ListenPoint> points, ServiceManager manager) throws BindException {
        var all = new ArrayList<ListenPoint>();
        for (ListenPoint point : points) {
            if (!(point.address() instanceof ListenAddress.Activated activated)) {
                all.add(point);
                continue;
            }
            for (int descriptor : passed(manager, activated))
                all.add(point.at(new ListenAddress.Descriptor(descriptor)));
        }
        var descriptors = new HashSet<ListenAddress>();
        for (ListenPoint each : all)
            if (each.address() instanceof ListenAddress.Descriptor && !descriptors.add(each.address()))
                throw new BindException(each.address()
                        + " is listened on twice: by its number and by the name that systemd has for it, or by two names"
                        + " (server.listen)");
        return all;
    }

    private static List<Integer> passed(ServiceManager manager, ListenAddress.Activated activated)
            throws BindException {
        try {
            return manager.descriptors(activated.name());
        } catch (BindException e) {
            throw exception(refusal(activated, e), e);
        }
    }

    private static OpenAddress open(
            EventLoops loops, ListenSettings settings, GivenDescriptors given, ListenPoint point) throws IOException {
        int users = settings.balance().hasAcceptor() ? 1 : loops.size();
        try {
            return switch (point.address()) {
                case ListenAddress.Tcp tcp -> openTcp(loops, settings, point, tcp, users);
                case ListenAddress.Unix unix -> {
                    var opened = loops.listen(unix.address(), settings.unixPermissions(), settings.options(), users);
                    yield new OpenAddress(point, opened.sockets(), opened.file());
                }
                case ListenAddress.Activated activated -> throw new AssertionError(activated + " is several");
                case ListenAddress.Descriptor one ->
                    new OpenAddress(point, given.listen(loops, one.number(), users), null);
            };
        } catch (BindException | InvalidPathException e) {
            throw exception(refusal(point.address(), e), e);
        }
    }

    private static OpenAddress openTcp(
            EventLoops loops, ListenSettings settings, ListenPoint point, ListenAddress.Tcp tcp, int users)
            throws IOException {
        var address = SocketAddress.of(new InetSocketAddress(resolve(tcp.host()), tcp.port()));
        List<ListenSocket> sockets = settings.balance() == Balance.REUSE_PORT
                ? loops.listen(address, settings.options())
                : loops.listenShared(address, settings.options(), users);
        ListenSocket first = sockets.getFirst();
        if (settings.checksOptions()) {
            for (String each : loops.shortfalls(settings.options(), first)) Complaints.warn("socket option " + each);
        }
        return new OpenAddress(point.at(new ListenAddress.Tcp(tcp.host(), first.port())), sockets, null);
    }

    private static InetAddress resolve(String host) throws IOException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw exception("host " + host + " is no known host or address", e);
        }
    }

    /** The reason often begins with the address itself: once is enough. */
    private static String refusal(ListenAddress address, Exception refused) {
        String reason = String.valueOf(refused.getMessage());
        String again = address + ": ";
        return address + " cannot be listened on: "
                + (reason.startsWith(again) ? reason.substring(again.length()) : reason);
    }

    private static BindException exception(String message, Exception cause) {
        var exception = new BindException(message);
        exception.initCause(cause);
        return exception;
    }

    /** As {@code server.listen} would have it, with the port in use. */
    String shown() {
        return point.toString();
    }

    /** Of TCP the port in use; -1 of what has none. */
    int port() {
        int port = sockets.getFirst().port();
        return port == 0 ? -1 : port;
    }

    /** From now on nobody new finds a Unix domain socket; who has found it already is still accepted. */
    void removeFile() {
        if (file == null) return;
        try {
            file.remove();
        } catch (IOException e) {
            Complaints.warn("the file of " + point.address() + " stays behind: " + e.getMessage());
        }
    }
}
