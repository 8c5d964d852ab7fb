package org.dormouse.servlet.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.http.Headers;
import org.dormouse.identity.Caller;
import org.dormouse.identity.LoginLimits;
import org.dormouse.identity.Logins;
import org.dormouse.identity.UsersFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestAuthenticatorTest {
    private static final String TARGET = "/dir/index.html?a=b";

    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);
    private DigestAuthenticator digest;

    @BeforeEach
    void make() throws Exception {
        digest = make(LoginLimits.DEFAULT);
    }

    private DigestAuthenticator make(LoginLimits limits) throws Exception {
        Path file = Files.writeString(
                folder.resolve("users.txt"), "anna:secret:admin\njos\u00e9:\u043f\u0430\u0440\u043e\u043b\u044c:\n");
        var logins = new Logins(UsersFile.read(file), limits, nanos::get);
        return new DigestAuthenticator("the \"realm\"", List.of("SHA-256", "MD5"), logins, nanos::get, 10);
    }

    private String nonce() {
        String challenge =
                digest.challenges(new Brought("GET", TARGET, new Headers())).getFirst();
        int at = challenge.indexOf("nonce=\"") + 7;
        return challenge.substring(at, challenge.indexOf('"', at));
    }

    private static String credentials(String algorithm, String name, String password, String nonce, String nc) {
        return credentials(algorithm, name, password, nonce, nc, "GET", TARGET);
    }

    private static String credentials(
            String algorithm, String name, String password, String nonce, String nc, String method, String uri) {
        String ha1 = DigestAuthenticator.hash(algorithm, name + ":the \"realm\":" + password);
        String response = DigestAuthenticator.response(algorithm, ha1, nonce, nc, "0a4f", method, uri);
        String bytes = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return "Digest username=\"" + bytes + "\", realm=\"the \\\"realm\\\"\", uri=\"" + uri + "\", algorithm="
                + algorithm + ", nonce=\"" + nonce + "\", nc=" + nc + ", cnonce=\"0a4f\", qop=auth, response=\""
                + response + "\"";
    }

    private @Nullable Caller authenticate(String... fields) {
        return digest.authenticate(request(fields));
    }

    private static Brought request(String... fields) {
        var headers = new Headers();
        for (String field : fields) headers.add("Authorization", field);
        return new Brought("GET", TARGET, headers);
    }

    @ParameterizedTest
    @CsvSource({
        "SHA-256,753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        "MD5,8ca523f5e9506fed4657c9700eebdbec"
    })
    void theExamplesOfTheRfcHold(String algorithm, String response) {
        String ha1 = DigestAuthenticator.hash(algorithm, "Mufasa:http-auth@example.org:Circle of Life");
        assertThat(DigestAuthenticator.response(
                        algorithm,
                        ha1,
                        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                        "00000001",
                        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                        "GET",
                        "/dir/index.html"))
                .isEqualTo(response);
    }

    @Test
    void aChallengeForEachAlgorithmIsAnsweredByWhoKnowsThePassword() {
        List<String> challenges = digest.challenges(request());
        assertThat(challenges).hasSize(2);
        assertThat(challenges.get(0))
                .startsWith("Digest realm=\"the \\\"realm\\\"\", qop=\"auth\", algorithm=SHA-256, nonce=\"")
                .endsWith("charset=UTF-8");
        assertThat(challenges.get(1)).contains("algorithm=MD5");
        for (String algorithm : List.of("SHA-256", "MD5")) {
            assertThat(authenticate(credentials(algorithm, "anna", "secret", nonce(), "00000001")))
                    .isEqualTo(new Caller("anna", Set.of("admin")));
            assertThat(authenticate(credentials(algorithm, "anna", "wrong", nonce(), "00000001")))
                    .isNull();
            assertThat(authenticate(credentials(algorithm, "nobody", "secret", nonce(), "00000001")))
                    .isNull();
        }
    }

    @Test
    void namesAndPasswordsMayHaveAnyCharacters() {
        String password = "\u043f\u0430\u0440\u043e\u043b\u044c";
        assertThat(authenticate(credentials("SHA-256", "jos\u00e9", password, nonce(), "00000001")))
                .isNotNull();
        assertThat(authenticate(credentials("SHA-256", "jos\u00e9", "??????", nonce(), "00000001")))
                .isNull();
        String extended = credentials("SHA-256", "jos\u00e9", password, nonce(), "00000001")
                .replaceFirst("username=\"[^\"]*\"", "username*=UTF-8''jos%C3%A9");
        assertThat(authenticate(extended)).isNotNull();
    }

    @Test
    void eachCountOfANonceIsTakenOnceInAnyOrder() {
        String nonce = nonce();
        for (String nc : List.of("00000001", "00000003", "00000002", "0000000a", "00000009"))
            assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, nc)))
                    .as(nc)
                    .isNotNull();
        for (String nc : List.of("00000001", "00000002", "00000003", "0000000A"))
            assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, nc)))
                    .as("again " + nc)
                    .isNull();
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, "00000100")))
                .isNotNull();
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, "00000004")))
                .as("too far behind")
                .isNull();
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, "00000000")))
                .isNull();
    }

    @Test
    void aNonceThatIsTooOldIsStaleAndNoFailure() {
        String nonce = nonce();
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(5));
        for (int i = 1; i < 20; i++) {
            var late = request(credentials("SHA-256", "anna", "secret", nonce, "0000000" + i % 10));
            assertThat(digest.authenticate(late)).isNull();
            assertThat(digest.challenges(late)).allMatch(each -> each.endsWith(", stale=true"));
        }
        var wrong = request(credentials("SHA-256", "anna", "wrong", nonce(), "00000001"));
        assertThat(digest.authenticate(wrong)).isNull();
        assertThat(digest.challenges(wrong)).noneMatch(each -> each.contains("stale"));
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce(), "00000001")))
                .isNotNull();
    }

    @Test
    void whereThereIsNoRoomForANonceItIsForgottenAndNeverTakenAgain() throws Exception {
        Duration minute = Duration.ofMinutes(1);
        digest = make(new LoginLimits(100, 100, 100, minute, 10, minute));
        var nonces = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            nonces.add(nonce());
            nanos.incrementAndGet();
        }
        for (String nonce : nonces)
            assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, "00000001")))
                    .isNotNull();
        for (String nonce : nonces)
            assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce, "00000001")))
                    .as("replayed")
                    .isNull();
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonces.getLast(), "00000002")))
                .isNotNull();
    }

    @Test
    void noncesOfOthersAreNotTaken() {
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", "bm9uY2U", "00000001")))
                .isNull();
        String nonce = nonce();
        char first = nonce.charAt(0) == 'A' ? 'B' : 'A';
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", first + nonce.substring(1), "00000001")))
                .isNull();
    }

    @Test
    void aResponseIsForOneMethodAndOneTarget() {
        assertThat(authenticate(credentials("SHA-256", "anna", "secret", nonce(), "00000001", "POST", TARGET)))
                .isNull();
        assertThat(authenticate(
                        credentials("SHA-256", "anna", "secret", nonce(), "00000001", "GET", "/dir/index.html")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qop=auth->qop=auth-int",
                ", qop=auth->",
                "nc=00000001->nc=1",
                "nc=00000001->nc=0000000g",
                "cnonce=\"0a4f\"->cnonce=\"\"",
                "algorithm=SHA-256->algorithm=SHA-512-256",
                "algorithm=SHA-256->algorithm=SHA-256-sess",
                "algorithm=SHA-256->algorithm=MD5",
                "realm=\"the->realm=\"a",
                "username=\"anna\"->username=\"\"",
                "username=\"anna\"->username=\"anna",
                "username=\"anna\"->username=\"anna\", username=\"anna\"",
                "username=\"anna\"->username=\"anna\", username*=UTF-8''anna",
                "username=\"anna\"->username*=ISO-8859-1''anna",
                "username=\"anna\"->username=\"anna\", userhash=true",
                "Digest ->Basic ",
                "response=->answer="
            })
    void whatIsNotWellFormedOrNotOfferedLogsNobodyIn(String change) {
        String[] parts = change.split("->", -1);
        String changed = credentials("SHA-256", "anna", "secret", nonce(), "00000001")
                .replace(parts[0], parts.length > 1 ? parts[1] : "");
        assertThat(authenticate(changed)).isNull();
    }

    @Test
    void twoFieldsLogNobodyIn() {
        String right = credentials("SHA-256", "anna", "secret", nonce(), "00000001");
        assertThat(authenticate(right, right)).isNull();
        assertThat(authenticate(right)).isNotNull();
    }
}
