package org.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcUsersTest {
    private static final String PASSWORD = "select hash from person where name = ?";
    private static final String ROLES = "select role from part where person = ?";

    private final JdbcDataSource source = new JdbcDataSource();
    private Connection open;

    @TempDir
    Path folder;

    @BeforeEach
    void fill() throws SQLException {
        source.setURL("jdbc:h2:mem:users-" + System.nanoTime());
        open = source.getConnection(); // as long as it is, the database lives
        try (var statement = open.createStatement()) {
            statement.execute("create table person (name varchar(99), hash varchar(200))");
            statement.execute("create table part (person varchar(99), role varchar(99))");
        }
        add("anna", PasswordHash.of("secret", 2_000, new SecureRandom()).toString(), "admin", "*", "**", "");
        add("bert", PasswordHash.of("hidden", 5_000, new SecureRandom()).toString());
        add("plain", "secret", "admin");
        add("twice", PasswordHash.of("one", 2_000, new SecureRandom()).toString());
        add("twice", PasswordHash.of("two", 2_000, new SecureRandom()).toString());
    }

    @AfterEach
    void close() throws SQLException {
        open.close();
    }

    private void add(String name, String hash, String... roles) throws SQLException {
        try (var person = open.prepareStatement("insert into person values (?, ?)");
                var part = open.prepareStatement("insert into part values (?, ?)")) {
            person.setString(1, name);
            person.setString(2, hash);
            person.execute();
            for (String role : roles) {
                part.setString(1, name);
                part.setString(2, role);
                part.execute();
            }
        }
    }

    @Test
    void usersLogInWithTheirRoles() {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin")));
        assertThat(users.login("bert", "hidden")).isEqualTo(new Caller("bert", Set.of()));
        assertThat(users.login("anna", "hidden")).isNull();
        assertThat(users.login("nobody", "secret")).isNull();
    }

    @Test
    void aNameIsAValueAndNeverPartOfTheQuery() {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        for (String name : new String[] {"anna' or '1'='1", "' union select hash from person where name='anna", "%"})
            assertThat(users.login(name, "secret")).as(name).isNull();
    }

    @Test
    void aNameThatIsThereTwiceIsNobody() {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        assertThat(users.login("twice", "one")).isNull();
        assertThat(users.login("twice", "two")).isNull();
    }

    @Test
    void aPlainPasswordInADatabaseIsAnErrorAndLetsNobodyIn() {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        assertThatThrownBy(() -> users.login("plain", "secret"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in no known form")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void aNameThatIsNotThereCostsAsMuchAsTheDearestThatWasMet() {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        users.login("bert", "wrong");
        for (String name : new String[] {"anna", "bert", "nobody"}) {
            long before = PasswordHash.iterationsSpent();
            users.login(name, "wrong");
            assertThat(PasswordHash.iterationsSpent() - before).as(name).isEqualTo(5_000);
        }
    }

    @Test
    void aDatabaseThatIsAwayLetsNobodyIn() throws SQLException {
        Users users = JdbcUsers.forTest(source, PASSWORD, ROLES);
        try (var statement = open.createStatement()) {
            statement.execute("drop table part");
        }
        assertThatThrownBy(() -> users.login("anna", "secret"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be asked");
        try (var statement = open.createStatement()) {
            statement.execute("drop table person");
        }
        assertThatThrownBy(() -> users.login("nobody", "secret")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aQueryHasOneParameter() {
        assertThatThrownBy(() -> JdbcUsers.forTest(source, "select 1", ROLES)).hasMessageContaining("password-query");
        assertThatThrownBy(() -> JdbcUsers.forTest(source, PASSWORD, "select ? + ?"))
                .hasMessageContaining("roles-query");
    }

    @Test
    void aPropertiesFileDescribesTheSource() throws IOException {
        Path file = folder.resolve("users.properties");
        String settings = "source=jdbc\nurl=" + source.getURL() + "\npassword-query=" + PASSWORD + "\nroles-query="
                + ROLES + "\n";
        Files.writeString(file, settings);
        Users users = UsersSource.open(file, getClass().getClassLoader());
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin")));

        Files.writeString(file, settings + "pool-size=3\n");
        assertThatThrownBy(() -> UsersSource.open(file, getClass().getClassLoader()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("users.properties", "pool-size");
        Files.writeString(file, settings.replace("source=jdbc", "source=oracle"));
        assertThatThrownBy(() -> UsersSource.open(file, getClass().getClassLoader()))
                .hasMessageContainingAll("oracle", "file", "jdbc", "ldap");
    }
}
