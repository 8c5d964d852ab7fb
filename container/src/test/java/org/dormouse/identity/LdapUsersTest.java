package org.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.dormouse.tls.TestCertificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a directory in memory, over real connections. */
@Timeout(60)
class LdapUsersTest {
    private static InMemoryDirectoryServer directory;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        var config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.addAdditionalBindCredentials("cn=searcher,dc=example,dc=com", "searching");
        config.setListenerConfigs(InMemoryListenerConfig.createLDAPConfig(
                "plain",
                InetAddress.getLoopbackAddress(),
                0,
                TestCertificates.serverContext(TestCertificates.SERVER_EC).getSocketFactory()));
        config.setSchema(null);
        directory = new InMemoryDirectoryServer(config);
        add("dc=example,dc=com", "objectClass: domain", "dc: example");
        add("ou=people,dc=example,dc=com", "objectClass: organizationalUnit", "ou: people");
        add("ou=groups,dc=example,dc=com", "objectClass: organizationalUnit", "ou: groups");
        person("uid=anna,ou=people,dc=example,dc=com", "anna", "secret");
        person("uid=bert,ou=people,dc=example,dc=com", "bert", "hidden");
        person("cn=One\\, Two,ou=people,dc=example,dc=com", "o(n)e*", "three");
        person("uid=a,ou=people,dc=example,dc=com", "twin", "secret");
        person("uid=b,ou=people,dc=example,dc=com", "twin", "secret");
        group("admin", "uid=anna,ou=people,dc=example,dc=com");
        group("user", "uid=anna,ou=people,dc=example,dc=com", "cn=One\\, Two,ou=people,dc=example,dc=com");
        group("*", "uid=anna,ou=people,dc=example,dc=com");
        directory.startListening();
    }

    private static void add(String dn, String... attributes) throws Exception {
        var lines = new String[attributes.length + 1];
        lines[0] = "dn: " + dn;
        System.arraycopy(attributes, 0, lines, 1, attributes.length);
        directory.add(lines);
    }

    private static void person(String dn, String uid, String password) throws Exception {
        add(dn, "objectClass: inetOrgPerson", "uid: " + uid, "sn: x", "cn: One, Two", "userPassword: " + password);
    }

    private static void group(String name, String... members) throws Exception {
        var lines = new String[members.length + 2];
        lines[0] = "objectClass: groupOfNames";
        lines[1] = "cn: " + name;
        for (int i = 0; i < members.length; i++) lines[i + 2] = "member: " + members[i];
        add("cn=" + name + ",ou=groups,dc=example,dc=com", lines);
    }

    @AfterAll
    static void stop() {
        directory.shutDown(true);
    }

    private static String url() {
        return "ldap://127.0.0.1:" + directory.getListenPort();
    }

    private static LdapUsers searching() {
        return new LdapUsers(new LdapUsers.Settings(
                url(),
                false,
                "ou=people,dc=example,dc=com",
                "(uid={0})",
                null,
                "cn=searcher,dc=example,dc=com",
                "searching",
                "ou=groups,dc=example,dc=com",
                "(member={0})",
                "cn",
                Duration.ofSeconds(5)));
    }

    private static LdapUsers byPattern() {
        return new LdapUsers(new LdapUsers.Settings(
                url(),
                false,
                "ou=people,dc=example,dc=com",
                "",
                "uid={0},ou=people,dc=example,dc=com",
                null,
                null,
                "ou=groups,dc=example,dc=com",
                "(member={0})",
                "cn",
                Duration.ofSeconds(5)));
    }

    @Test
    void usersAreFoundAndLogInWithTheRolesThatTheirGroupsAre() {
        LdapUsers users = searching();
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin", "user")));
        assertThat(users.login("bert", "hidden")).isEqualTo(new Caller("bert", Set.of()));
        assertThat(users.login("anna", "hidden")).isNull();
        assertThat(users.login("nobody", "secret")).isNull();
    }

    @Test
    void usersLogInByAPatternWithoutASearch() {
        LdapUsers users = byPattern();
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin", "user")));
        assertThat(users.login("anna", "hidden")).isNull();
        assertThat(users.login("nobody", "secret")).isNull();
    }

    @Test
    void anEmptyPasswordIsNoPassword() {
        assertThat(searching().login("anna", "")).isNull();
        assertThat(byPattern().login("anna", "")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "ann*",
                "anna)(uid=*",
                "anna)(|(uid=*",
                "*)(uid=*))(|(uid=*",
                "anna\\2a",
                "a\u0000",
                "(anna)",
                "anna))(&(uid=anna"
            })
    void whatANameHoldsIsNeverPartOfAFilter(String name) {
        assertThat(searching().login(name, "secret")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"anna,ou=people,dc=example,dc=com", "x+uid=anna", "anna,ou=people", "#616e6e61", "\"anna\""})
    void whatANameHoldsIsNeverPartOfADistinguishedName(String name) {
        assertThat(byPattern().login(name, "secret")).isNull();
        assertThat(LdapUsers.byPattern("uid={0},dc=x", "a,b+c\"\\<>;=#")).startsWith("uid=a\\,b\\+c");
    }

    @Test
    void specialCharactersAreOrdinaryOnes() {
        assertThat(searching().login("o(n)e*", "three")).isEqualTo(new Caller("o(n)e*", Set.of("user")));
    }

    @Test
    void aNameThatTwoHaveIsNobody() {
        assertThat(searching().login("twin", "secret")).isNull();
    }

    @Test
    void aDirectoryThatIsAwayLetsNobodyIn() {
        var settings = new LdapUsers.Settings(
                "ldap://127.0.0.1:1",
                false,
                "o=x",
                "(uid={0})",
                null,
                null,
                null,
                "o=x",
                "(m={0})",
                "cn",
                Duration.ofSeconds(1));
        assertThatThrownBy(() -> new LdapUsers(settings).login("anna", "secret"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be asked");
    }

    private static LdapUsers.Settings encrypted(int port) {
        return new LdapUsers.Settings(
                "ldap://localhost:" + port,
                true,
                "ou=people,dc=example,dc=com",
                "(uid={0})",
                null,
                "cn=searcher,dc=example,dc=com",
                "searching",
                "ou=groups,dc=example,dc=com",
                "(member={0})",
                "cn",
                Duration.ofSeconds(5));
    }

    @Test
    void overStartTlsUsersLogInAsOverAnyConnection() {
        var sockets = TestCertificates.clientContext(null).getSocketFactory();
        var users = new LdapUsers(encrypted(directory.getListenPort()), sockets);
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin", "user")));
        assertThat(users.login("anna", "wrong")).isNull();
        assertThat(users.login("nobody", "secret")).isNull();
    }

    @Test
    void withoutEncryptionThatCanBeTrustedNoPasswordIsSent() throws Exception {
        assertThatThrownBy(() -> new LdapUsers(encrypted(directory.getListenPort())).login("anna", "secret"))
                .as("an authority that the JVM does not know")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no encryption");
        var binds = new ConcurrentLinkedQueue<String>();
        var config = new InMemoryDirectoryServerConfig("dc=example,dc=com");
        config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
            @Override
            public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest bind) {
                binds.add(bind.getRequest().getBindDN());
            }
        });
        var plain = new InMemoryDirectoryServer(config);
        plain.startListening();
        try {
            assertThatThrownBy(() -> new LdapUsers(encrypted(plain.getListenPort())).login("anna", "secret"))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(binds).allMatch(String::isEmpty);
        } finally {
            plain.shutDown(true);
        }
    }

    @Test
    void aPropertiesFileDescribesTheSource() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "searching\n");
        Path file = folder.resolve("users.properties");
        Files.writeString(
                file,
                "source=ldap\nurl=" + url() + "\nuser-base=ou=people,dc=example,dc=com\n"
                        + "bind-dn=cn=searcher,dc=example,dc=com\nbind-password-file=" + secret + "\n"
                        + "role-base=ou=groups,dc=example,dc=com\n");
        Users users = UsersSource.open(file, getClass().getClassLoader());
        assertThat(users.login("anna", "secret")).isEqualTo(new Caller("anna", Set.of("admin", "user")));
        assertThat(users.toString()).doesNotContain("searching");
        Files.writeString(file, "source=ldap\nurl=http://x\nuser-base=o=x\nrole-base=o=x\n");
        assertThatThrownBy(() -> UsersSource.open(file, getClass().getClassLoader()))
                .hasMessageContainingAll("users.properties", "http://x");
    }
}
