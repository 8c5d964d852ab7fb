package org.dormouse.server;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.dormouse.tls.BadKeyMaterial;
import org.dormouse.tls.Certificates;
import org.dormouse.tls.ClientAuthentication;
import org.dormouse.tls.HostSettings;
import org.dormouse.tls.SessionSettings;
import org.dormouse.tls.TlsSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told about TLS. Keys are those of docs/configuration.md.
 *
 * @param hosts whose certificates are used; the first for clients that name no host ({@code tls.*}, {@code tls.host.NAME.*})
 * @param isStrict whether clients that name no host, or an unknown one, are refused ({@code tls.strict-sni})
 * @param sessions that can be resumed ({@code tls.session-*})
 * @param limits of handshakes
 * @param reloadInterval between two looks at the files; zero for none ({@code tls.reload-interval})
 * @param publicPort where clients reach HTTPS, if that is not where the server listens for it; 0: it is ({@code tls.public-port})
 */
record TlsSetup(
        List<HostSettings> hosts,
        boolean isStrict,
        SessionSettings sessions,
        TlsSettings limits,
        Duration reloadInterval,
        int publicPort) {

    TlsSetup {
        hosts = List.copyOf(hosts);
        ServerSettings.within("tls.public-port", publicPort, 0, 65535);
        if (reloadInterval.isNegative() || reloadInterval.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("tls.reload-interval " + reloadInterval + " is not in PT0S to P1D");
    }

    /**
     * Reads the certificates; null if nothing is listened on with TLS.
     *
     * @throws IllegalArgumentException if they are not set, or cannot be had: with key, file and reason
     */
    @Nullable
    Certificates certificates(List<ListenPoint> points) {
        var overrides = EnumSet.noneOf(ClientAuthentication.class);
        ListenPoint encrypted = null;
        for (ListenPoint each : points) {
            if (each.isTls()) encrypted = each;
            if (each.clientAuthentication() != null) overrides.add(each.clientAuthentication());
        }
        if (encrypted == null) {
            if (!hosts.isEmpty())
                Complaints.warn(hosts.getFirst().keys() + "certificate or "
                        + hosts.getFirst().keys()
                        + "keystore is set, but nothing is listened on with TLS (server.https-port, or tls behind an address"
                        + " of server.listen)");
            return null;
        }
        if (hosts.isEmpty())
            throw new IllegalArgumentException(
                    encrypted.address()
                            + " is to speak TLS, but there is no certificate: set tls.certificate and tls.private-key, or tls.keystore");
        try {
            return new Certificates(hosts, isStrict, sessions, overrides, Clock.systemUTC());
        } catch (BadKeyMaterial e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
