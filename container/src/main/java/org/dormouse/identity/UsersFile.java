package org.dormouse.identity;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a server from a file in UTF-8, one a line, {@code name:password:role,role}; lines that begin with {@code #} and empty ones
 * are skipped. The password is a hash as {@link #hash} makes it, or plain, which is warned of; or {@code {certificate}} for one who has none,
 * but a certificate: the name is its subject ({@code CN=ann,O=Example}) or its common name. Read once. Safe for many threads.
 */
public final class UsersFile implements Users {
    private static final Logger LOG = LoggerFactory.getLogger(UsersFile.class);
    /** Bytes of a users file; a larger one is something else. */
    private static final long MAX_BYTES = 16 * 1024 * 1024;
    /** Characters of a password that are looked at; PBKDF2 itself has no limit. */
    private static final int MAX_CHARACTERS = 1024;

    /** Whose password nobody has, for names that are not in the file: a password has at least one character. */
    private static final User NOBODY = new User(new Caller("nobody", Set.of()), null, null, "");

    /** In the place of a password. */
    private static final String BY_CERTIFICATE = "{certificate}";

    private final Map<String, User> users;
    /** Those who log in by certificate, by common name or by subject in its canonical form. */
    private final Map<String, Caller> certified = new HashMap<>();

    /** That of the dearest user: what every attempt costs, whoever is named. */
    private final PasswordHash.Cost cost;

    /** One of {@code hash}, {@code digest} and {@code plain} is set, or none: then there is no password that fits. */
    private record User(
            Caller caller,
            @Nullable PasswordHash hash,
            @Nullable DigestSecret digest,
            @Nullable String plain) {
        PasswordHash.Cost cost() {
            return hash == null ? PasswordHash.Cost.NONE : hash.cost();
        }

        boolean hasCertificate() {
            return hash == null && digest == null && plain == null;
        }

        boolean hasPassword(String password) {
            if (hash != null) return hash.matches(password);
            if (digest != null) return digest.matches(caller.name(), password);
            return plain != null && PasswordHash.equal(plain, password);
        }

        @Nullable
        String ha1(String realm, String algorithm) {
            if (digest != null) return digest.find(realm, algorithm);
            return plain == null ? null : DigestSecret.of(caller.name(), realm, plain, algorithm);
        }
    }

    private UsersFile(Map<String, User> users) {
        this.users = users;
        for (User user : users.values())
            if (user.hasCertificate()) certified.put(certifiedName(user.caller.name()), user.caller);
        this.cost = users.values().stream().map(User::cost).reduce(PasswordHash.Cost.NONE, PasswordHash.Cost::most);
    }

    /**
     * Reads a users file.
     *
     * @throws IOException if it cannot be read, is too large, or has a line that is not understood: the message has file, line and reason
     */
    public static UsersFile read(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES)
            throw new IOException("users file " + file + " has " + bytes + " bytes, limit " + MAX_BYTES);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (MalformedInputException e) {
            throw new IOException("users file " + file + " is not UTF-8", e);
        }
        var users = new HashMap<String, User>();
        int plain = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) continue;
            try {
                User user = parse(line);
                if (users.putIfAbsent(user.caller.name(), user) != null) {
                    throw new IllegalArgumentException("user " + user.caller.name() + " again");
                }
                if (user.plain != null) plain++;
            } catch (IllegalArgumentException e) {
                throw new IOException("users file " + file + " line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (plain > 0) {
            LOG.warn(
                    "users file {} has {} in plain text; `dormouse hash-password` makes the hashed form",
                    file,
                    plain == 1 ? "1 password" : plain + " passwords");
        }
        return new UsersFile(Map.copyOf(users));
    }

    /** Hashes a password with Argon2id, as {@link #hash}; needs Bouncy Castle on the class path. */
    public static String hashWithArgon2(String password) {
        if (password.isEmpty()) throw new IllegalArgumentException("the password is empty");
        return PasswordHash.argon2(password, new SecureRandom()).toString();
    }

    /** Hashes a password for a users file, with a new salt. Slow on purpose. */
    public static String hash(String password) {
        if (password.isEmpty()) throw new IllegalArgumentException("the password is empty");
        return PasswordHash.of(password, PasswordHash.DEFAULT_ITERATIONS, new SecureRandom())
                .toString();
    }

    /** A name and a hash have no colon in them, nor has a role; a plain password may. */
    private static User parse(String line) {
        int first = line.indexOf(':');
        int last = line.lastIndexOf(':');
        if (first < 0 || first == last) throw new IllegalArgumentException("expected name:password:role,role");
        String name = PasswordHash.normalized(line.substring(0, first).strip());
        String password = line.substring(first + 1, last);
        if (name.isEmpty()) throw new IllegalArgumentException("the name is empty");
        if (password.isEmpty()) throw new IllegalArgumentException("the password of " + name + " is empty");
        if (password.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("the password of " + name + " is longer than " + MAX_CHARACTERS);
        }
        var caller = new Caller(name, roles(line.substring(last + 1)));
        if (password.equals(BY_CERTIFICATE)) {
            certifiedName(name); // which checks it
            return new User(caller, null, null, null);
        }
        if (DigestSecret.isOne(password)) return new User(caller, null, DigestSecret.parse(password), null);
        return PasswordHash.isHashed(password)
                ? new User(caller, PasswordHash.parse(password), null, null)
                : new User(caller, null, null, password);
    }

    /** A common name as it is; what has an equals sign is a subject. */
    private static String certifiedName(String name) {
        if (name.indexOf('=') < 0) return name;
        try {
            return new X500Principal(name).getName(X500Principal.CANONICAL);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is no subject of a certificate, as in CN=ann,O=Example", e);
        }
    }

    @Override
    public @Nullable Caller certified(X500Principal subject, @Nullable String commonName) {
        Caller known = certified.get(subject.getName(X500Principal.CANONICAL));
        if (known != null || commonName == null || commonName.indexOf('=') >= 0) return known;
        return certified.get(PasswordHash.normalized(commonName));
    }

    private static Set<String> roles(String text) {
        var roles = new LinkedHashSet<String>();
        if (text.isBlank()) return roles;
        for (String role : text.split(",", -1)) {
            String name = role.strip();
            if (name.isEmpty()) throw new IllegalArgumentException("a role is empty");
            if (name.equals("*") || name.equals("**"))
                throw new IllegalArgumentException("no role can be called " + name);
            roles.add(name);
        }
        return roles;
    }

    @Override
    public @Nullable Caller login(String name, String password) {
        if (password.isEmpty() || password.length() > MAX_CHARACTERS) return null;
        User user = users.getOrDefault(PasswordHash.normalized(name), NOBODY);
        PasswordHash.spend(password, cost.minus(user.cost()));
        return user.hasPassword(password) ? user.caller : null;
    }

    @Override
    public boolean hasDigests() {
        return users.values().stream().anyMatch(user -> user.plain != null || user.digest != null);
    }

    @Override
    public @Nullable Digested digest(String name, String realm, String algorithm) {
        User user = users.get(PasswordHash.normalized(name));
        String hash = user == null ? null : user.ha1(realm, algorithm);
        return user == null || hash == null ? null : new Digested(user.caller, hash);
    }

    /** How many users there are; none of their data is ever shown. */
    public int size() {
        return users.size();
    }

    @Override
    public String toString() {
        return users.size() + " users";
    }
}
