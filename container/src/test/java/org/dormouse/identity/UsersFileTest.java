package org.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersFileTest {
    /** {@code hashlib.pbkdf2_hmac('sha256', 's3cr\u00e9t'.encode(), b'0123456789abcdef', 5000)} */
    private static final String PYTHON_HASHLIB =
            "{pbkdf2-sha256}5000$MDEyMzQ1Njc4OWFiY2RlZg==$KhKdlRh6RLFWTCmOYXQguKxX0qpJwuKB6MUrZPunFoA=";

    @TempDir
    Path folder;

    @Test
    void plainAndHashedPasswordsLogIn() throws IOException {
        String hashed = PasswordHash.of("s:e:cret", 2_000, new SecureRandom()).toString();
        Users users = read("# users\n\n  anna:" + hashed + ":admin, jolokia\nbert:pass:word:\ncarl: x :role\n");
        assertThat(users.login("anna", "s:e:cret")).isEqualTo(new Caller("anna", Set.of("admin", "jolokia")));
        assertThat(users.login("anna", "s:e:cret")).isNotNull();
        assertThat(users.login("bert", "pass:word")).isEqualTo(new Caller("bert", Set.of()));
        assertThat(users.login("carl", " x ")).isNotNull();
        assertThat(users.login("carl", "x")).isNull();
        assertThat(users.login("anna", hashed)).isNull();
        assertThat(users.login("anna", "")).isNull();
        assertThat(users.login("Anna", "s:e:cret")).isNull();
        assertThat(users.login("dora", "pass:word")).isNull();
        assertThat(users.toString()).doesNotContain("anna");
    }

    @Test
    void whoHasACertificateIsKnownByItsSubjectOrItsCommonNameAndByNoPassword() throws IOException {
        Users users = read("cn=Ann Lee, O=Example:{certificate}:admin\nbert:{certificate}:user\ncarl:secret:user\n");
        var ann = new X500Principal("CN=Ann Lee,O=Example");
        assertThat(users.certified(ann, "Ann Lee")).isEqualTo(new Caller("cn=Ann Lee, O=Example", Set.of("admin")));
        assertThat(users.certified(new X500Principal("CN=Ann Lee,O=Other"), "Ann Lee"))
                .isNull();
        var bert = new X500Principal("CN=bert,O=Anything");
        assertThat(users.certified(bert, "bert")).isEqualTo(new Caller("bert", Set.of("user")));
        assertThat(users.certified(bert, null)).isNull();
        assertThat(users.certified(new X500Principal("CN=carl"), "carl"))
                .as("has a password")
                .isNull();
        for (String guess : List.of("{certificate}", "", "certificate"))
            assertThat(users.login("bert", guess)).isNull();
        assertThatThrownBy(() -> read("ann=lee=x:{certificate}:r"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 1: ann=lee=x is no subject of a certificate");
    }

    @Test
    void accentsCompareInOneForm() throws IOException {
        Users users = read("jos\u00e9:caf\u00e9:r\n");
        assertThat(users.login("jose\u0301", "cafe\u0301")).isNotNull();
    }

    @Test
    void theHashOfTheCommandIsReadBackAndIsNewEachTime() throws IOException {
        String hash = UsersFile.hash("geheim");
        assertThat(hash)
                .matches("\\{pbkdf2-sha256}600000\\$[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+")
                .doesNotContain(":");
        assertThat(UsersFile.hash("geheim")).isNotEqualTo(hash);
        assertThat(read("anna:" + hash + ":r").login("anna", "geheim")).isNotNull();
        assertThatThrownBy(() -> UsersFile.hash("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHashMadeByAnotherImplementationMatches() {
        PasswordHash hash = PasswordHash.parse(PYTHON_HASHLIB);
        assertThat(hash.matches("s3cr\u00e9t")).isTrue();
        assertThat(hash.matches("s3cret")).isFalse();
        assertThat(hash.toString()).isEqualTo(PYTHON_HASHLIB);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            anna                              | expected name:password:role,role
            anna:x                            | expected name:password:role,role
            :x:r                              | name is empty
            anna::r                           | password of anna is empty
            anna:x:r,,s                       | a role is empty
            anna:x:*                          | no role can be called *
            anna:x:**                         | no role can be called **
            anna:{md5}abc:r                   | unknown password scheme {md5}
            anna:{pbkdf2-sha256}1$2:r         | found 2 parts
            anna:$argon2id$v=16$m=1,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA:r | expected $argon2id$v=19
            anna:$argon2id$v=19$m=9999999,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA:r | memory 9999999
            anna:{ha1}r$abc:r                 | hash of 3 characters
            anna:{ha1}r:x                     | expected {ha1}realm$hash
            anna:{pbkdf2-sha256}x$AA$AA:r     | iterations is not a number
            anna:{pbkdf2-sha256}1$AA==$AA==:r | 1 iterations
            anna:{pbkdf2-sha256}99999999$AA==$AA==:r | 99999999 iterations
            anna:{pbkdf2-sha256}2000$!!$AA==:r       | salt is not base64
            anna:{pbkdf2-sha256}2000$AA==$AA==:r     | salt of 1 bytes
            anna:{pbkdf2-sha256}2000$AAAAAAAAAAAA$AA==:r | hash of 1 bytes
            """)
    void aLineThatIsNotUnderstoodIsNamedWithItsReason(String line, String reason) {
        assertThatThrownBy(() -> read("#\n" + line + "\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("users.txt", "line 2", reason);
    }

    @Test
    void aUserTwiceIsRefusedAndPasswordsAreNotRepeated() {
        assertThatThrownBy(() -> read("a:tell-nobody:r\na:tell-nobody:r\n"))
                .hasMessageContaining("line 2: user a again")
                .message()
                .doesNotContain("tell-nobody");
    }

    @Test
    void aMissingOrUnreadableFileIsAnError() throws IOException {
        assertThatThrownBy(() -> UsersFile.read(folder.resolve("none.txt"))).isInstanceOf(IOException.class);
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {'a', (byte) 0xFF, '\n'});
        assertThatThrownBy(() -> UsersFile.read(binary)).hasMessageContaining("not UTF-8");
    }

    @Test
    void everyAttemptCostsAsMuchAsTheDearestUser() throws IOException {
        var random = new SecureRandom();
        Users users = read("a:" + PasswordHash.of("x", 2_000, random) + ":\nb:" + PasswordHash.of("x", 5_000, random)
                + ":\nc:x:\n");
        for (String name : List.of("a", "b", "c", "nobody")) {
            long before = PasswordHash.iterationsSpent();
            users.login(name, "wrong");
            assertThat(PasswordHash.iterationsSpent() - before).as(name).isEqualTo(5_000);
        }
    }

    @Test
    void rememberedLoginsAreBoundedAndHoldNoPassword() {
        var logins = new VerifiedLogins(3, TimeUnit.MINUTES.toNanos(10), new SecureRandom(), () -> 0);
        for (int i = 0; i < 10; i++)
            logins.remember(logins.digest("name", "192.0.2.1", "secret" + i), new Caller("name", Set.of()));
        assertThat(logins.size()).isEqualTo(3);
        assertThat(logins.find(logins.digest("name", "192.0.2.1", "secret9"))).isNotNull();
        assertThat(logins.find(logins.digest("name", "192.0.2.1", "secret0"))).isNull();
        assertThat(logins.find(logins.digest("names", "192.0.2.1", "ecret9"))).isNull();
        assertThat(logins.toString()).doesNotContain("secret", "name ");
        assertThat(logins.digest("name", "192.0.2.1", "secret")).doesNotContain("secret");
    }

    @Test
    void rememberedLoginsAreCheckedAgainAfterTenMinutes() {
        var now = new AtomicLong(Long.MAX_VALUE);
        var logins = new VerifiedLogins(3, TimeUnit.MINUTES.toNanos(10), new SecureRandom(), now::get);
        String digest = logins.digest("name", "192.0.2.1", "secret");
        logins.remember(digest, new Caller("name", Set.of()));
        now.addAndGet(TimeUnit.MINUTES.toNanos(10) - 1);
        assertThat(logins.find(digest)).isNotNull();
        now.incrementAndGet();
        assertThat(logins.find(digest)).isNull();
        assertThat(logins.size()).isZero();
    }

    /** Of the password {@code password}, from the test vectors of the reference implementation. */
    private static final String ARGON2_REFERENCE =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    @Test
    void passwordsHashedWithArgon2LogIn() throws IOException {
        String hash = UsersFile.hashWithArgon2("geheim");
        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        Users users = read("anna:" + hash + ":admin\n");
        assertThat(users.login("anna", "geheim")).isEqualTo(new Caller("anna", Set.of("admin")));
        assertThat(users.login("anna", "Geheim")).isNull();
        assertThat(PasswordHash.parse(hash).toString()).isEqualTo(hash);
    }

    @Test
    void argon2IsThatOfOthers() {
        assertThat(PasswordHash.parse(ARGON2_REFERENCE).matches("password")).isTrue();
    }

    @Test
    void usersWithBothSchemesCostAllTheSame() throws IOException {
        var random = new SecureRandom();
        String argon2 = PasswordHash.argon2("x", random).toString();
        Users users = read("a:" + PasswordHash.of("x", 2_000, random) + ":\nb:" + argon2 + ":\nc:x:\n");
        for (String name : List.of("a", "b", "c", "nobody")) {
            long before = PasswordHash.iterationsSpent();
            users.login(name, "wrong");
            assertThat(PasswordHash.iterationsSpent() - before).as(name).isEqualTo(2_000 + 2 * 19_456);
        }
    }

    @Test
    void whoMayLogInByDigestHasAPlainPasswordOrItsHashForTheRealm() throws IOException {
        String sha = DigestSecret.of("bert", "the realm", "hidden", "SHA-256");
        Users users = read("anna:secret:admin\nbert:{ha1}the realm$" + sha + ":user\ncarl:"
                + PasswordHash.of("x", 2_000, new SecureRandom()) + ":\n");
        assertThat(users.hasDigests()).isTrue();
        assertThat(users.digest("anna", "r", "MD5"))
                .isEqualTo(new Users.Digested(
                        new Caller("anna", Set.of("admin")), DigestSecret.of("anna", "r", "secret", "MD5")));
        assertThat(users.digest("bert", "the realm", "SHA-256"))
                .isEqualTo(new Users.Digested(new Caller("bert", Set.of("user")), sha));
        assertThat(users.digest("bert", "another", "SHA-256")).isNull();
        assertThat(users.digest("bert", "the realm", "MD5")).isNull();
        assertThat(users.digest("carl", "the realm", "SHA-256")).isNull();
        assertThat(users.login("bert", "hidden")).isNotNull();
        assertThat(users.login("bert", "wrong")).isNull();
        assertThat(users.login("bert", sha)).isNull();
    }

    private Users read(String content) throws IOException {
        return UsersFile.read(Files.writeString(folder.resolve("users.txt"), content));
    }
}
