package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    private static final TestCertificates.Identity RSA = TestCertificates.SERVER_RSA;
    private static final TestCertificates.Identity EC = TestCertificates.SERVER_EC;
    private static final Password SECRET = new Password("tls.private-key-password", "s\u00E9cret", null);

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("key.pem"), text);
    }

    private static String pem(Object... objects) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            for (Object each : objects) writer.writeObject(each);
        }
        return text.toString();
    }

    private PrivateKey read(String text) throws Exception {
        return PemFiles.privateKey(file(text), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519", "Ed448"})
    void aPlainPkcs8KeyIsReadWhateverItsAlgorithm(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        assertThat(read(pem(new PemObject("PRIVATE KEY", key.getEncoded())))).isEqualTo(key);
    }

    @Test
    void aPkcs1KeyIsRead() throws Exception {
        String text = pem(RSA.key());
        assertThat(text).contains("BEGIN RSA PRIVATE KEY");
        assertThat(read(text)).isEqualTo(RSA.key());
    }

    @Test
    void aSec1KeyIsReadAlsoBehindItsParameters() throws Exception {
        BigInteger secret = ((ECPrivateKey) EC.key()).getS();
        var sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret, X9ObjectIdentifiers.prime256v1);
        String text = pem(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
        String parameters = pem(new PemObject("EC PARAMETERS", X9ObjectIdentifiers.prime256v1.getEncoded()));
        for (String each : List.of(text, parameters + text))
            assertThat(((ECPrivateKey) read(each)).getS()).isEqualTo(secret);
    }

    @Test
    void anEncryptedPkcs8KeyIsReadWithItsPasswordOnly() throws Exception {
        var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPassword(SECRET.read())
                .build();
        String text = pem(new JcaPKCS8Generator(EC.key(), encryptor));
        assertThat(text).contains("BEGIN ENCRYPTED PRIVATE KEY");
        expectPassword(text, EC.key());
    }

    @Test
    void anEncryptedPkcs1KeyIsReadWithItsPasswordOnly() throws Exception {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    RSA.key(),
                    new JcePEMEncryptorBuilder("AES-256-CBC")
                            .setProvider(new BouncyCastleProvider())
                            .build(SECRET.read()));
        }
        assertThat(text.toString()).contains("Proc-Type: 4,ENCRYPTED");
        expectPassword(text.toString(), RSA.key());
    }

    private void expectPassword(String text, PrivateKey key) throws Exception {
        Path file = file(text);
        assertThat(PemFiles.privateKey(file, SECRET)).isEqualTo(key);
        assertThatThrownBy(() -> PemFiles.privateKey(file, null))
                .isInstanceOf(BadKeyMaterial.class)
                .hasMessageContaining("is encrypted, and no password");
        assertThatThrownBy(() -> PemFiles.privateKey(file, new Password("a.key", "wrong", null)))
                .isInstanceOf(BadKeyMaterial.class)
                .hasMessageContaining("the password of a.key is wrong");
    }

    @Test
    void whatStandsBetweenTheBlocksIsSkipped() throws Exception {
        String text = "Bag Attributes\n    friendlyName: web - \u00E9\n" + EC.chainPem() + "subject=/CN=x\n"
                + EC.keyPem().replace("\n", "\r\n");
        assertThat(PemFiles.certificates(file(text))).isEqualTo(EC.chain());
        assertThat(PemFiles.privateKey(file(text), null)).isEqualTo(EC.key());
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        assertThatThrownBy(() -> PemFiles.certificates(file(EC.keyPem())))
                .hasMessageContaining("it has no certificate");
        assertThatThrownBy(() -> read(EC.chainPem())).hasMessageContaining("it has no private key");
        assertThatThrownBy(() -> read(EC.keyPem() + RSA.keyPem())).hasMessageContaining("it has 2 private keys");
        assertThatThrownBy(() -> PemFiles.certificates(folder.resolve("none.pem")))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void whatIsDamagedIsRefused() throws Exception {
        String key = EC.keyPem();
        String cut = key.substring(0, 40) + key.substring(60);
        assertThatThrownBy(() -> read(cut)).isInstanceOf(BadKeyMaterial.class);
        String certificate = EC.chainPem();
        String damaged = certificate.substring(0, 100) + certificate.substring(164);
        assertThatThrownBy(() -> PemFiles.certificates(file(damaged)))
                .isInstanceOf(BadKeyMaterial.class)
                .hasMessageContaining("certificate 1 in it cannot be read");
        String truncated = pem(RSA.key()).replaceFirst("\n.{64}\n.{64}\n", "\n");
        assertThatThrownBy(() -> read(truncated)).isInstanceOf(BadKeyMaterial.class);
    }

    @Test
    void aFileThatIsTooLargeIsNotReadToItsEnd() throws Exception {
        Path file = Files.write(folder.resolve("large.pem"), new byte[SecretFiles.MAX_BYTES + 1]);
        assertThatThrownBy(() -> PemFiles.certificates(file)).hasMessage("it has more than 1048576 bytes");
    }

    @Test
    void keysAreNeverShown() {
        assertThat(SECRET.toString()).isEqualTo("tls.private-key-password");
    }
}
