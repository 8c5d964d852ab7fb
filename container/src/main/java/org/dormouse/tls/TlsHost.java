package org.dormouse.tls;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** How TLS is spoken for one name, or for several: certificates, versions, suites. Immutable; any thread. */
public final class TlsHost {
    private final SSLContext context;
    private final SSLParameters parameters;
    private final @Nullable Predicate<@Nullable String> names;
    private final boolean knowsAuthorities;

    /** One that serves every name. */
    public TlsHost(
            SSLContext context,
            List<String> protocols,
            @Nullable List<String> cipherSuites,
            ClientAuthentication clientAuthentication,
            List<String> applicationProtocols) {
        this(context, protocols, cipherSuites, clientAuthentication, applicationProtocols, null, false);
    }

    /**
     * @param context with the certificates, and whom it trusts; resumes the sessions it made
     * @param protocols enabled versions, such as {@code TLSv1.3}; at least one
     * @param cipherSuites enabled suites, the preferred one first, whatever the client prefers; null: those that the engine enables
     * @param clientAuthentication whether clients are asked for certificates
     * @param applicationProtocols offered by ALPN (RFC 7301), the preferred one first; empty: the extension is ignored. A client that offers
     *     others only is refused with the alert no_application_protocol
     * @param names whether requests for a name, or for none, may come over connections that this host has answered; any thread. Null: all may
     * @param knowsAuthorities whether {@code context} trusts certificates of clients, so that these can be asked for one later
     * @throws IllegalArgumentException if the engine does not know a version or a suite
     */
    public TlsHost(
            SSLContext context,
            List<String> protocols,
            @Nullable List<String> cipherSuites,
            ClientAuthentication clientAuthentication,
            List<String> applicationProtocols,
            @Nullable Predicate<@Nullable String> names,
            boolean knowsAuthorities) {
        if (protocols.isEmpty()) throw new IllegalArgumentException("no version of TLS is enabled");
        this.context = context;
        this.names = names;
        this.knowsAuthorities = knowsAuthorities;
        parameters = new SSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        if (cipherSuites != null) parameters.setCipherSuites(cipherSuites.toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(groups(context));
        parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
        switch (clientAuthentication) {
            case NONE -> parameters.setNeedClientAuth(false);
            case WANT -> parameters.setWantClientAuth(true);
            case NEED -> parameters.setNeedClientAuth(true);
        }
        newEngine(); // it is the engine that judges the names
    }

    /**
     * Those of the engine but the finite fields of RFC 7919: a client that asks for the largest of them has the server compute for
     * 40 ms, and has nothing to compute itself (CVE-2002-20001).
     */
    private static String @Nullable [] groups(SSLContext context) {
        String[] known = context.getDefaultSSLParameters().getNamedGroups();
        if (known == null) return null;
        return Arrays.stream(known).filter(each -> !each.startsWith("ffdhe")).toArray(String[]::new);
    }

    /** Whether requests for {@code name}, or with null for none, may come over connections that this host has answered. */
    public boolean serves(@Nullable String name) {
        return names == null || names.test(name);
    }

    /** Whether there is nothing to ask {@link #serves}. */
    boolean servesEveryName() {
        return names == null;
    }

    /** Whether a certificate of a client can be found good. */
    boolean knowsAuthorities() {
        return knowsAuthorities;
    }

    /** An engine for one connection, on the server's side. */
    public SSLEngine newEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters); // which only reads them
        return engine;
    }
}
