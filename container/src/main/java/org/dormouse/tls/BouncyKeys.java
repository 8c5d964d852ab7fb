package org.dormouse.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.Provider;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * The forms of private keys that the JDK does not read: PKCS#1, SEC1 and encrypted ones. Alone in needing Bouncy Castle, which an
 * application that embeds the server may leave out. Its provider is used here and never registered.
 */
final class BouncyKeys {
    private BouncyKeys() {}

    /** The key as plain PKCS#8. */
    static byte[] pkcs8(String pem, @Nullable Password password) throws BadKeyMaterial {
        Object read;
        try (var parser = new PEMParser(new StringReader(pem))) {
            read = parser.readObject();
        } catch (IOException | RuntimeException e) {
            throw new BadKeyMaterial("its private key cannot be read: " + e.getMessage(), e);
        }
        if (read instanceof PrivateKeyInfo info) return encoded(info);
        if (read instanceof PEMKeyPair pair) return encoded(pair.getPrivateKeyInfo());
        if (!(read instanceof PEMEncryptedKeyPair) && !(read instanceof PKCS8EncryptedPrivateKeyInfo))
            throw new BadKeyMaterial("its private key has a form that is not known here");
        if (password == null)
            throw new BadKeyMaterial("its private key is encrypted, and no password is set for it"
                    + " (private-key-password-file or private-key-password)");
        char[] secret = password.read();
        try {
            return encoded(decrypt(read, secret));
        } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
            throw new BadKeyMaterial(
                    "its private key cannot be decrypted: the password of " + password
                            + " is wrong, or the key is damaged",
                    e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private static PrivateKeyInfo decrypt(Object read, char[] password)
            throws IOException, OperatorCreationException, PKCSException {
        Provider provider = new BouncyCastleProvider();
        if (read instanceof PEMEncryptedKeyPair pair) {
            var decryptor =
                    new JcePEMDecryptorProviderBuilder().setProvider(provider).build(password);
            return pair.decryptKeyPair(decryptor).getPrivateKeyInfo();
        }
        if (read instanceof PKCS8EncryptedPrivateKeyInfo info) {
            var decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(provider)
                    .build(password);
            return info.decryptPrivateKeyInfo(decryptor);
        }
        throw new PEMException("not encrypted: " + read);
    }

    private static byte[] encoded(@Nullable PrivateKeyInfo info) throws BadKeyMaterial {
        if (info == null) throw new BadKeyMaterial("its private key names no algorithm");
        try {
            return info.getEncoded();
        } catch (IOException e) {
            throw new BadKeyMaterial("its private key cannot be read: " + e.getMessage(), e);
        }
    }
}
