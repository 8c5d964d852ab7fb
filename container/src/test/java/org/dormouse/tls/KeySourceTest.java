package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySourceTest {
    private static final Password PASSWORD = new Password("tls.keystore-password", TestCertificates.PASSWORD, null);
    private static final TestCertificates.Identity EC = TestCertificates.SERVER_EC;
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path folder;

    private KeySource.Pem pem(String chain, String key) throws IOException {
        return new KeySource.Pem(
                "tls.",
                Files.writeString(folder.resolve("chain.pem"), chain),
                Files.writeString(folder.resolve("key.pem"), key),
                null);
    }

    private KeySource.Store store(byte[] bytes, Password password, @Nullable String alias) throws IOException {
        Path file = Files.write(folder.resolve("store"), bytes);
        return new KeySource.Store("tls.", file, null, password, null, alias);
    }

    private void expectRefusal(KeySource source, String... parts) {
        assertThatThrownBy(() -> source.read(NOW))
                .isInstanceOf(BadKeyMaterial.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void aChainAndItsKeyAreAnIdentity() throws Exception {
        assertThat(pem(EC.chainPem(), EC.keyPem()).read(NOW)).singleElement().satisfies(identity -> {
            assertThat(identity.key()).isEqualTo(EC.key());
            assertThat(identity.chain()).isEqualTo(EC.chain());
            assertThat(identity.keyType()).isEqualTo("EC");
            assertThat(identity.names())
                    .containsExactly("localhost", "127.0.0.1", "a.example.org", "*.wild.example.org");
        });
    }

    @Test
    void aChainOutOfOrderIsPutInOrderAndWhatDoesNotBelongIsLeftOut() throws Exception {
        var stranger = TestCertificates.authority("Stranger");
        String backwards = stranger.chainPem()
                + TestCertificates.AUTHORITY.chainPem()
                + EC.chainPem().substring(0, EC.chainPem().indexOf("-----END") + 26);
        assertThat(pem(backwards, EC.keyPem()).read(NOW).getFirst().chain()).isEqualTo(EC.chain());
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedWithBothFiles() throws Exception {
        for (var other : List.of(TestCertificates.OTHER_SERVER, TestCertificates.SERVER_RSA)) {
            expectRefusal(
                    pem(EC.chainPem(), other.keyPem()),
                    "tls.certificate " + folder.resolve("chain.pem"),
                    "tls.private-key " + folder.resolve("key.pem"),
                    "does not match the certificate of CN=localhost");
        }
    }

    @Test
    void aFileThatIsMissingIsNamedWithItsKey() throws Exception {
        var source = pem(EC.chainPem(), EC.keyPem());
        Files.delete(folder.resolve("key.pem"));
        expectRefusal(source, "tls.private-key " + folder.resolve("key.pem") + ": there is no such file");
        Files.delete(folder.resolve("chain.pem"));
        expectRefusal(source, "tls.certificate " + folder.resolve("chain.pem") + ": there is no such file");
    }

    @Test
    void anExpiredCertificateIsUsedNevertheless() throws Exception {
        var old = TestCertificates.issue(
                TestCertificates.AUTHORITY, "EC", "old", NOW.minusSeconds(99), NOW.minusSeconds(9), "old.example.org");
        assertThat(pem(old.chainPem(), old.keyPem()).read(NOW)).hasSize(1);
    }

    @Test
    void aKeyStoreIsReadWhateverItsType() throws Exception {
        for (byte[] bytes : List.of(EC.pkcs12(), EC.jks())) {
            assertThat(store(bytes, PASSWORD, null).read(NOW))
                    .singleElement()
                    .satisfies(identity -> assertThat(identity.key()).isEqualTo(EC.key()));
        }
    }

    @Test
    void aWrongPasswordIsSaidWithItsKeyAndNotShown() throws Exception {
        var wrong = new Password("tls.keystore-password", "guessed", null);
        for (byte[] bytes : List.of(EC.pkcs12(), EC.jks())) {
            assertThatThrownBy(() -> store(bytes, wrong, null).read(NOW))
                    .hasMessageContaining("tls.keystore " + folder.resolve("store"))
                    .hasMessageContaining("the password of tls.keystore-password is wrong")
                    .hasMessageNotContaining("guessed");
        }
    }

    @Test
    void anAliasChoosesAndOneThatIsNotThereIsAnsweredWithThoseThatAre() throws Exception {
        assertThat(store(EC.pkcs12(), PASSWORD, "KEY").read(NOW)).hasSize(1);
        expectRefusal(store(EC.pkcs12(), PASSWORD, "web"), "no key under the alias \"web\" (tls.alias), but under key");
    }

    @Test
    void aStoreWithoutKeysIsRefused() throws Exception {
        byte[] authoritiesOnly = TestCertificates.bytesOf(TestCertificates.trustStore());
        expectRefusal(store(authoritiesOnly, PASSWORD, null), "it has no private key");
    }

    @Test
    void whatIsNoKeyStoreIsRefused() throws Exception {
        expectRefusal(
                store("no store".getBytes(java.nio.charset.StandardCharsets.UTF_8), PASSWORD, null),
                "it is no key store");
        expectRefusal(store(new byte[0], PASSWORD, null), "it is no key store");
    }

    @Test
    void aPasswordComesFromTheFirstLineOfItsFile() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), TestCertificates.PASSWORD + "\nanother line\n");
        var password = new Password("tls.keystore-password-file", null, file);
        assertThat(store(EC.pkcs12(), password, null).read(NOW)).hasSize(1);
        assertThat(store(EC.pkcs12(), password, null).files()).contains(file);
        Files.writeString(file, "\n");
        expectRefusal(
                store(EC.pkcs12(), password, null), "tls.keystore-password-file " + file, "its first line is empty");
    }
}
