package org.dormouse.servlet.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.dormouse.http.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /foo/bar                  | /foo/bar
            /foo/bar;jsessionid=1234  | /foo/bar
            /foo/bar/                 | /foo/bar/
            /foo/bar/;jsessionid=1234 | /foo/bar/
            /foo;/bar;                | /foo/bar
            /foo;/bar;/;              | /foo/bar/
            /foo/b%25r                | /foo/b%r
            /foo/./bar                | /foo/bar
            /foo/././bar              | /foo/bar
            /./foo/bar                | /foo/bar
            /foo/bar/.                | /foo/bar
            /foo/bar/./               | /foo/bar/
            /foo/bar/./;              | /foo/bar/
            /foo/.bar                 | /foo/.bar
            /foo/...                  | /foo/...
            /foo/../bar               | /bar
            /foo/./../bar             | /bar
            /foo/bar/..               | /foo
            /foo/bar/../              | /foo/
            /foo/bar/../;             | /foo/
            /foo/..bar                | /foo/..bar
            /foo/pass:[...]/bar       | /foo/pass:[...]/bar
            /foo//bar                 | /foo/bar
            //foo//bar//              | /foo/bar/
            /foo//../bar              | /bar
            /foo%E2%82%ACbar          | /foo€bar
            /foo%20bar                | /foo bar
            /foo/%74%6F%6D            | /foo/tom
            /                         | /
            //                        | /
            /.                        | /
            /./                       | /
            /foo/..                   | /
            /foo/../                  | /
            """)
    void examplesOfTheSpecificationAreDecodedAsItSays(String raw, String expected) throws BadRequest {
        assertThat(CanonicalPath.of(raw)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            foo/bar                | does not begin with /
            foo/bar/               | does not begin with /
            ./foo/bar/             | does not begin with /
            %2e/foo/bar/           | does not begin with /
            ;/foo/bar/             | does not begin with /
            ''                     | does not begin with /
            /foo%00/bar/           | control character 0
            /foo%7Fbar             | control character 127
            /foo%C2%85bar          | control character 133
            /foo%0d%0abar          | control character 13
            /foo%2Fbar             | encoded /
            /foo%2fbar             | encoded /
            /foo%2Fb%25r           | encoded /
            /foo\\bar              | backslash
            /foo%5Cbar             | encoded backslash
            /foo%5cbar             | encoded backslash
            /foo;%2F/bar           | encoded /
            /foo;%00/bar           | control character 0
            /foo;%zz/bar           | bad escape
            /foo/%2e/bar           | encoded dot segment
            /foo/.;/bar            | dot segment with parameters
            /foo/%2e;/bar          | dot segment with parameters
            /foo/.%2Fbar           | encoded /
            /foo/.%5Cbar           | encoded backslash
            /foo/bar/.;            | dot segment with parameters
            /foo/../../bar         | above the root
            /../foo/bar            | above the root
            /foo/%2e%2E/bar        | encoded dot segment
            /foo/.%2e/bar          | encoded dot segment
            /foo/%2e%2e/%2E%2E/bar | encoded dot segment
            /foo/..;/bar           | dot segment with parameters
            /foo/..;x=y/bar        | dot segment with parameters
            /foo/%2e%2E;/bar       | dot segment with parameters
            /foo/..%3b/bar         | encoded ;
            /foo/.%3Bx/bar         | encoded ;
            /foo/%2e%2e%3bx/bar    | encoded ;
            /foo/..%2Fbar          | encoded /
            /foo/..%5Cbar          | encoded backslash
            /foo/bar/..;           | dot segment with parameters
            /;/foo;/;/bar/;/;      | empty segment with parameters
            /foo/;/../bar          | empty segment with parameters
            /;/                    | empty segment with parameters
            /foo%E2%82             | not UTF-8
            /foo%E2%82bar          | not UTF-8
            /foo%C0%AFbar          | not UTF-8
            /foo%C0%AE%C0%AE/bar   | not UTF-8
            /foo%ED%A0%80bar       | not UTF-8
            /foo%-1/bar            | bad escape
            /foo%XX/bar            | bad escape
            /foo%u002e/bar         | bad escape
            /foo%/bar              | bad escape
            /foo/bar%0             | bad escape
            /foo/bar%              | bad escape
            /good%20/bad%/%20mix%  | bad escape
            /foo%+2/bar            | bad escape
            /foo%٣٤/bar            | must be percent-encoded
            /foo/bar#f             | fragment
            /foo/bar;#f            | fragment
            /foo/bar?q             | query
            /föö                   | must be percent-encoded
            /..                    | above the root
            /../                   | above the root
            /..//                  | above the root
            //..                   | above the root
            """)
    void whatTheSpecificationCallsSuspiciousIsRefusedWith400(String raw, String reason) {
        assertRefused(raw, reason);
    }

    @Test
    void controlCharactersAreRefused() {
        for (char c = 0; c < 0xA0; c++) {
            if (Character.isISOControl(c) || c == ' ') assertRefused("/foo" + c + "bar", "character " + (int) c);
        }
    }

    @Test
    void applicationsMayLeaveSpacesAndForeignLettersUnencodedButNothingElse() throws BadRequest {
        assertThat(CanonicalPath.ofApplication("/grüße/a b/€%20😀/./x;y=z")).isEqualTo("/grüße/a b/€ 😀/x");
        for (String bad : List.of(
                "/a\tb", "/a\\b", "/a%2fb", "/a/..;/b", "/../a", "/a%00", "/\uD800%41", "/\uD800", "/a\uDC00")) {
            assertThatThrownBy(() -> CanonicalPath.ofApplication(bad)).isInstanceOf(BadRequest.class);
        }
    }

    @Test
    void aCanonicalPathIsReturnedAsItIs() throws BadRequest {
        String raw = new String("/catalog/item-7/list.html");
        assertThat(CanonicalPath.of(raw)).isSameAs(raw);
    }

    @Test
    void pathsAreDecodedOnceOnly() throws BadRequest {
        assertThat(CanonicalPath.of("/a/%252e%252e/b")).isEqualTo("/a/%2e%2e/b");
        assertThat(CanonicalPath.of("/a%2525")).isEqualTo("/a%25");
    }

    @Test
    void parametersAreFoundInAnySegment() {
        assertThat(CanonicalPath.parameter("/a;x=1/b;y=2;z/c", "y")).isEqualTo("2");
        assertThat(CanonicalPath.parameter("/a;x=1/b;y=2;z/c", "z")).isEmpty();
        assertThat(CanonicalPath.parameter("/a;x=1/b;y=2;z/c", "x")).isEqualTo("1");
        assertThat(CanonicalPath.parameter("/a;jsessionid=q", "jsession")).isNull();
        assertThat(CanonicalPath.parameter("/a;jsession=q", "jsessionid")).isNull();
        assertThat(CanonicalPath.parameter("/a", "jsessionid")).isNull();
        assertThat(CanonicalPath.parameter("/a;jsessionid=", "jsessionid")).isEmpty();
        assertThat(CanonicalPath.parameter("/;jsessionid=%20", "jsessionid")).isEqualTo("%20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/x", "///evil.example", "/./evil", "/x/..//evil.example", "/%3B//evil"})
    void whatIsEncodedForARedirectNamesNoOtherHost(String raw) throws BadRequest {
        assertThat(CanonicalPath.encode(CanonicalPath.of(raw)))
                .matches("/[^/\\\\].*")
                .doesNotContain(";");
    }

    @Test
    void encodingACanonicalPathAndReadingItAgainChangesNothing() throws BadRequest {
        var random = new Random(2);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++) {
            String raw = randomPath(random);
            String path;
            try {
                path = CanonicalPath.of(raw);
            } catch (BadRequest e) {
                continue;
            }
            accepted++;
            assertThat(CanonicalPath.of(CanonicalPath.encode(path))).as(raw).isEqualTo(path);
        }
        assertThat(accepted).isGreaterThan(10_000);
    }

    private static void assertRefused(String raw, String reason) {
        assertThatThrownBy(() -> CanonicalPath.of(raw))
                .isInstanceOfSatisfying(
                        BadRequest.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageContaining(reason);
    }

    private static final String[] PIECES = {
        "/",
        "/",
        "/",
        "/",
        ".",
        ".",
        "..",
        ";",
        ";x=1",
        "%2e",
        "%2E",
        "%2f",
        "%5c",
        "%3b",
        "%20",
        "%25",
        "%C3%A4",
        "%C3",
        "%A4",
        "%00",
        "%0",
        "%",
        "a",
        "b",
        "html",
        "\\",
        "#",
        "?",
        "\u0001",
        " ",
        "ä",
        "~",
        "[",
        "%7e",
        "%E2%82%AC",
        "%F0%9F%98%80",
        "%ED%A0%80",
        "%C0%AF"
    };

    private static String randomPath(Random random) {
        var path = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
        // Mostly the tame end of the list, or nearly every path would be refused.
        int choice = random.nextInt(3) == 0 ? PIECES.length : 10;
        for (int i = random.nextInt(8); i > 0; i--) {
            path.append(random.nextInt(3) == 0 ? "a" : PIECES[random.nextInt(choice)]);
        }
        return path.toString();
    }
}
