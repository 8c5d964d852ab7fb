package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.servlet.security.AccessRequirement;
import org.dormouse.servlet.security.Authenticator;
import org.dormouse.servlet.security.BasicAuthenticator;
import org.dormouse.servlet.security.Caller;
import org.dormouse.servlet.security.CertificateAuthenticator;
import org.dormouse.servlet.security.SecurityConstraints;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.dormouse.servlet.security.TooManyLogins;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands before the filters of an application that declares constraints, and asks them about what a client sent (Servlet 6.1 §13.8.3). */
final class SecurityGate implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(SecurityGate.class);

    private final SecurityConstraints constraints;

    private SecurityGate(SecurityConstraints constraints) {
        this.constraints = constraints;
    }

    /** Null where nothing is constrained: then there is no such hop. */
    static @Nullable SecurityGate of(Deployment deployment, String application) {
        SecurityDeclaration declared = deployment.security();
        if (declared.constraints().isEmpty()) return null;
        SecurityConstraints combined = declared.combine(deployment.roles());
        for (String remark : combined.remarks()) LOG.warn("{}: {}", application, remark);
        return new SecurityGate(combined);
    }

    /** Null where the application declares no method to log in. */
    static @Nullable Authenticator authenticator(Deployment deployment) {
        SecurityDeclaration declared = deployment.security();
        if (declared.authMethod() == null) return null;
        if (declared.authMethod().equals(SecurityDeclaration.CLIENT_CERT))
            return new CertificateAuthenticator(declared.users());
        String realm = declared.realm().isEmpty() ? "Dormouse" : declared.realm();
        return new BasicAuthenticator(realm, declared.users());
    }

    @Override
    public void doFilter(ServletRequest any, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DormouseRequest request = DormouseRequest.of(any);
        AccessRequirement requirement = constraints.find(request.pathInContext(), request.getMethod());
        var answer = (HttpServletResponse) response;
        Caller caller;
        try {
            caller = requirement.needsCaller() ? request.security().identify() : null;
        } catch (TooManyLogins e) {
            request.security().answerBusy(answer);
            return;
        }
        switch (requirement.decide(request.isSecure(), caller)) {
            case GRANTED -> chain.doFilter(any, response);
            case LOGIN_NEEDED -> request.security().challenge(answer);
            case ENCRYPTION_NEEDED -> sendToEncrypted(request, answer);
            case FORBIDDEN -> answer.sendError(HttpServletResponse.SC_FORBIDDEN);
        }
    }

    /** To the same host with the port of HTTPS, if the server has one (Servlet 6.1 §13.8.3). */
    private static void sendToEncrypted(DormouseRequest request, HttpServletResponse answer) throws IOException {
        int port = request.servletContext().securePort();
        String authority = request.authority();
        if (port <= 0 || authority == null || authority.isEmpty()) {
            answer.sendError(HttpServletResponse.SC_FORBIDDEN, "this resource needs an encrypted connection");
            return;
        }
        String query = request.head().query();
        answer.sendRedirect("https://" + Authority.host(authority) + (port == 443 ? "" : ":" + port)
                + ContextPaths.withOneSlash(request.head().rawPath()) + (query == null ? "" : "?" + query));
    }
}
