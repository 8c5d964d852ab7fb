package org.dormouse.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.servlet.security.BasicAuthenticator;
import org.dormouse.servlet.security.Caller;
import org.jspecify.annotations.Nullable;

/** Who sent one request, as far as it has been asked (Servlet 6.1 §13.3). Made when first needed. The request's thread. */
final class RequestSecurity {
    private final DormouseRequest request;
    private final Deployment deployment;
    private @Nullable Caller caller;
    private @Nullable String authType;

    RequestSecurity(DormouseRequest request, Deployment deployment) {
        this.request = request;
        this.deployment = deployment;
    }

    @Nullable
    Caller caller() {
        return caller;
    }

    @Nullable
    String authType() {
        return authType;
    }

    /** The caller, by the credentials of the request if nobody is logged in yet; null if they are missing or wrong. */
    @Nullable
    Caller identify() {
        BasicAuthenticator basic = request.servletContext().authenticator();
        if (caller == null && basic != null) {
            caller = basic.authenticate(request.head().fields());
            if (caller != null) authType = HttpServletRequest.BASIC_AUTH;
        }
        return caller;
    }

    /** Answers 401, or 403 where the application declares no way to log in. */
    void challenge(HttpServletResponse response) throws IOException {
        BasicAuthenticator basic = request.servletContext().authenticator();
        if (basic == null) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        response.setHeader("WWW-Authenticate", basic.challenge());
        response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
    }

    void login(String name, String password) throws ServletException {
        if (caller != null) throw new ServletException("already logged in as " + caller.name());
        caller = deployment.security().users().login(name, password);
        if (caller == null) throw new ServletException("login failed");
        authType = "LOGIN";
    }

    void logout() {
        caller = null;
        authType = null;
    }

    boolean isInRole(String role, RunningServlet servlet) {
        Caller known = caller;
        return known != null && known.isInRole(role, servlet.roleLinks(), deployment.roles());
    }
}
