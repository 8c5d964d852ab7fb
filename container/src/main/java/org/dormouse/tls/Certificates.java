package org.dormouse.tls;

import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of a server, and what becomes of them when their files change: the next handshakes get the new ones, connections that are
 * there live on, and sessions of the old ones are not resumed. What cannot be read leaves everything as it is. Safe for many threads; only
 * those who reload wait for files.
 */
public final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger("org.dormouse.tls");

    private final List<HostSettings> settings;
    private final boolean strict;
    private final SessionSettings sessions;
    private final Set<ClientAuthentication> overrides;
    private final Clock clock;
    private final ReentrantLock reloading = new ReentrantLock();

    private volatile SniHosts hosts;

    // held by whoever reloads
    private FileStamps seen;
    private @Nullable String complaint;

    /**
     * Reads all files.
     *
     * @param settings at least one; the first is for clients that name no host
     * @param strict whether clients that name no host, or none that is known, are refused
     * @param overrides what listeners ask of clients, whatever the hosts do
     * @throws BadKeyMaterial if anything of it cannot be read or used
     */
    public Certificates(
            List<HostSettings> settings,
            boolean strict,
            SessionSettings sessions,
            Set<ClientAuthentication> overrides,
            Clock clock)
            throws BadKeyMaterial {
        this.settings = List.copyOf(settings);
        this.strict = strict;
        this.sessions = sessions;
        this.overrides = overrides.isEmpty() ? Set.of() : EnumSet.copyOf(overrides);
        this.clock = clock;
        for (ClientAuthentication each : overrides) {
            for (HostSettings host : settings)
                if (each != ClientAuthentication.NONE && host.trust() == null) throw HostSettings.noTrust(host.keys());
        }
        this.seen = FileStamps.of(files());
        this.hosts = read();
    }

    private SniHosts read() throws BadKeyMaterial {
        return SniHosts.read(settings, strict, sessions, overrides, clock.instant());
    }

    private Set<Path> files() {
        var files = new LinkedHashSet<Path>();
        for (HostSettings each : settings) files.addAll(each.files());
        return files;
    }

    /** Whether clients are asked for certificates by any host or listener. */
    public boolean asksClients() {
        return settings.stream().anyMatch(each -> each.clientAuthentication() != ClientAuthentication.NONE)
                || overrides.stream().anyMatch(each -> each != ClientAuthentication.NONE);
    }

    /** Whether there is a host whose clients can always be asked later: it knows authorities, and speaks nothing but TLS 1.2. */
    public boolean mayAskLater() {
        return settings.stream()
                .anyMatch(each -> each.trust() != null && each.protocols().equals(List.of("TLSv1.2")));
    }

    /**
     * The hosts as a listener offers them.
     *
     * @param clientAuthentication what it asks of clients; null: what each host does. One of the overrides
     */
    public TlsHosts hosts(@Nullable ClientAuthentication clientAuthentication) {
        return name -> {
            SniHosts.Host found = hosts.find(name);
            return found == null ? null : found.asking(clientAuthentication);
        };
    }

    /**
     * Reads all files anew, whether or not they have changed.
     *
     * @throws BadKeyMaterial why the old certificates stay
     */
    public void reload() throws BadKeyMaterial {
        reloading.lock();
        try {
            seen = FileStamps.of(files()); // before they are read: what changes meanwhile is seen next time
            hosts = read();
            complaint = null;
            LOG.info("certificates are read anew");
        } finally {
            reloading.unlock();
        }
    }

    /**
     * Reads the files if one has changed since the last time, or could not be read then. One WARN tells why the old certificates stay, until
     * that changes.
     *
     * @return whether there are new ones
     */
    public boolean look() {
        reloading.lock();
        try {
            FileStamps now = FileStamps.of(files());
            if (now.equals(seen) && complaint == null) return false;
            reload();
            return true;
        } catch (BadKeyMaterial | RuntimeException e) {
            String reason = Objects.toString(e.getMessage(), e.toString());
            if (!reason.equals(complaint)) LOG.warn("the certificates in use stay: {}", reason);
            complaint = reason;
            return false;
        } finally {
            reloading.unlock();
        }
    }
}
