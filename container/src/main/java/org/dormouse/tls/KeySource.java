package org.dormouse.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where private keys with their certificates are kept. Read anew at each reload. */
public sealed interface KeySource {
    /**
     * Reads what is there now.
     *
     * @throws BadKeyMaterial with the keys of the configuration, the files, and what is wrong
     */
    List<Identity> read(Instant now) throws BadKeyMaterial;

    /** The files to be watched. */
    List<Path> files();

    /**
     * A chain and its key in PEM.
     *
     * @param keys of the configuration: what they begin with, {@code tls.}
     */
    record Pem(
            String keys,
            Path chain,
            Path privateKey,
            @Nullable Password password) implements KeySource {
        @Override
        public List<Identity> read(Instant now) throws BadKeyMaterial {
            String chainIs = keys + "certificate " + chain;
            List<X509Certificate> certificates;
            try {
                certificates = PemFiles.certificates(chain);
            } catch (BadKeyMaterial e) {
                throw e.about(chainIs);
            }
            PrivateKey key;
            try {
                key = PemFiles.privateKey(privateKey, password);
            } catch (BadKeyMaterial e) {
                throw e.about(keys + "private-key " + privateKey);
            }
            SecretFiles.warnIfOpen(privateKey, "a private key");
            try {
                return List.of(Identity.of(key, certificates, chainIs, now));
            } catch (BadKeyMaterial e) {
                throw e.about(chainIs + " and " + keys + "private-key " + privateKey);
            }
        }

        @Override
        public List<Path> files() {
            return withPassword(password, chain, privateKey);
        }
    }

    /**
     * A key store.
     *
     * @param keys of the configuration: what they begin with, {@code tls.}
     * @param type as {@link KeyStore#getInstance} knows it; null: what it looks like, PKCS12 or JKS
     * @param keyPassword of the keys in it, if they have another one
     * @param alias of the key to be used; null: all there are
     */
    record Store(
            String keys,
            Path file,
            @Nullable String type,
            Password password,
            @Nullable Password keyPassword,
            @Nullable String alias)
            implements KeySource {
        @Override
        public List<Identity> read(Instant now) throws BadKeyMaterial {
            String storeIs = keys + "keystore " + file;
            try {
                KeyStore store = open(keys + "keystore-type", file, type, password);
                SecretFiles.warnIfOpen(file, "private keys");
                var identities = new ArrayList<Identity>();
                for (String each : aliases(store)) identities.add(identity(store, each, storeIs, now));
                if (identities.isEmpty()) throw new BadKeyMaterial("it has no private key");
                return identities;
            } catch (BadKeyMaterial e) {
                throw e.about(storeIs);
            } catch (KeyStoreException e) {
                throw new BadKeyMaterial(storeIs + ": it cannot be read: " + e.getMessage(), e);
            }
        }

        private List<String> aliases(KeyStore store) throws KeyStoreException, BadKeyMaterial {
            var keysOfIt = new ArrayList<String>();
            for (String each : Collections.list(store.aliases())) if (store.isKeyEntry(each)) keysOfIt.add(each);
            if (alias == null) return keysOfIt;
            for (String each : keysOfIt) if (each.equalsIgnoreCase(alias)) return List.of(each);
            throw new BadKeyMaterial("it has no key under the alias \"" + alias + "\" (" + keys + "alias), but "
                    + (keysOfIt.isEmpty() ? "none at all" : "under " + String.join(", ", keysOfIt)));
        }

        private Identity identity(KeyStore store, String each, String storeIs, Instant now)
                throws BadKeyMaterial, KeyStoreException {
            Password used = keyPassword == null ? password : keyPassword;
            char[] secret = used.read();
            try {
                var certificates = new ArrayList<X509Certificate>();
                Certificate[] chain = store.getCertificateChain(each);
                if (chain != null)
                    for (Certificate certificate : chain)
                        if (certificate instanceof X509Certificate x509) certificates.add(x509);
                if (certificates.isEmpty()) throw new BadKeyMaterial("key \"" + each + "\" has no certificate");
                if (!(store.getKey(each, secret) instanceof PrivateKey key))
                    throw new BadKeyMaterial("\"" + each + "\" is no private key");
                return Identity.of(key, certificates, storeIs + " " + each, now);
            } catch (GeneralSecurityException e) {
                throw new BadKeyMaterial(
                        "key \"" + each + "\" cannot be read; is the password of " + used + " right? " + e.getMessage(),
                        e);
            } finally {
                Arrays.fill(secret, '\0');
            }
        }

        @Override
        public List<Path> files() {
            var files = new ArrayList<>(withPassword(password, file));
            if (keyPassword != null && keyPassword.file() != null) files.add(keyPassword.file());
            return files;
        }
    }

    /** The store in {@code file}. */
    static KeyStore open(String typeKey, Path file, @Nullable String type, @Nullable Password password)
            throws BadKeyMaterial {
        byte[] bytes = SecretFiles.read(file, 16 * SecretFiles.MAX_BYTES);
        char[] secret = password == null ? null : password.read();
        try {
            KeyStore store = KeyStore.getInstance(type == null ? kind(bytes) : type);
            store.load(new ByteArrayInputStream(bytes), secret);
            return store;
        } catch (KeyStoreException e) {
            throw new BadKeyMaterial("there is no type of key stores \"" + type + "\" (" + typeKey + ")", e);
        } catch (IOException | GeneralSecurityException e) {
            boolean isPassword = e.getCause() instanceof java.security.UnrecoverableKeyException;
            throw new BadKeyMaterial(
                    isPassword
                            ? "the password of " + password + " is wrong"
                            : "it is no key store that can be read, or its password is wrong: " + e.getMessage(),
                    e);
        } finally {
            if (secret != null) Arrays.fill(secret, '\0');
        }
    }

    /** JKS and JCEKS begin with numbers of their own; PKCS#12 is a sequence in DER. */
    private static String kind(byte[] bytes) {
        if (bytes.length < 4) return "PKCS12";
        int magic = java.nio.ByteBuffer.wrap(bytes).getInt();
        return magic == 0xFEEDFEED ? "JKS" : magic == 0xCECECECE ? "JCEKS" : "PKCS12";
    }

    private static List<Path> withPassword(@Nullable Password password, Path... files) {
        var all = new ArrayList<>(List.of(files));
        if (password != null && password.file() != null) all.add(password.file());
        return all;
    }
}
