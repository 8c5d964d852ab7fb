package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTextTest {
    @ParameterizedTest
    @CsvSource({
        "example.com,example.com,-1",
        "EXAMPLE.com:8080,example.com,8080",
        "a_b-c.d.,a_b-c.d.,-1",
        "192.0.2.7:0,192.0.2.7,0",
        "[2001:DB8::7]:443,[2001:db8::7],443",
        "[::1],[::1],-1"
    })
    void hostsAreRead(String text, String host, int port) {
        assertThat(HostText.parse(text)).isEqualTo(new HostText(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " a",
                "a b",
                "a/b",
                "a@b",
                "user:pw@a",
                "a:",
                "a:080",
                "a:65536",
                "a:-1",
                "a:1:2",
                ":80",
                "a..b",
                ".a",
                "[::1",
                "[::1]x",
                "[]",
                "[1.2.3.4]",
                "[fe80::1%eth0]",
                "::1",
                "a\\b",
                "a#b",
                "a?b",
                "a%41",
                "ä",
                "a,b",
                "a\u0000"
            })
    void whatIsNoHostIsNone(String text) {
        assertThat(HostText.parse(text)).isNull();
    }

    @Test
    void everyCharacterThatIsNotOfANameIsRefusedAtEveryPosition() {
        for (int c = 0; c < 0x180; c++) {
            boolean isOfName = c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
            for (String text : new String[] {(char) c + "ab", "a" + (char) c + "b", "ab" + (char) c}) {
                boolean isDot = c == '.' && text.charAt(0) != '.';
                assertThat(HostText.parse(text) != null)
                        .as("U+%04x in %s", c, text)
                        .isEqualTo(isOfName || isDot);
            }
        }
    }
}
