package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
    private static final TestCertificates.Identity EC = TestCertificates.SERVER_EC;
    private static final TestCertificates.Identity RSA = TestCertificates.SERVER_RSA;
    private static final TestCertificates.Identity OTHER = TestCertificates.OTHER_SERVER;
    private static final TestCertificates.Identity EXACT =
            TestCertificates.issue("EC", "exact", "one.wild.example.org");

    @TempDir
    private Path folder;

    private int files;

    private KeySource.Pem source(TestCertificates.Identity identity) throws IOException {
        String name = "file" + files++;
        return new KeySource.Pem(
                "tls.",
                Files.writeString(folder.resolve(name + ".pem"), identity.chainPem()),
                Files.writeString(folder.resolve(name + ".key"), identity.keyPem()),
                null);
    }

    private static HostSettings settings(List<String> names, List<? extends KeySource> sources) {
        return new HostSettings(
                "tls.",
                names,
                List.copyOf(sources),
                null,
                ClientAuthentication.NONE,
                HostSettings.PROTOCOLS,
                HostSettings.SUITES);
    }

    private HostSettings settings(TestCertificates.Identity... identities) throws IOException {
        var sources = new ArrayList<KeySource>();
        for (var each : identities) sources.add(source(each));
        return settings(List.of(), sources);
    }

    private static Certificates read(boolean strict, HostSettings... hosts) throws BadKeyMaterial {
        return new Certificates(List.of(hosts), strict, SessionSettings.DEFAULT, Set.of(), Clock.systemUTC());
    }

    private static TlsHost host(Certificates certificates, @Nullable String name) {
        return Objects.requireNonNull(certificates.hosts(null).host(name));
    }

    private static void expectShown(
            Certificates certificates, @Nullable String name, TestCertificates.Identity expected) throws SSLException {
        assertThat(Handshaken.with(host(certificates, name)).shown()).as(name).isEqualTo(expected.certificate());
    }

    // --- names

    @Test
    void theNamesOfACertificateChooseItAndExactOnesGoBeforeWildcards() throws Exception {
        var certificates = read(false, settings(EC, OTHER, EXACT));
        expectShown(certificates, "a.example.org", EC);
        expectShown(certificates, "b.example.org", OTHER);
        expectShown(certificates, "one.wild.example.org", EXACT);
        expectShown(certificates, "two.wild.example.org", EC);
    }

    @Test
    void aWildcardCoversOneLabel() throws Exception {
        var certificates = read(true, settings(OTHER, EC));
        TlsHosts hosts = certificates.hosts(null);
        assertThat(hosts.host("x.wild.example.org")).isNotNull();
        assertThat(hosts.host("x.y.wild.example.org")).isNull();
        assertThat(hosts.host("wild.example.org")).isNull();
        assertThat(hosts.host(".wild.example.org")).isNull();
        assertThat(hosts.host("org")).isNull();
    }

    @Test
    void whoNamesNoHostOrAnUnknownOneGetsTheFirst() throws Exception {
        var certificates = read(false, settings(OTHER, EC));
        expectShown(certificates, null, OTHER);
        expectShown(certificates, "unknown.example.com", OTHER);
    }

    @Test
    void strictlyNobodyGetsWhatTheyDidNotName() throws Exception {
        TlsHosts hosts = read(true, settings(OTHER)).hosts(null);
        assertThat(hosts.host("b.example.org")).isNotNull();
        assertThat(hosts.host("B.Example.ORG.")).isNotNull();
        assertThat(hosts.host(null)).isNull();
        assertThat(hosts.host("unknown.example.com")).isNull();
    }

    @Test
    void namesThatAreSaidGoBeforeThoseOfCertificates() throws Exception {
        var certificates = read(
                false, settings(EC), settings(List.of("a.example.org", "*.said.example.org"), List.of(source(OTHER))));
        expectShown(certificates, "a.example.org", OTHER);
        expectShown(certificates, "x.said.example.org", OTHER);
        expectShown(certificates, "localhost", EC);
        expectShown(certificates, null, EC);
    }

    @Test
    void aNameThatIsSaidHasOfSeveralCertificatesThoseForIt() throws Exception {
        List<KeySource.Pem> all = List.of(source(EC), source(OTHER), source(RSA));
        var certificates = read(
                false,
                settings(List.of(), all),
                settings(List.of("b.example.org"), all),
                settings(List.of("x.wild.example.org"), all),
                settings(List.of("else.example.org"), all));
        expectShown(certificates, "b.example.org", OTHER);
        expectShown(certificates, "x.wild.example.org", EC);
        expectShown(certificates, "else.example.org", EC);
    }

    @Test
    void aNameThatIsSaidTwiceIsRefused() throws Exception {
        var one = settings(List.of("a.example.org"), List.of(source(OTHER)));
        var other = settings(List.of("A.example.org"), List.of(source(EC)));
        assertThatThrownBy(() -> read(false, one, other)).hasMessageContaining("a.example.org is another host's name");
    }

    @Test
    void aCertificateWithoutNamesServesThoseWhoNameNone() throws Exception {
        var nameless = TestCertificates.issue("EC", "nameless");
        var certificates = read(false, settings(nameless, OTHER));
        expectShown(certificates, null, nameless);
        expectShown(certificates, "b.example.org", OTHER);
    }

    // --- types of keys

    @Test
    void oneNameHasACertificateForEachTypeOfKey() throws Exception {
        TlsHost host = host(read(false, settings(EC, RSA)), "a.example.org");
        SSLContext client = TestCertificates.clientContext(null);
        String[] rsaOnly = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
        String[] ecOnly = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
        assertThat(Handshaken.with(host, client, null, rsaOnly).shown()).isEqualTo(RSA.certificate());
        assertThat(Handshaken.with(host, client, null, ecOnly).shown()).isEqualTo(EC.certificate());
    }

    @Test
    void ofTwoCertificatesForOneNameAndTypeTheFirstIsShown() throws Exception {
        var second = TestCertificates.issue("EC", "second", "b.example.org", "c.example.org");
        var certificates = read(false, settings(OTHER, second));
        expectShown(certificates, "b.example.org", OTHER);
        expectShown(certificates, "c.example.org", second);
    }

    // --- requests and handshakes

    @Test
    void aConnectionServesTheNamesOfItsHostAndNoOthers() throws Exception {
        var certificates = read(false, settings(OTHER, EC));
        TlsHost a = host(certificates, "a.example.org");
        assertThat(a.serves("a.example.org")).isTrue();
        assertThat(a.serves("LOCALHOST")).isTrue();
        assertThat(a.serves("x.wild.example.org")).isTrue();
        assertThat(a.serves("b.example.org")).isFalse();
        assertThat(a.serves("unknown.example.com")).isFalse();
        assertThat(a.serves(null)).isFalse();
        TlsHost first = host(certificates, null);
        assertThat(first.serves("b.example.org")).isTrue();
        assertThat(first.serves("unknown.example.com")).isTrue();
        assertThat(first.serves(null)).isTrue();
        assertThat(first.serves("a.example.org")).isFalse();
    }

    @Test
    void strictlyARequestWithoutAHostOrForAnUnknownOneIsServedByNone() throws Exception {
        TlsHost only = host(read(true, settings(OTHER)), "b.example.org");
        assertThat(only.serves("b.example.org")).isTrue();
        assertThat(only.serves("unknown.example.com")).isFalse();
        assertThat(only.serves(null)).isFalse();
    }

    @Test
    void theNameOfARequestIsComparedWithoutItsPort() throws Exception {
        var authority = new ServedAuthority(host(read(false, settings(OTHER, EC)), "a.example.org"));
        for (int i = 0; i < 2; i++) {
            assertThat(serves(authority, "a.example.org")).isTrue();
            assertThat(serves(authority, "A.example.org.:8443")).isTrue();
            assertThat(serves(authority, "127.0.0.1:8443")).isTrue();
            assertThat(serves(authority, "b.example.org:8443")).isFalse();
            assertThat(serves(authority, "[::1]:8443")).isFalse();
            assertThat(serves(authority, "")).isFalse();
        }
    }

    private static boolean serves(ServedAuthority authority, String text) {
        byte[] bytes = (">" + text + "<").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return authority.serves(bytes, 1, bytes.length - 1);
    }

    @Test
    void whereThereIsOneHostNoNameIsLookedAt() throws Exception {
        assertThat(host(read(false, settings(EC, RSA)), "a.example.org").servesEveryName())
                .isTrue();
        assertThat(host(read(true, settings(EC)), "a.example.org").servesEveryName())
                .isFalse();
    }

    // --- reload

    private static void write(KeySource.Pem source, TestCertificates.Identity identity) throws IOException {
        Files.writeString(source.chain(), identity.chainPem());
        Files.writeString(source.privateKey(), identity.keyPem());
    }

    private static TestCertificates.Identity renewed() {
        return TestCertificates.issue("EC", "renewed", "a.example.org");
    }

    @Test
    void changedFilesAreUsedForTheNextHandshake() throws Exception {
        var source = source(EC);
        var certificates = read(false, settings(List.of(), List.of(source)));
        TlsHosts hosts = certificates.hosts(null);
        TlsHost before = Objects.requireNonNull(hosts.host(null));
        assertThat(certificates.look()).isFalse();
        var renewed = renewed();
        write(source, renewed);
        assertThat(certificates.look()).isTrue();
        assertThat(certificates.look()).isFalse();
        assertThat(Handshaken.with(Objects.requireNonNull(hosts.host(null))).shown())
                .isEqualTo(renewed.certificate());
        assertThat(Handshaken.with(before).shown()).isEqualTo(EC.certificate());
    }

    /** As Kubernetes does it: the files are links into a folder that is itself a link, and that one is replaced. */
    @Test
    void aSwappedSymbolicLinkIsAChangeAlsoOfFilesThatLookTheSame() throws Exception {
        var renewed = renewed();
        for (var version : List.of("v1", "v2")) {
            var identity = version.equals("v1") ? EC : renewed;
            Path made = Files.createDirectory(folder.resolve(version));
            for (var file : List.of("tls.crt", "tls.key")) {
                Files.writeString(made.resolve(file), file.endsWith("crt") ? identity.chainPem() : identity.keyPem());
                Files.setLastModifiedTime(made.resolve(file), java.nio.file.attribute.FileTime.fromMillis(0));
            }
        }
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("v1"));
        Files.createSymbolicLink(folder.resolve("tls.crt"), Path.of("..data", "tls.crt"));
        Files.createSymbolicLink(folder.resolve("tls.key"), Path.of("..data", "tls.key"));
        var source = new KeySource.Pem("tls.", folder.resolve("tls.crt"), folder.resolve("tls.key"), null);
        var certificates = read(false, settings(List.of(), List.of(source)));
        expectShown(certificates, null, EC);

        Files.createSymbolicLink(folder.resolve("..new"), Path.of("v2"));
        Files.move(folder.resolve("..new"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(certificates.look()).isTrue();
        expectShown(certificates, null, renewed);
    }

    @Test
    void whatCannotBeReadLeavesTheOldAndIsTriedAgain() throws Exception {
        var source = source(EC);
        var certificates = read(false, settings(List.of(), List.of(source)));
        var renewed = renewed();
        Files.writeString(source.chain(), renewed.chainPem()); // the key comes later
        assertThat(certificates.look()).isFalse();
        expectShown(certificates, null, EC);
        assertThatThrownBy(certificates::reload).hasMessageContaining("does not match");
        Files.delete(source.privateKey());
        assertThat(certificates.look()).isFalse();
        expectShown(certificates, null, EC);
        Files.writeString(source.privateKey(), renewed.keyPem());
        assertThat(certificates.look()).isTrue();
        expectShown(certificates, null, renewed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionIsResumedUntilTheCertificateChanges(String protocol) throws Exception {
        var source = source(EC);
        var settings = new HostSettings(
                "tls.",
                List.of(),
                List.of(source),
                null,
                ClientAuthentication.NONE,
                List.of(protocol),
                HostSettings.SUITES);
        var certificates = read(false, settings);
        SSLContext client = TestCertificates.clientContext(null);
        long first = createdAt(certificates, client);
        await(first);
        assertThat(createdAt(certificates, client)).as("resumed").isEqualTo(first);
        certificates.reload();
        assertThat(createdAt(certificates, client)).as("new").isGreaterThan(first);
    }

    /** The same certificate, and so the same name for the client: but a session of one place must not be a way around what the other demands. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionIsNotResumedWhereOtherThingsAreDemandedOfClients(String protocol) throws Exception {
        Path trusted = Files.writeString(folder.resolve("ca.pem"), TestCertificates.AUTHORITY.chainPem());
        var trust = new TrustSource("tls.", trusted, null, null, List.of(), false);
        var source = source(EC);
        var open = demanding(protocol, "tls.", List.of("a.example.org"), source, trust, ClientAuthentication.NONE);
        var strict =
                demanding(protocol, "tls.host.b.", List.of("b.example.org"), source, trust, ClientAuthentication.WANT);
        var certificates = new Certificates(
                List.of(open, strict),
                false,
                SessionSettings.DEFAULT,
                Set.of(ClientAuthentication.WANT),
                Clock.systemUTC());
        SSLContext client = TestCertificates.clientContext(null);
        TlsHost first = Objects.requireNonNull(certificates.hosts(null).host("a.example.org"));
        TlsHost otherName = Objects.requireNonNull(certificates.hosts(null).host("b.example.org"));
        TlsHost otherListener = Objects.requireNonNull(
                certificates.hosts(ClientAuthentication.WANT).host("a.example.org"));
        long made = createdAt(first, client, "a.example.org");
        for (TlsHost other : List.of(otherName, otherListener)) {
            await(createdAt(first, client, "a.example.org"));
            long next = createdAt(other, client, "a.example.org");
            assertThat(next).as("a session of its own").isGreaterThan(made);
            made = next;
        }
    }

    private static HostSettings demanding(
            String protocol,
            String keys,
            List<String> names,
            KeySource source,
            TrustSource trust,
            ClientAuthentication demand) {
        return new HostSettings(keys, names, List.of(source), trust, demand, List.of(protocol), HostSettings.SUITES);
    }

    private static long createdAt(TlsHost host, SSLContext client, String name) throws SSLException {
        return Handshaken.with(host, client, name, null).client.getSession().getCreationTime();
    }

    /** A resumed session was created when the first one was. */
    private static long createdAt(Certificates certificates, SSLContext client) throws SSLException {
        return Handshaken.with(host(certificates, null), client, "a.example.org", null)
                .client
                .getSession()
                .getCreationTime();
    }

    /** Creation times are told in milliseconds. */
    private static void await(long millis) {
        while (System.currentTimeMillis() <= millis) Thread.onSpinWait();
    }

    // --- what is asked of clients

    @Test
    void aListenerAsksClientsOtherwiseThanTheHostDoes() throws Exception {
        Path trusted = Files.writeString(folder.resolve("ca.pem"), TestCertificates.AUTHORITY.chainPem());
        var trust = new TrustSource("tls.", trusted, null, null, List.of(), false);
        var settings = new HostSettings(
                "tls.",
                List.of(),
                List.of(source(EC)),
                trust,
                ClientAuthentication.NONE,
                HostSettings.PROTOCOLS,
                HostSettings.SUITES);
        var certificates = new Certificates(
                List.of(settings),
                false,
                SessionSettings.DEFAULT,
                Set.of(ClientAuthentication.NEED),
                Clock.systemUTC());
        assertThat(certificates.asksClients()).isTrue();
        TlsHost asking = Objects.requireNonNull(
                certificates.hosts(ClientAuthentication.NEED).host(null));
        SSLContext known = TestCertificates.clientContext(TestCertificates.CLIENT);
        assertThat(Handshaken.with(asking, known, null, null).session().getPeerCertificates()[0])
                .isEqualTo(TestCertificates.CLIENT.certificate());
        assertThatThrownBy(() -> Handshaken.with(asking)).isInstanceOf(SSLException.class);
        assertThat(Handshaken.with(host(certificates, null)).shown()).isEqualTo(EC.certificate());
    }

    @Test
    void askingWithoutTrustingAnybodyIsRefused() throws Exception {
        var settings = settings(EC);
        assertThatThrownBy(() -> new Certificates(
                        List.of(settings),
                        false,
                        SessionSettings.DEFAULT,
                        Set.of(ClientAuthentication.WANT),
                        Clock.systemUTC()))
                .hasMessageContaining("tls.trust-store names no authority");
    }

    @Test
    void aSuiteThatIsNotKnownIsRefusedWithItsKey() throws Exception {
        var settings = new HostSettings(
                "tls.",
                List.of(),
                List.of(source(EC)),
                null,
                ClientAuthentication.NONE,
                HostSettings.PROTOCOLS,
                List.of("TLS_MAGIC"));
        assertThatThrownBy(() -> read(false, settings)).hasMessageContainingAll("tls.cipher-suites: ", "TLS_MAGIC");
    }
}
