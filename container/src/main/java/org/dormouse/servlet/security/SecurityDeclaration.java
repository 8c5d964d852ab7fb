package org.dormouse.servlet.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an application declares about security, and who its users are. Plain and mutable; one thread at a time. */
public final class SecurityDeclaration {
    public static final String BASIC = "BASIC";
    public static final String FORM = "FORM";
    public static final String CLIENT_CERT = "CLIENT-CERT";

    private final List<SecurityConstraint> constraints = new ArrayList<>();
    private boolean denyUncovered;
    private @Nullable String authMethod;
    private String realm = "";
    private @Nullable String loginPage;
    private @Nullable String errorPage;
    private LoginSettings login = LoginSettings.DEFAULT;
    private Users users = Users.NONE;

    /** In the order declared; can be changed. */
    public List<SecurityConstraint> constraints() {
        return constraints;
    }

    public boolean denyUncovered() {
        return denyUncovered;
    }

    public SecurityDeclaration denyUncovered(boolean deny) {
        denyUncovered = deny;
        return this;
    }

    /** How callers log in: {@link #BASIC}, {@link #FORM}, {@link #CLIENT_CERT}, or null where the application says nothing. */
    public @Nullable String authMethod() {
        return authMethod;
    }

    /**
     * Sets how callers log in.
     *
     * @throws IllegalArgumentException if this method does not exist, or not yet: nobody shall believe to be protected by it
     */
    public SecurityDeclaration authMethod(String method) {
        if (!isSupported(method)) {
            throw new IllegalArgumentException(
                    "auth-method " + method + " is not supported, only BASIC, FORM and CLIENT-CERT are");
        }
        authMethod = method;
        return this;
    }

    /** Whether callers can log in so. */
    public static boolean isSupported(String method) {
        return method.equals(BASIC) || method.equals(FORM) || method.equals(CLIENT_CERT);
    }

    /**
     * What is shown to who is to log in by {@link #FORM}, and to who failed to: paths of the application.
     *
     * @throws IllegalArgumentException if one does not begin with a slash
     */
    public SecurityDeclaration formPages(String login, String error) {
        for (String page : List.of(login, error)) {
            if (!page.startsWith("/"))
                throw new IllegalArgumentException("the page \"" + page + "\" of a login must begin with /");
        }
        loginPage = login;
        errorPage = error;
        return this;
    }

    /** Null where none was declared. */
    public @Nullable String loginPage() {
        return loginPage;
    }

    /** Null where none was declared. */
    public @Nullable String errorPage() {
        return errorPage;
    }

    /** What a login by pages may cost. */
    public LoginSettings login() {
        return login;
    }

    public SecurityDeclaration login(LoginSettings settings) {
        login = settings;
        return this;
    }

    /** What the client shows when it asks for a password; empty where none was declared. */
    public String realm() {
        return realm;
    }

    public SecurityDeclaration realm(String name) {
        realm = name;
        return this;
    }

    public Users users() {
        return users;
    }

    public SecurityDeclaration users(Users known) {
        users = known;
        return this;
    }

    /** Whether a constraint names exactly this pattern; annotations then have no say there (Servlet 6.1 §13.4.1). */
    public boolean names(String pattern) {
        for (SecurityConstraint constraint : constraints) {
            for (ResourceCollection collection : constraint.collections()) {
                if (collection.patterns().contains(pattern)) return true;
            }
        }
        return false;
    }

    /** The constraints combined. */
    public SecurityConstraints combine(Set<String> declaredRoles) {
        return SecurityConstraints.of(constraints, declaredRoles, denyUncovered);
    }
}
