package org.dormouse.openid;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** What a provider says of itself, asked for once (OpenID Connect Discovery 1.0), and how its tokens are checked. Immutable. */
record OpenIdProvider(OIDCProviderMetadata metadata, IDTokenValidator validator) {
    private static final int MAX_KEYS_BYTES = 256 * 1024;

    /** @throws IOException if it cannot be asked, or what it says does not hold together */
    static OpenIdProvider ask(OpenIdSettings settings) throws IOException {
        int millis = (int) settings.timeout().toMillis();
        var issuer = new Issuer(settings.issuer());
        try {
            OIDCProviderMetadata metadata = OIDCProviderMetadata.resolve(issuer, millis, millis);
            if (metadata.getAuthorizationEndpointURI() == null
                    || metadata.getTokenEndpointURI() == null
                    || metadata.getJWKSetURI() == null) {
                throw new IOException(
                        "the provider " + issuer + " names no endpoint for authorization, tokens or keys");
            }
            var retriever = new DefaultResourceRetriever(millis, millis, MAX_KEYS_BYTES);
            var keys = JWKSourceBuilder.<SecurityContext>create(
                            metadata.getJWKSetURI().toURL(), retriever)
                    .refreshAheadCache(false)
                    .retrying(true)
                    .build();
            // Signatures that only the provider can make: neither "none" nor one by the secret of the client.
            Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.RSA);
            algorithms.addAll(JWSAlgorithm.Family.EC);
            var selector = new JWSVerificationKeySelector<>(algorithms, keys);
            return new OpenIdProvider(
                    metadata, new IDTokenValidator(issuer, new ClientID(settings.clientId()), selector, null));
        } catch (GeneralException e) {
            throw new IOException("the provider " + issuer + " is not as it should be: " + e.getMessage(), e);
        }
    }
}
