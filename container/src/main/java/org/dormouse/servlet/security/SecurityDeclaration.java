package org.dormouse.servlet.security;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.identity.Logins;
import org.dormouse.identity.Users;
import org.jspecify.annotations.Nullable;

/** What an application declares about security, and who its users are. Plain and mutable; one thread at a time. */
public final class SecurityDeclaration {
    public static final String BASIC = "BASIC";
    public static final String DIGEST = "DIGEST";
    public static final String FORM = "FORM";
    public static final String CLIENT_CERT = "CLIENT-CERT";
    /** Not of the specification: OpenID Connect. */
    public static final String OPENID = "OPENID";

    private final List<SecurityConstraint> constraints = new ArrayList<>();
    private boolean denyUncovered;
    private @Nullable String authMethod;
    private String realm = "";
    private @Nullable String loginPage;
    private @Nullable String errorPage;
    private @Nullable LoginFlow flow;
    private LoginSettings login = LoginSettings.DEFAULT;
    private Logins logins = new Logins(Users.NONE);
    private List<String> digestAlgorithms = List.of();

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

    /** How callers log in: {@link #BASIC}, {@link #DIGEST}, {@link #FORM}, {@link #CLIENT_CERT}, {@link #OPENID}, or null where the application says nothing. */
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
            throw new IllegalArgumentException("auth-method " + method
                    + " is not supported, only BASIC, DIGEST, FORM, CLIENT-CERT and OPENID are");
        }
        authMethod = method;
        return this;
    }

    /** Whether callers can log in so. */
    public static boolean isSupported(String method) {
        return Set.of(BASIC, DIGEST, FORM, CLIENT_CERT, OPENID).contains(method);
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

    /** How callers log in by {@link #OPENID}; null if nobody has said so. */
    public @Nullable LoginFlow flow() {
        return flow;
    }

    public SecurityDeclaration flow(LoginFlow byProvider) {
        flow = byProvider;
        return this;
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

    /** Who may log in, and what stands before them. */
    public Logins logins() {
        return logins;
    }

    /** Takes users that are others' too, with what others know of failures. */
    public SecurityDeclaration logins(Logins shared) {
        logins = shared;
        return this;
    }

    public Users users() {
        return logins.users();
    }

    /** Takes users of its own. */
    public SecurityDeclaration users(Users known) {
        return logins(new Logins(known));
    }

    /** With which hashes callers may log in by {@link #DIGEST}, the preferred one first; none: they may not. */
    public List<String> digestAlgorithms() {
        return digestAlgorithms;
    }

    /** Names of {@link java.security.MessageDigest}: SHA-256 and MD5. */
    public SecurityDeclaration digestAlgorithms(List<String> names) {
        digestAlgorithms = List.copyOf(names);
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

    /** Roles that constraints name: they are declared with that (Servlet 6.1 §4.4.3 and §13.8). */
    public Set<String> namedRoles() {
        Set<String> named = new LinkedHashSet<>();
        for (SecurityConstraint constraint : constraints) {
            if (constraint.roles() == null) continue;
            for (String role : constraint.roles()) if (!role.equals("*") && !role.equals("**")) named.add(role);
        }
        return named;
    }

    /** The constraints combined. */
    public SecurityConstraints combine(Set<String> declaredRoles) {
        return SecurityConstraints.of(constraints, declaredRoles, denyUncovered);
    }
}
