package org.dormouse.servlet.security;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.dormouse.identity.Caller;
import org.dormouse.identity.Users;
import org.jspecify.annotations.Nullable;

/**
 * CLIENT-CERT: the certificate that the client has shown in its handshake, which its connection has found to be trusted. Who that is, and
 * with which roles, say the users of the application, by the subject of the certificate or its common name. Immutable.
 */
public final class CertificateAuthenticator implements Authenticator {
    private final Users users;

    public CertificateAuthenticator(Users users) {
        this.users = users;
    }

    @Override
    public String type() {
        return "CLIENT_CERT";
    }

    @Override
    public boolean needsCertificate() {
        return true;
    }

    /** It is too late for a certificate. */
    @Override
    public List<String> challenges(LoginRequest request) {
        return List.of();
    }

    @Override
    public @Nullable Caller authenticate(LoginRequest request) {
        SSLSession session = request.peer().tlsSession();
        X509Certificate shown = session == null ? null : certificate(session);
        if (shown == null) return null;
        X500Principal subject = shown.getSubjectX500Principal();
        return users.certified(subject, commonName(subject));
    }

    private static @Nullable X509Certificate certificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? own : null;
        } catch (SSLPeerUnverifiedException e) {
            return null; // the JDK's way to say that there is none
        }
    }

    /** Null if there is none, or more than one: which would be meant? */
    static @Nullable String commonName(X500Principal subject) {
        var found = new ArrayList<Object>();
        try {
            for (Rdn rdn : new LdapName(subject.getName()).getRdns()) {
                // One of several parts may have several attributes, as in CN=ann+OU=shop.
                for (Attribute part : Collections.list(rdn.toAttributes().getAll())) {
                    if (part.getID().equalsIgnoreCase("CN")) found.addAll(Collections.list(part.getAll()));
                }
            }
        } catch (NamingException e) {
            return null;
        }
        return found.size() == 1 && found.getFirst() instanceof String name ? name : null;
    }
}
