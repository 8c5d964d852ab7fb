package org.dormouse.server;

import java.util.List;
import java.util.Objects;
import org.dormouse.tls.BadKeyMaterial;
import org.dormouse.tls.CertificateWatch;
import org.dormouse.tls.Certificates;
import org.dormouse.tls.TlsProtocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/** What of a server has to do with TLS: its certificates, the watch over their files, and what is spoken at addresses that have it. */
final class TlsFront implements Network.Speech {
    private final TlsSetup setup;
    /** Null if no address has TLS. */
    private final @Nullable Certificates certificates;

    // guarded by the server
    private @Nullable CertificateWatch watch;

    private TlsFront(TlsSetup setup, @Nullable Certificates certificates) {
        this.setup = setup;
        this.certificates = certificates;
    }

    /**
     * Reads the certificates.
     *
     * @throws IllegalArgumentException if they cannot be had: with key, file and reason
     */
    static TlsFront of(TlsSetup setup, ListenSettings listening) {
        return new TlsFront(setup, setup.certificates(listening.points()));
    }

    @Override
    public ProtocolUpgrade at(ListenPoint point, ProtocolUpgrade http) {
        if (!point.isTls()) return http;
        Certificates known = Objects.requireNonNull(certificates);
        return new TlsProtocol(setup.limits(), known.hosts(point.clientAuthentication()), http);
    }

    /** Refuses what logs in with certificates that nobody asks for. */
    void check(Hosted hosted) {
        if (!hosted.context().needsClientCertificates()) return;
        if (certificates != null && (certificates.asksClients() || certificates.mayAskLater())) return;
        throw new IllegalStateException(
                "its auth-method is CLIENT-CERT, but no client is asked for a certificate: tls.client-auth must be want or"
                        + " need, for all names, for one (tls.host.NAME.client-auth) or at an address (client-auth=need in"
                        + " server.listen); only where tls.protocols is TLSv1.2 alone and tls.trust-store is set clients are"
                        + " asked when they need one, since TLS 1.3 cannot do that");
    }

    /** Begins to look at the files, if that is wanted. */
    void watch() {
        if (watch == null && certificates != null && !setup.reloadInterval().isZero())
            watch = CertificateWatch.start(certificates, setup.reloadInterval());
    }

    void unwatch() {
        if (watch != null) watch.close();
        watch = null;
    }

    /** @throws IllegalStateException why the present certificates stay */
    void reload() {
        if (certificates == null) throw new IllegalStateException("no address has TLS, so there are no certificates");
        try {
            certificates.reload();
        } catch (BadKeyMaterial e) {
            throw new IllegalStateException("the certificates in use stay: " + e.getMessage(), e);
        }
    }

    /** Where clients reach HTTPS; -1 if nowhere. */
    int publicPort(List<OpenAddress> addresses) {
        int port = port(addresses);
        return setup.publicPort() > 0 && certificates != null ? setup.publicPort() : port;
    }

    /** That of the first address with TLS that has one; -1 if there is none. */
    static int port(List<OpenAddress> addresses) {
        for (OpenAddress each : addresses) if (each.point().isTls() && each.port() >= 0) return each.port();
        return -1;
    }
}
