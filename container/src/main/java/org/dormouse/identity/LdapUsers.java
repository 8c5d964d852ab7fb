package org.dormouse.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.naming.AuthenticationException;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.naming.ldap.StartTlsRequest;
import javax.naming.ldap.StartTlsResponse;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Users in a directory (LDAP), by JNDI: the directory checks the password itself, since this logs in to it with the name and the password of
 * the user. Names never become part of a filter or a distinguished name unescaped. Any thread; each login has connections of its own.
 */
public final class LdapUsers implements Users {
    private static final String FACTORY = "com.sun.jndi.ldap.LdapCtxFactory";
    private static final int MAX_ROLES = 1000;

    private final Settings settings;
    /** Null: that of the JVM. */
    private final @Nullable SSLSocketFactory sockets;

    /**
     * Where to look.
     *
     * @param url {@code ldap://host:389} or {@code ldaps://host:636}; several with spaces between them are tried in turn
     * @param startTls whether what goes over {@code ldap://} is encrypted before anybody logs in (RFC 4511 §4.14); the certificate must be
     *     trusted by the JVM and be for the host, as with {@code ldaps://}
     * @param userBase below which users are looked for
     * @param userFilter which of them is meant, with {@code {0}} for the name, as in {@code (uid={0})}
     * @param userDn the distinguished name of a user with {@code {0}} for the name, instead of a search; null: they are looked for
     * @param bindDn as whom to search; null: as nobody
     * @param bindPassword the password of that
     * @param roleBase below which roles are looked for
     * @param roleFilter which of them the user has, with {@code {0}} for the user's distinguished name and {@code {1}} for the name
     * @param roleAttribute the name of a role
     * @param timeout to connect, and for each answer
     */
    public record Settings(
            String url,
            boolean startTls,
            String userBase,
            String userFilter,
            @Nullable String userDn,
            @Nullable String bindDn,
            @Nullable String bindPassword,
            String roleBase,
            String roleFilter,
            String roleAttribute,
            Duration timeout) {
        public Settings {
            for (String one : url.split(" +", -1)) {
                if (!one.startsWith("ldap://") && !one.startsWith("ldaps://"))
                    throw new IllegalArgumentException("url \"" + one + "\" is none of ldap:// or ldaps://");
                if (startTls && one.startsWith("ldaps://"))
                    throw new IllegalArgumentException("start-tls is for ldap://, not for " + one);
            }
            if (userDn != null && !userDn.contains("{0}"))
                throw new IllegalArgumentException("user-dn has no {0} for the name: " + userDn);
            if (userDn == null && !userFilter.contains("{0}"))
                throw new IllegalArgumentException("user-filter has no {0} for the name: " + userFilter);
            if (!roleFilter.contains("{0}") && !roleFilter.contains("{1}"))
                throw new IllegalArgumentException("role-filter has neither {0} nor {1}: " + roleFilter);
            if ((bindDn == null) != (bindPassword == null || bindPassword.isEmpty()))
                throw new IllegalArgumentException("bind-dn and bind-password go together");
            if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofMinutes(1)) > 0)
                throw new IllegalArgumentException("timeout " + timeout.toSeconds() + " s, must be 1 to 60");
        }

        /** Nothing of the password. */
        @Override
        public String toString() {
            return url + " " + userBase;
        }
    }

    public LdapUsers(Settings settings) {
        this(settings, null);
    }

    LdapUsers(Settings settings, @Nullable SSLSocketFactory sockets) {
        this.settings = settings;
        this.sockets = sockets;
    }

    /** By settings with the names of {@link Settings}, written as in {@code user-base}. */
    static Users open(Map<String, String> settings) throws Exception {
        var read = new SourceSettings(settings);
        String userDn = read.optional("user-dn");
        var made = new Settings(
                read.required("url"),
                read.isOn("start-tls"),
                userDn == null ? read.required("user-base") : read.optional("user-base", ""),
                read.optional("user-filter", "(uid={0})"),
                userDn,
                read.optional("bind-dn"),
                read.secret("bind-password"),
                read.required("role-base"),
                read.optional("role-filter", "(member={0})"),
                read.optional("role-attribute", "cn"),
                read.seconds("timeout", 5));
        read.noMore();
        return new LdapUsers(made);
    }

    @Override
    public @Nullable Caller login(String name, String password) {
        if (password.isEmpty()) return null; // to a directory that is somebody who does not want to log in: it says yes
        try {
            String dn = settings.userDn == null ? search(name) : byPattern(settings.userDn, name);
            if (dn == null) {
                // As many steps as for one who is there.
                String nobody = "cn=" + UUID.randomUUID() + "," + settings.userBase;
                isRight(nobody, password, name, true);
                return null;
            }
            Set<String> roles = isRight(dn, password, name, false);
            return roles == null ? null : new Caller(name, roles);
        } catch (NamingException e) {
            throw new IllegalStateException("the directory of users cannot be asked: " + e, e);
        }
    }

    static String byPattern(String pattern, String name) {
        return pattern.replace("{0}", Rdn.escapeValue(name));
    }

    /** Null if there is nobody, or more than one. */
    @SuppressWarnings("BanJNDI") // names only are asked for, and trustSerialData is off
    private @Nullable String search(String name) throws NamingException {
        LdapContext context = connect(settings.bindDn, settings.bindPassword);
        try {
            var controls = new SearchControls();
            controls.setSearchScope(SearchControls.SUBTREE_SCOPE);
            controls.setReturningAttributes(new String[0]);
            controls.setCountLimit(2);
            controls.setTimeLimit((int) settings.timeout.toMillis());
            // JNDI escapes what it puts into the filter.
            NamingEnumeration<SearchResult> found =
                    context.search(new LdapName(settings.userBase), settings.userFilter, new Object[] {name}, controls);
            try {
                if (!found.hasMore()) return null;
                String dn = found.next().getNameInNamespace();
                return found.hasMore() ? null : dn;
            } finally {
                found.close();
            }
        } finally {
            context.close();
        }
    }

    /** The roles of {@code dn}, if the directory lets it in with {@code password}; else null. */
    private @Nullable Set<String> isRight(String dn, String password, String name, boolean isNobody)
            throws NamingException {
        LdapContext context;
        try {
            context = connect(dn, password);
        } catch (AuthenticationException e) {
            return null;
        } catch (NamingException e) {
            if (isNobody) return null; // some directories say that there is no such name
            throw e;
        }
        try {
            if (isNobody) return null;
            if (settings.bindDn == null) return roles(context, dn, name);
        } finally {
            context.close();
        }
        LdapContext searcher = connect(settings.bindDn, settings.bindPassword);
        try {
            return roles(searcher, dn, name);
        } finally {
            searcher.close();
        }
    }

    @SuppressWarnings("BanJNDI") // one attribute is asked for and taken if it is a string, and trustSerialData is off
    private Set<String> roles(LdapContext context, String dn, String name) throws NamingException {
        var controls = new SearchControls();
        controls.setSearchScope(SearchControls.SUBTREE_SCOPE);
        controls.setReturningAttributes(new String[] {settings.roleAttribute});
        controls.setCountLimit(MAX_ROLES);
        controls.setTimeLimit((int) settings.timeout.toMillis());
        var roles = new LinkedHashSet<String>();
        NamingEnumeration<SearchResult> found =
                context.search(new LdapName(settings.roleBase), settings.roleFilter, new Object[] {dn, name}, controls);
        try {
            while (found.hasMore()) {
                Attribute attribute = found.next().getAttributes().get(settings.roleAttribute);
                if (attribute != null && attribute.get() instanceof String role && !role.startsWith("*"))
                    roles.add(role);
            }
        } finally {
            found.close();
        }
        return roles;
    }

    /** Hashtable is what JNDI asks for. */
    @SuppressWarnings("JdkObsolete")
    private LdapContext connect(@Nullable String dn, @Nullable String password) throws NamingException {
        var environment = new Hashtable<String, Object>();
        String millis = Long.toString(settings.timeout.toMillis());
        environment.put(Context.INITIAL_CONTEXT_FACTORY, FACTORY);
        environment.put(Context.PROVIDER_URL, settings.url);
        environment.put(Context.REFERRAL, "ignore");
        environment.put("com.sun.jndi.ldap.connect.timeout", millis);
        environment.put("com.sun.jndi.ldap.read.timeout", millis);
        environment.put("com.sun.jndi.ldap.object.trustSerialData", "false");
        environment.put(Context.SECURITY_AUTHENTICATION, "none");
        if (settings.startTls) return encrypted(environment, dn, password);
        if (dn != null && password != null) environment.putAll(credentials(dn, password));
        return new InitialLdapContext(environment, null);
    }

    private static Map<String, String> credentials(String dn, String password) {
        return Map.of(
                Context.SECURITY_AUTHENTICATION,
                "simple",
                Context.SECURITY_PRINCIPAL,
                dn,
                Context.SECURITY_CREDENTIALS,
                password);
    }

    /** Nobody logs in before it is encrypted. */
    @SuppressWarnings("JdkObsolete") // Hashtable is what JNDI asks for
    private LdapContext encrypted(Hashtable<String, Object> environment, @Nullable String dn, @Nullable String password)
            throws NamingException {
        LdapContext context = new InitialLdapContext(environment, null);
        boolean isReady = false;
        try {
            var tls = (StartTlsResponse) context.extendedOperation(new StartTlsRequest());
            tls.negotiate(sockets);
            if (dn != null && password != null) {
                for (var each : credentials(dn, password).entrySet())
                    context.addToEnvironment(each.getKey(), each.getValue());
                context.reconnect(null);
            }
            isReady = true;
            return context;
        } catch (IOException e) {
            var failure = new CommunicationException("no encryption: " + e.getMessage());
            failure.setRootCause(e);
            throw failure;
        } finally {
            if (!isReady) context.close();
        }
    }

    @Override
    public String toString() {
        return "users of " + settings;
    }
}
