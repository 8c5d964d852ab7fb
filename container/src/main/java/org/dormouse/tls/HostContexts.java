package org.dormouse.tls;

import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Makes contexts of the JDK. Each has sessions and ticket keys of its own, so that nothing is resumed beyond it. */
final class HostContexts {
    private HostContexts() {}

    /**
     * @param identities at most one of each type of key
     */
    static SSLContext make(List<Identity> identities, TrustManager[] trust, SessionSettings sessions)
            throws BadKeyMaterial {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys(List.copyOf(identities))}, trust, null);
            sessions.applyTo(context);
            return context;
        } catch (GeneralSecurityException e) {
            throw new BadKeyMaterial(identities + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Chosen by the type of key alone, which is their alias: names have been looked at before. No copy of a key is kept. */
    private static final class Keys extends X509ExtendedKeyManager {
        private final List<Identity> identities;

        Keys(List<Identity> identities) {
            this.identities = identities;
        }

        private @Nullable Identity find(String keyType) {
            for (Identity each : identities) if (each.keyType().equals(keyType)) return each;
            return null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return find(keyType) == null ? null : keyType;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, java.net.Socket socket) {
            return find(keyType) == null ? null : keyType;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
            return find(keyType) == null ? null : new String[] {keyType};
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Identity known = find(alias);
            return known == null ? null : known.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Identity known = find(alias);
            return known == null ? null : known.key();
        }

        // --- never a client

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, java.net.Socket socket) {
            return null;
        }
    }
}
