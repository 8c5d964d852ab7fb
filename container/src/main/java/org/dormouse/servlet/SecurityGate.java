package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.dormouse.identity.Users;
import org.dormouse.servlet.security.AccessRequirement;
import org.dormouse.servlet.security.Authenticator;
import org.dormouse.servlet.security.BasicAuthenticator;
import org.dormouse.servlet.security.CertificateAuthenticator;
import org.dormouse.servlet.security.DigestAuthenticator;
import org.dormouse.servlet.security.LoginFlow;
import org.dormouse.servlet.security.SecurityConstraints;
import org.dormouse.servlet.security.SecurityDeclaration;
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
    static @Nullable SecurityGate of(Deployment deployment, SecurityConstraints combined) {
        return deployment.security().constraints().isEmpty() ? null : new SecurityGate(combined);
    }

    /** The constraints of {@code deployment}, and a line in the log for each that looks odd. */
    static SecurityConstraints combine(Deployment deployment, String application) {
        SecurityConstraints combined = deployment.security().combine(deployment.roles());
        for (String remark : combined.remarks()) LOG.warn("{}: {}", application, remark);
        if (asksForPasswords(deployment) && deployment.security().users().equals(Users.NONE)) {
            LOG.warn(
                    "{} asks for passwords (auth-method {}) and has no users, so nobody can log in: --users FILE, WebApp.users or users.source",
                    application,
                    deployment.security().authMethod());
        }
        return combined;
    }

    private static boolean asksForPasswords(Deployment deployment) {
        String method = deployment.security().authMethod();
        return SecurityDeclaration.BASIC.equals(method) || SecurityDeclaration.FORM.equals(method);
    }

    /** Null where the application declares no method to log in by what each request brings. */
    static @Nullable Authenticator authenticator(Deployment deployment) {
        SecurityDeclaration declared = deployment.security();
        String method = declared.authMethod();
        if (method == null) return null;
        String realm = declared.realm().isEmpty() ? "Dormouse" : declared.realm();
        return switch (method) {
            case SecurityDeclaration.CLIENT_CERT -> new CertificateAuthenticator(declared.users());
            case SecurityDeclaration.BASIC -> new BasicAuthenticator(realm, declared.logins());
            case SecurityDeclaration.DIGEST -> digest(realm, declared);
            default -> null;
        };
    }

    private static Authenticator digest(String realm, SecurityDeclaration declared) {
        if (declared.digestAlgorithms().isEmpty()) {
            throw new IllegalStateException(
                    "auth-method DIGEST is off, since it needs passwords that can be read: login.digest=sha-256 allows it");
        }
        if (!declared.users().hasDigests()) {
            throw new IllegalStateException(
                    "auth-method DIGEST: there is no user with a plain password or {ha1}, so nobody could log in");
        }
        return new DigestAuthenticator(realm, declared.digestAlgorithms(), declared.logins());
    }

    /** Null where callers do not log in by pages. */
    static @Nullable LoginFlow flow(Deployment deployment) {
        SecurityDeclaration declared = deployment.security();
        if (SecurityDeclaration.OPENID.equals(declared.authMethod())) {
            LoginFlow given = declared.flow();
            if (given == null)
                throw new IllegalStateException(
                        "auth-method OPENID needs openid.issuer and openid.client-id to be set");
            return given;
        }
        if (!SecurityDeclaration.FORM.equals(declared.authMethod())) return null;
        String loginPage = declared.loginPage();
        String errorPage = declared.errorPage();
        if (loginPage == null || errorPage == null) {
            throw new IllegalStateException(
                    "auth-method FORM needs form-login-config with form-login-page and form-error-page");
        }
        return new FormLogin(loginPage, errorPage, declared.logins());
    }

    /** Whether a caller is asked for at {@code path}, whatever the method. */
    boolean needsCaller(String path) {
        return constraints.needsCaller(path);
    }

    @Override
    public void doFilter(ServletRequest any, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DormouseRequest request = DormouseRequest.of(any);
        AccessRequirement requirement = constraints.find(request.pathInContext(), request.getMethod());
        var answer = (HttpServletResponse) response;
        Caller caller;
        try {
            if (requirement.needsCaller()) request.security().askForCertificate();
            caller = requirement.needsCaller() ? request.security().identify() : null;
        } catch (TooManyLogins e) {
            request.security().answerBusy(answer, e);
            return;
        }
        switch (requirement.decide(request.isSecure(), caller)) {
            case GRANTED -> {
                // What is for one caller is not for the shared caches on the way; the application may say otherwise.
                if (requirement.needsCaller()) answer.setHeader("Cache-Control", "private");
                chain.doFilter(any, response);
            }
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
