package org.dormouse.servlet.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.dormouse.http.Headers;
import org.dormouse.identity.Caller;
import org.dormouse.identity.Logins;
import org.dormouse.identity.Users;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicAuthenticatorTest {
    private final BasicAuthenticator basic = new BasicAuthenticator(
            "jolokia",
            new Logins((name, password) ->
                    name.equals("test") && password.equals("123\u00A3:x") ? new Caller(name, Set.of("r")) : null));

    @Test
    void credentialsInUtf8LogIn() {
        assertThat(authenticate("Basic " + base64("test:123\u00A3:x"))).isEqualTo(new Caller("test", Set.of("r")));
        assertThat(authenticate("bASIC   " + base64("test:123\u00A3:x"))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic dGVzdDoxMjPCozp4 x",
                "Digest dGVzdDoxMjPCozp4",
                "BasicdGVzdDoxMjPCozp4",
                "Basic dGVzdA==",
                "Basic OnRlc3Q=",
                "Basic dGVzdDp4AA==",
                "Basic dGVzdDoxMjOjOng="
            })
    void whatIsNotWellFormedLogsNobodyIn(String field) {
        assertThat(authenticate(field)).isNull();
    }

    @Test
    void wrongPasswordsAndTwoFieldsLogNobodyIn() {
        assertThat(authenticate("Basic " + base64("test:123"))).isNull();
        var headers = new Headers();
        headers.add("Authorization", "Basic " + base64("test:123\u00A3:x"));
        headers.add("authorization", "Basic " + base64("test:123\u00A3:x"));
        assertThat(basic.authenticate(new Brought("GET", "/", headers))).isNull();
        assertThat(basic.authenticate(new Brought("GET", "/", new Headers()))).isNull();
    }

    @Test
    void theChallengeNamesRealmAndCharset() {
        var nobody = new Brought("GET", "/", new Headers());
        assertThat(basic.challenges(nobody)).containsExactly("Basic realm=\"jolokia\", charset=\"UTF-8\"");
        assertThat(new BasicAuthenticator("a\"b\\c\r\nd\u00e9", new Logins(Users.NONE)).challenges(nobody))
                .containsExactly("Basic realm=\"a\\\"b\\\\c??d?\", charset=\"UTF-8\"");
    }

    private @Nullable Caller authenticate(String field) {
        var headers = new Headers();
        headers.add("Authorization", field);
        return basic.authenticate(new Brought("GET", "/", headers));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
