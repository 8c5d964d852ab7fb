package org.dormouse.tls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Which host a name means: exact names before wildcards, and one for those who name none. Immutable. */
final class SniHosts {
    private static final int MAX_HOSTS = 10_000;

    /** One certificate, or one of each type of key, with all that goes with it. Told from others by identity. */
    static final class Host {
        private final Maker maker;
        private final List<Identity> identities;
        private final Map<ClientAuthentication, TlsHost> variants = new EnumMap<>(ClientAuthentication.class);

        private Host(Maker maker, List<Identity> identities) {
            this.maker = maker;
            this.identities = identities;
        }

        /** @param other what a listener asks of clients; null: what this host does */
        TlsHost asking(@Nullable ClientAuthentication other) {
            return Objects.requireNonNull(variants.get(other == null ? maker.settings.clientAuthentication() : other));
        }
    }

    private final Map<String, Host> exact = new HashMap<>();
    /** By what follows {@code *.} */
    private final Map<String, Host> wildcards = new HashMap<>();

    private final List<Host> all = new ArrayList<>();
    private final boolean strict;
    private @Nullable Host first;

    private SniHosts(boolean strict) {
        this.strict = strict;
    }

    /**
     * Reads all files.
     *
     * @param hosts at least one; the first is for clients that name no host
     * @param strict whether those are refused instead
     * @param overrides what listeners ask of clients, whatever the hosts do
     */
    static SniHosts read(
            List<HostSettings> hosts,
            boolean strict,
            SessionSettings sessions,
            Set<ClientAuthentication> overrides,
            Instant now)
            throws BadKeyMaterial {
        var read = new SniHosts(strict);
        // What has its names said goes before what has them from its certificate.
        for (HostSettings each : hosts) if (!each.names().isEmpty()) read.addNamed(new Maker(each, now));
        for (HostSettings each : hosts) if (each.names().isEmpty()) read.addByCertificates(new Maker(each, now));
        HostSettings main = hosts.getFirst();
        if (!main.names().isEmpty()) read.first = read.findExactly(main.names().getFirst());
        for (Host each : read.all) read.complete(each, sessions, overrides);
        return read;
    }

    /** Where every name means the same host, nobody needs to look at the names of requests. */
    private void complete(Host host, SessionSettings sessions, Set<ClientAuthentication> overrides)
            throws BadKeyMaterial {
        boolean tellsNamesApart = strict || all.size() > 1;
        var asked = EnumSet.of(host.maker.settings.clientAuthentication());
        asked.addAll(overrides);
        for (ClientAuthentication each : asked) {
            TlsHost made = host.maker.make(
                    host.identities, sessions, each, tellsNamesApart ? name -> find(name) == host : null);
            host.variants.put(each, made);
        }
    }

    private Host host(Maker maker, List<Identity> identities) throws BadKeyMaterial {
        if (all.size() == MAX_HOSTS) throw new BadKeyMaterial("there are more than " + MAX_HOSTS + " hosts");
        var host = new Host(maker, identities);
        all.add(host);
        return host;
    }

    private @Nullable Host findExactly(String name) {
        return name.startsWith("*.") ? wildcards.get(name.substring(2)) : exact.get(name);
    }

    private void addNamed(Maker maker) throws BadKeyMaterial {
        // Where several certificates are at hand, such as those of all names, the host's own name tells which are
        // meant.
        var fitting = new ArrayList<>(maker.identities);
        fitting.removeIf(each -> maker.settings.names().stream().noneMatch(each::covers));
        Host host = host(maker, onePerType(fitting.isEmpty() ? maker.identities : fitting));
        for (String name : maker.settings.names()) {
            if (findExactly(name) != null)
                throw new BadKeyMaterial(maker.settings.keys() + "names: " + name + " is another host's name already");
            put(name, host);
        }
    }

    private void addByCertificates(Maker maker) throws BadKeyMaterial {
        var byName = new LinkedHashMap<String, List<Identity>>();
        for (Identity identity : maker.identities) {
            for (String name : identity.names())
                byName.computeIfAbsent(name, any -> new ArrayList<>()).add(identity);
        }
        var made = new HashMap<List<Identity>, Host>();
        for (Map.Entry<String, List<Identity>> each : byName.entrySet()) {
            List<Identity> identities = onePerType(each.getValue());
            Host host = made.get(identities);
            if (host == null) {
                host = host(maker, identities);
                made.put(identities, host);
            }
            if (findExactly(each.getKey()) == null) put(each.getKey(), host);
        }
        if (first != null) return;
        Identity main = maker.identities.getFirst();
        List<Identity> nameless =
                maker.identities.stream().filter(each -> each.names().isEmpty()).toList();
        List<Identity> mains = main.names().isEmpty()
                ? onePerType(nameless)
                : onePerType(byName.getOrDefault(main.names().iterator().next(), List.of(main)));
        Host host = made.get(mains);
        first = host == null ? host(maker, mains) : host;
    }

    private void put(String name, Host host) {
        if (name.startsWith("*.")) wildcards.put(name.substring(2), host);
        else exact.put(name, host);
    }

    /** The first of each type of key. */
    private static List<Identity> onePerType(List<Identity> identities) {
        var byType = new LinkedHashMap<String, Identity>();
        for (Identity each : identities) byType.putIfAbsent(each.keyType(), each);
        return List.copyOf(byType.values());
    }

    /**
     * Who answers for {@code name}; null if nobody does, since names are taken strictly.
     *
     * @param name of SNI or of a Host field, without port; null where there is none
     */
    @Nullable
    Host find(@Nullable String name) {
        Host found = name == null ? null : findKnown(HostName.normal(name));
        return found != null || strict ? found : first;
    }

    private @Nullable Host findKnown(String name) {
        Host found = exact.get(name);
        if (found != null || wildcards.isEmpty()) return found;
        String parent = HostName.parent(name);
        return parent == null ? null : wildcards.get(parent);
    }

    /** What the hosts of one {@link HostSettings} are made of. */
    private static final class Maker {
        final HostSettings settings;
        final List<Identity> identities;
        private final TrustManager[] trust;

        Maker(HostSettings settings, Instant now) throws BadKeyMaterial {
            this.settings = settings;
            this.identities = settings.identities(now);
            this.trust = settings.trust() == null
                    ? new TrustManager[0]
                    : settings.trust().read(now);
        }

        TlsHost make(
                List<Identity> own,
                SessionSettings sessions,
                ClientAuthentication clientAuthentication,
                @Nullable Predicate<@Nullable String> names)
                throws BadKeyMaterial {
            var context = HostContexts.make(own, trust, sessions);
            try {
                return new TlsHost(
                        context,
                        settings.protocols(),
                        settings.cipherSuites(),
                        clientAuthentication,
                        List.of("http/1.1"),
                        names,
                        settings.trust() != null);
            } catch (IllegalArgumentException e) {
                throw new BadKeyMaterial(settings.keys() + "cipher-suites: " + e.getMessage(), e);
            }
        }
    }
}
