package org.dormouse.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose certificates of clients are taken, and how it is found out that one was revoked. Revocation fails closed: a list that cannot be read
 * keeps the server from starting, and a certificate whose status cannot be told is refused.
 *
 * @param keys of the configuration: what they begin with, {@code tls.}
 * @param file authorities, in PEM or a key store
 * @param type of the key store; null: what it looks like
 * @param revoked files of revocation lists, PEM or DER; one for each authority of a chain
 * @param asksOcsp whether the authority's OCSP responder is asked
 */
public record TrustSource(
        String keys,
        Path file,
        @Nullable String type,
        @Nullable Password password,
        List<Path> revoked,
        boolean asksOcsp) {
    private static final Logger LOG = LoggerFactory.getLogger("org.dormouse.tls");
    private static final int MAX_CRL_BYTES = 64 << 20;

    public TrustSource {
        revoked = List.copyOf(revoked);
    }

    /** The files to be watched. */
    List<Path> files() {
        var files = new ArrayList<Path>();
        files.add(file);
        if (password != null && password.file() != null) files.add(password.file());
        files.addAll(revoked);
        return files;
    }

    /**
     * Reads what is there now.
     *
     * @throws BadKeyMaterial with the key of the configuration, the file, and what is wrong
     */
    TrustManager[] read(Instant now) throws BadKeyMaterial {
        try {
            var parameters = new PKIXBuilderParameters(anchors(), new X509CertSelector());
            parameters.setRevocationEnabled(false);
            if (asksOcsp || !revoked.isEmpty()) {
                parameters.addCertPathChecker(checker());
                parameters.addCertStore(
                        CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists(now))));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new BadKeyMaterial(keys + "trust-store " + file + ": it cannot be used: " + e.getMessage(), e);
        }
    }

    private Set<TrustAnchor> anchors() throws BadKeyMaterial {
        try {
            byte[] bytes = SecretFiles.read(file, 16 * SecretFiles.MAX_BYTES);
            Collection<X509Certificate> authorities = type == null && PemFiles.isPem(bytes)
                    ? PemFiles.certificates(new String(bytes, StandardCharsets.ISO_8859_1))
                    : authorities(KeySource.open(keys + "trust-store-type", file, type, password));
            if (authorities.isEmpty()) throw new BadKeyMaterial("it has no certificate of an authority");
            var anchors = new LinkedHashSet<TrustAnchor>();
            for (X509Certificate each : authorities) anchors.add(new TrustAnchor(each, null));
            return anchors;
        } catch (BadKeyMaterial e) {
            throw e.about(keys + "trust-store " + file);
        } catch (GeneralSecurityException e) {
            throw new BadKeyMaterial(keys + "trust-store " + file + ": it cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> authorities(KeyStore store) throws GeneralSecurityException {
        var authorities = new ArrayList<X509Certificate>();
        for (String alias : Collections.list(store.aliases())) {
            Certificate certificate = store.getCertificate(alias);
            if (!store.isKeyEntry(alias) && certificate instanceof X509Certificate x509) authorities.add(x509);
        }
        return authorities;
    }

    /** With lists, they alone decide unless OCSP is asked too; never does a status that cannot be told count as good. */
    private PKIXRevocationChecker checker() throws GeneralSecurityException {
        var checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        var options = EnumSet.noneOf(PKIXRevocationChecker.Option.class);
        if (!asksOcsp) options.add(PKIXRevocationChecker.Option.PREFER_CRLS);
        if (!asksOcsp || revoked.isEmpty()) options.add(PKIXRevocationChecker.Option.NO_FALLBACK);
        checker.setOptions(options);
        return checker;
    }

    private List<CRL> lists(Instant now) throws BadKeyMaterial {
        var lists = new ArrayList<CRL>();
        for (Path each : revoked) {
            try {
                byte[] bytes = SecretFiles.read(each, MAX_CRL_BYTES);
                Collection<? extends CRL> read =
                        CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes));
                if (read.isEmpty()) throw new BadKeyMaterial("it has no revocation list");
                for (CRL list : read) warnIfOutOfDate(each, list, now);
                lists.addAll(read);
            } catch (BadKeyMaterial e) {
                throw e.about(keys + "crl " + each);
            } catch (GeneralSecurityException e) {
                throw new BadKeyMaterial(keys + "crl " + each + ": it is no revocation list: " + e.getMessage(), e);
            }
        }
        return lists;
    }

    private void warnIfOutOfDate(Path file, CRL list, Instant now) {
        if (!(list instanceof X509CRL crl) || crl.getNextUpdate() == null) return;
        Instant until = crl.getNextUpdate().toInstant();
        if (now.isAfter(until))
            LOG.warn(
                    "{}crl {}: the list of {} is out of date since {}; its clients are refused",
                    keys,
                    file,
                    crl.getIssuerX500Principal().getName(),
                    until);
    }
}
