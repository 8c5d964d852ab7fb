package org.dormouse.server;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.socket.NotifySocket;
import org.dormouse.poller.socket.UnixAddress;
import org.jspecify.annotations.Nullable;

/**
 * What systemd tells a service that it starts, in environment variables: the sockets that it has opened for it (sd_listen_fds), and where it
 * wants to hear of its state (sd_notify, sd_watchdog_enabled).
 */
final class ServiceManager {
    private static final int FIRST_DESCRIPTOR = 3;
    private static final int MAX_DESCRIPTORS = 1024;
    private static final long MAX_WATCHDOG_MICROS = TimeUnit.DAYS.toMicros(30);

    private final Map<String, String> environment;
    private final long pid;

    /** For tests, with an environment of their own. */
    ServiceManager(Map<String, String> environment, long pid) {
        this.environment = Map.copyOf(environment);
        this.pid = pid;
    }

    static ServiceManager ofThisProcess() {
        return new ServiceManager(System.getenv(), ProcessHandle.current().pid());
    }

    /**
     * The descriptors passed under {@code name}, at least one.
     *
     * @param name FileDescriptorName= of the socket unit; empty for everything that was passed
     * @throws BindException if there is none, or what was passed is for another process
     */
    List<Integer> descriptors(String name) throws BindException {
        String count = environment.get("LISTEN_FDS");
        String receiver = environment.get("LISTEN_PID");
        if (count == null || receiver == null) throw new BindException("systemd passed no sockets to this process");
        if (!receiver.equals(Long.toString(pid)))
            throw new BindException("systemd passed sockets to process " + receiver + " (LISTEN_PID), this is " + pid);
        List<String> names = names(number("LISTEN_FDS", count, MAX_DESCRIPTORS));
        var found = new ArrayList<Integer>();
        for (int i = 0; i < names.size(); i++)
            if (name.isEmpty() || names.get(i).equals(name)) found.add(FIRST_DESCRIPTOR + i);
        if (found.isEmpty())
            throw new BindException(
                    names.isEmpty()
                            ? "systemd passed no sockets (LISTEN_FDS is 0)"
                            : "systemd passed no socket named " + name + ", but: " + String.join(", ", names));
        return found;
    }

    private List<String> names(int count) throws BindException {
        String joined = environment.get("LISTEN_FDNAMES");
        var names = new ArrayList<String>();
        if (joined == null) {
            for (int i = 0; i < count; i++) names.add("unknown"); // as sd_listen_fds_with_names has it
            return names;
        }
        names.addAll(List.of(joined.split(":", -1)));
        if (names.size() != count)
            throw new BindException("LISTEN_FDNAMES has " + names.size() + " names, LISTEN_FDS is " + count);
        return names;
    }

    private static int number(String variable, String text, int most) throws BindException {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > most)
            throw new BindException(variable + " is \"" + text + "\", not a number up to " + most);
        return Integer.parseInt(text);
    }

    /**
     * Where it wants to hear of the service's state; null if it does not.
     *
     * @throws IOException if that cannot be reached
     */
    @Nullable
    NotifySocket connect() throws IOException {
        String address = environment.get("NOTIFY_SOCKET");
        if (address == null) return null;
        if (!address.startsWith("/") && !address.startsWith("@"))
            throw new IOException("NOTIFY_SOCKET is \"" + address + "\", neither a path nor @ and a name");
        return NotifySocket.open(UnixAddress.of(address));
    }

    /** It kills the service that says nothing for so long; null if it does not. */
    @Nullable
    Duration watchdog() {
        String micros = environment.get("WATCHDOG_USEC");
        String receiver = environment.get("WATCHDOG_PID");
        if (micros == null || (receiver != null && !receiver.equals(Long.toString(pid)))) return null;
        if (!micros.matches("[0-9]{1,18}")) return null;
        long bounded = Math.min(Long.parseLong(micros), MAX_WATCHDOG_MICROS);
        return bounded == 0 ? null : Duration.of(bounded, java.time.temporal.ChronoUnit.MICROS);
    }
}
