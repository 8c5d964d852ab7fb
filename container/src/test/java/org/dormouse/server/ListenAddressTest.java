package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "[::1]:8080",
                "localhost:0",
                "unix:/run/a:b.sock",
                "unix:@name",
                "systemd:web",
                "systemd:",
                "fd:3"
            })
    void everyKindIsReadAndWrittenTheSame(String text) {
        assertThat(ListenPoint.parseAll(text)).singleElement().hasToString(text);
    }

    @Test
    void severalHaveCommasBetweenThem() {
        assertThat(ListenPoint.parseAll("[::1]:80 , unix:a")).hasToString("[[::1]:80, unix:a]");
        assertThatThrownBy(() -> ListenPoint.parseAll("a:1,b:2,a:1")).hasMessage("server.listen has a:1 twice");
    }

    @ParameterizedTest
    @CsvSource({
        "'',no port",
        "8080,no port",
        ":8080,no port",
        "a:,not in 0 to 65535",
        "a:65536,not in 0 to 65535",
        "a:-1,not in 0 to 65535",
        "a:+1,not in 0 to 65535",
        "a:99999999999,not in 0 to 65535",
        "::1:80,brackets",
        "[a]:80,brackets",
        "a b:80,no port",
        "a/b:80,no host",
        "unix:,1 to 107",
        "fd:x,not in 0 to 2147483647",
        "http://a:80,brackets",
        "'a:1,',no port"
    })
    void whatIsNoneIsRefusedWithWhatIsExpected(String text, String why) {
        assertThatThrownBy(() -> ListenPoint.parseAll(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("server.listen \"")
                .hasMessageContaining(why)
                .hasMessageContaining("expected is ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:8443 tls",
                "0.0.0.0:8443 tls client-auth=need",
                "unix:/run/a.sock tls proxy",
                "systemd:web proxy=10.0.0.0/8 proxy=unix",
                "fd:3 tls client-auth=want proxy"
            })
    void optionsStandBehindTheirAddress(String text) {
        assertThat(ListenPoint.parseAll(text)).singleElement().hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "a:1 tsl,no option of it",
        "a:1 client-auth=need,needs tls",
        "a:1 tls client-auth=maybe,no option",
        "unix:/run/my app.sock,no option of it"
    })
    void anOptionThatCannotBeIsRefused(String text, String why) {
        assertThatThrownBy(() -> ListenPoint.parseAll(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("server.listen \"" + text + "\" cannot be read: ")
                .hasMessageContaining(why);
    }

    @Test
    void anAddressIsTheSameWithOtherOptions() {
        assertThatThrownBy(() -> ListenPoint.parseAll("a:1 tls, a:1")).hasMessage("server.listen has a:1 twice");
    }

    @Test
    void permissionsAreReadAsInChmod() {
        assertThat(ListenSettings.permissions("640")).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(ListenSettings.permissions("777")).isEqualTo(PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(ListenSettings.permissions("000")).isEmpty();
        for (String wrong : new String[] {"66", "0660", "668", "rw-"})
            assertThatThrownBy(() -> ListenSettings.permissions(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("server.unix-permissions \"" + wrong + "\"");
    }
}
