package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.Req;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose certificates are taken, and that a status which cannot be told is never a good one. */
class RevocationTest {
    private static final X500Name AUTHORITY_NAME = new X500Name("CN=Revoking CA");
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path folder;

    private PrivateKey authorityKey;
    private X509Certificate authority;
    private KeyPair clientKeys;
    private HttpServer responder;

    /** What the responder says of every certificate. */
    private @Nullable CertificateStatus status;

    private boolean answers = true;

    @BeforeEach
    void makeAuthorityAndResponder() throws Exception {
        KeyPair keys = keys();
        authorityKey = keys.getPrivate();
        authority = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                AUTHORITY_NAME,
                                BigInteger.ONE,
                                date(-3600),
                                date(3600),
                                AUTHORITY_NAME,
                                keys.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                        .build(signer()));
        clientKeys = keys();
        responder = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        responder.createContext("/", exchange -> {
            byte[] answer = answers
                    ? ocspAnswer(exchange.getRequestBody().readAllBytes(), exchange.getRequestURI())
                    : new byte[0];
            exchange.getResponseHeaders().add("Content-Type", "application/ocsp-response");
            exchange.sendResponseHeaders(answers ? 200 : 503, answers ? answer.length : -1);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        responder.start();
    }

    @AfterEach
    void stopResponder() {
        responder.stop(0);
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private ContentSigner signer() throws Exception {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey);
    }

    private static Date date(long secondsFromNow) {
        return Date.from(NOW.plusSeconds(secondsFromNow));
    }

    private X509Certificate client(int serial) throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                AUTHORITY_NAME,
                BigInteger.valueOf(serial),
                date(-3600),
                date(3600),
                new X500Name("CN=client " + serial),
                clientKeys.getPublic());
        var where = new GeneralName(
                GeneralName.uniformResourceIdentifier,
                "http://127.0.0.1:" + responder.getAddress().getPort() + "/");
        builder.addExtension(
                Extension.authorityInfoAccess,
                false,
                new AuthorityInformationAccess(new AccessDescription(AccessDescription.id_ad_ocsp, where)));
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer()));
    }

    private Path list(Duration validity, int... revoked) throws Exception {
        var builder = new JcaX509v2CRLBuilder(authority.getSubjectX500Principal(), date(-1800));
        builder.setNextUpdate(Date.from(NOW.minusSeconds(1800).plus(validity)));
        for (int serial : revoked) builder.addCRLEntry(BigInteger.valueOf(serial), date(-60), CRLReason.keyCompromise);
        return Files.write(folder.resolve("list.crl"), builder.build(signer()).getEncoded());
    }

    private byte[] ocspAnswer(byte[] body, java.net.URI asked) {
        try {
            byte[] question = body.length > 0
                    ? body
                    : java.util.Base64.getDecoder().decode(asked.getPath().substring(1));
            var calculators = new JcaDigestCalculatorProviderBuilder().build();
            var key = SubjectPublicKeyInfo.getInstance(authority.getPublicKey().getEncoded());
            var answer =
                    new BasicOCSPRespBuilder(key, calculators.get(org.bouncycastle.cert.ocsp.CertificateID.HASH_SHA1));
            var request = new OCSPReq(question);
            Extension nonce = request.getExtension(org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            if (nonce != null) answer.setResponseExtensions(new org.bouncycastle.asn1.x509.Extensions(nonce));
            for (Req each : request.getRequestList()) answer.addResponse(each.getCertID(), status);
            return new OCSPRespBuilder()
                    .build(OCSPResponseStatus.SUCCESSFUL, answer.build(signer(), null, date(0)))
                    .getEncoded();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private TrustSource trust(List<Path> lists, boolean asksOcsp) throws Exception {
        Path file = folder.resolve("ca.pem");
        try (var writer = new org.bouncycastle.openssl.jcajce.JcaPEMWriter(Files.newBufferedWriter(file))) {
            writer.writeObject(authority);
        }
        return new TrustSource("tls.", file, null, null, lists, asksOcsp);
    }

    private static void check(TrustSource trust, X509Certificate client) throws Exception {
        var manager = (X509TrustManager) trust.read(NOW)[0];
        manager.checkClientTrusted(new X509Certificate[] {client}, "EC");
    }

    private static void expectTaken(TrustSource trust, X509Certificate client) {
        assertThatCode(() -> check(trust, client)).doesNotThrowAnyException();
    }

    private static void expectRefused(TrustSource trust, X509Certificate client) {
        assertThatThrownBy(() -> check(trust, client)).isInstanceOf(java.security.cert.CertificateException.class);
    }

    @Test
    void withoutRevocationTheAuthorityAloneCounts() throws Exception {
        expectTaken(trust(List.of(), false), client(7));
        expectRefused(trust(List.of(), false), TestCertificates.CLIENT.certificate());
    }

    @Test
    void aListTellsTheRevokedFromTheOthers() throws Exception {
        TrustSource trust = trust(List.of(list(Duration.ofHours(1), 7)), false);
        expectRefused(trust, client(7));
        expectTaken(trust, client(8));
    }

    @Test
    void aListThatIsOutOfDateRefusesEverybody() throws Exception {
        TrustSource trust = trust(List.of(list(Duration.ofMinutes(1), 7)), false);
        expectRefused(trust, client(8));
    }

    @Test
    void aListOfAnotherAuthorityTellsNothing() throws Exception {
        Path list = list(Duration.ofHours(1), 7);
        makeAuthorityAndResponder();
        expectRefused(trust(List.of(list), false), client(8));
    }

    @Test
    void aListThatCannotBeReadKeepsTheServerFromStarting() throws Exception {
        Path list = folder.resolve("list.crl");
        TrustSource trust = trust(List.of(list), false);
        assertThatThrownBy(() -> trust.read(NOW))
                .isInstanceOf(BadKeyMaterial.class)
                .hasMessage("tls.crl " + list + ": there is no such file");
        for (String content : List.of("", "no list", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")) {
            Files.writeString(list, content);
            assertThatThrownBy(() -> trust.read(NOW))
                    .as(content)
                    .isInstanceOf(BadKeyMaterial.class)
                    .hasMessageStartingWith("tls.crl " + list + ": ");
        }
    }

    @Test
    void theResponderDecidesAndItsSilenceRefuses() throws Exception {
        TrustSource trust = trust(List.of(), true);
        status = CertificateStatus.GOOD;
        expectTaken(trust, client(7));
        status = new RevokedStatus(date(-60), CRLReason.keyCompromise);
        expectRefused(trust, client(7));
        status = new UnknownStatus();
        expectRefused(trust, client(7));
        status = CertificateStatus.GOOD;
        answers = false;
        expectRefused(trust, client(7));
    }

    @Test
    void whereTheResponderIsSilentAListMayTell() throws Exception {
        TrustSource trust = trust(List.of(list(Duration.ofHours(1), 7)), true);
        answers = false;
        expectRefused(trust, client(7));
        expectTaken(trust, client(8));
    }

    @Test
    void authoritiesMayBeInAKeyStore() throws Exception {
        Path file = Files.write(folder.resolve("trust.p12"), TestCertificates.bytesOf(TestCertificates.trustStore()));
        var password = new Password("tls.trust-store-password", TestCertificates.PASSWORD, null);
        var trust = new TrustSource("tls.", file, null, password, List.of(), false);
        expectTaken(trust, TestCertificates.CLIENT.certificate());
        expectRefused(trust, client(7));
        var empty = new TrustSource(
                "tls.", Files.writeString(folder.resolve("x.pem"), ""), null, password, List.of(), false);
        assertThatThrownBy(() -> empty.read(NOW)).hasMessageStartingWith("tls.trust-store " + folder.resolve("x.pem"));
    }
}
