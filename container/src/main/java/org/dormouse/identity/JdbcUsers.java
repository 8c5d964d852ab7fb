package org.dormouse.identity;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Users in a database: one query for the hashed password of a name, one for its roles. Passwords are in the forms of a users file, hashed;
 * plain ones are no passwords here. Any thread, as its connections allow.
 */
public final class JdbcUsers implements Users {
    private static final int MAX_ROLES = 1000;

    private final Connections connections;
    private final String passwordQuery;
    private final String rolesQuery;
    private final int timeoutSeconds;
    private final StoredPasswords passwords;

    private interface Connections {
        Connection open() throws SQLException;
    }

    private JdbcUsers(
            Connections connections,
            String passwordQuery,
            String rolesQuery,
            Duration timeout,
            StoredPasswords passwords) {
        this.connections = connections;
        this.passwordQuery = withOneParameter("password-query", passwordQuery);
        this.rolesQuery = withOneParameter("roles-query", rolesQuery);
        this.timeoutSeconds = Math.clamp(timeout.toSeconds(), 1, 600);
        this.passwords = passwords;
    }

    /**
     * Users whom {@code source} knows.
     *
     * @param passwordQuery its one parameter is the name, its first column the hashed password; more than one row is nobody's
     * @param rolesQuery its one parameter is the name, its first column a role
     * @param timeout of each query, 1 s to 10 min
     * @throws IllegalArgumentException if a query has not one {@code ?}
     */
    public static JdbcUsers of(DataSource source, String passwordQuery, String rolesQuery, Duration timeout) {
        return new JdbcUsers(source::getConnection, passwordQuery, rolesQuery, timeout, new StoredPasswords());
    }

    static JdbcUsers forTest(DataSource source, String passwordQuery, String rolesQuery) {
        return new JdbcUsers(
                source::getConnection, passwordQuery, rolesQuery, Duration.ofSeconds(5), StoredPasswords.cheap());
    }

    /** By settings {@code url}, {@code user}, {@code password}, {@code password-file}, {@code password-query}, {@code roles-query}. */
    static Users open(Map<String, String> settings) throws Exception {
        var read = new SourceSettings(settings);
        String url = read.required("url");
        var properties = new Properties();
        String user = read.optional("user");
        String password = read.secret("password");
        if (user != null) properties.setProperty("user", user);
        if (password != null) properties.setProperty("password", password);
        String passwordQuery = read.required("password-query");
        String rolesQuery = read.required("roles-query");
        Duration timeout = read.seconds("timeout", 5);
        read.noMore();
        var users = new JdbcUsers(
                () -> DriverManager.getConnection(url, properties),
                passwordQuery,
                rolesQuery,
                timeout,
                new StoredPasswords());
        users.connections.open().close(); // who cannot be asked is told at the start
        return users;
    }

    private static String withOneParameter(String what, String query) {
        if (query.chars().filter(c -> c == '?').count() != 1)
            throw new IllegalArgumentException(what + " must have one ?, for the name: " + query);
        return query;
    }

    @Override
    public @Nullable Caller login(String name, String password) {
        try (Connection connection = connections.open()) {
            String stored = password(connection, name);
            if (!passwords.matches(stored, password)) return null;
            return new Caller(name, roles(connection, name));
        } catch (SQLException e) {
            throw new IllegalStateException("the database of users cannot be asked: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the database of users has a password in no known form: " + e.getMessage(), e);
        }
    }

    private @Nullable String password(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(passwordQuery)) {
            statement.setQueryTimeout(timeoutSeconds);
            statement.setString(1, name);
            statement.setMaxRows(2);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) return null;
                String stored = rows.getString(1);
                return rows.next() ? null : stored;
            }
        }
    }

    private Set<String> roles(Connection connection, String name) throws SQLException {
        var roles = new LinkedHashSet<String>();
        try (PreparedStatement statement = connection.prepareStatement(rolesQuery)) {
            statement.setQueryTimeout(timeoutSeconds);
            statement.setString(1, name);
            statement.setMaxRows(MAX_ROLES);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String role = rows.getString(1);
                    if (role != null && !role.isEmpty() && !role.equals("*") && !role.equals("**")) roles.add(role);
                }
            }
        }
        return roles;
    }
}
