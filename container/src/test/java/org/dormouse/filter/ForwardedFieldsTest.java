package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dormouse.http.BadRequest;
import org.dormouse.http.Headers;
import org.dormouse.servlet.ForwardedClient;
import org.dormouse.transport.TrustedSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedFieldsTest {
    private static final TrustedSources TRUSTED = TrustedSources.parse("10.0.0.0/8, fd00::/8");

    private static ForwardedClient x(String... namesAndValues) throws BadRequest {
        return XForwardedFields.read(fields(namesAndValues), "backend:8080", TRUSTED);
    }

    private static ForwardedClient rfc(String... values) throws BadRequest {
        var fields = new Headers();
        for (String value : values) fields.add("Forwarded", value);
        return ForwardedField.read(fields, TRUSTED);
    }

    private static Headers fields(String... namesAndValues) {
        var fields = new Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) fields.add(namesAndValues[i], namesAndValues[i + 1]);
        return fields;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7|192.0.2.7|0",
                "192.0.2.7:4711|192.0.2.7|4711",
                "2001:db8::7|2001:db8:0:0:0:0:0:7|0",
                "[2001:db8::7]:99|2001:db8:0:0:0:0:0:7|99",
                "::ffff:192.0.2.7|192.0.2.7|0",
                "198.51.100.1, 192.0.2.7|192.0.2.7|0",
                "198.51.100.1, 192.0.2.7, 10.1.1.1, 10.2.2.2|192.0.2.7|0",
                "10.9.9.9, 10.1.1.1|10.9.9.9|0",
                "<script>, , 192.0.2.300.1, 192.0.2.7:5, fd00::1|192.0.2.7|5",
                "unknown, 10.1.1.1|10.1.1.1|0",
                "192.0.2.7, _hidden, 10.1.1.1|10.1.1.1|0"
            })
    void theClientIsTheLastOneThatNoTrustedProxyIs(String forwardedFor, String address, int port) throws Exception {
        ForwardedClient client = x("X-Forwarded-For", forwardedFor);
        assertThat(client.address()).isEqualTo(address);
        assertThat(client.port()).isEqualTo(port);
    }

    @Test
    void whatAClientWroteBeforeItsProxyDoesNotMatterHoweverBrokenItIs() throws Exception {
        assertThat(x("X-Forwarded-For", "<script>", "X-Forwarded-For", "192.0.2.7")
                        .address())
                .isEqualTo("192.0.2.7");
        assertThat(x("X-Forwarded-For", "127.0.0.1", "x-forwarded-for", "192.0.2.7, 10.0.0.1")
                        .address())
                .isEqualTo("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com",
                "192.0.2.300",
                "192.0.2.07",
                "192.0.2.7:",
                "192.0.2.7:65536",
                "192.0.2.7:x",
                "192.0.2.7 192.0.2.8",
                "[::1",
                "[192.0.2.7]",
                "_",
                "_a b",
                "\"192.0.2.7\"",
                "192.0.2.7,",
                ""
            })
    void whatATrustedProxyWroteAndIsNoAddressIs400(String forwardedFor) {
        assertThatThrownBy(() -> x("X-Forwarded-For", forwardedFor))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("X-Forwarded-For");
    }

    @Test
    void schemeAndHostAreThoseOfTheProxyThatTheClientCameTo() throws Exception {
        ForwardedClient client = x(
                "X-Forwarded-For", "1.1.1.1, 192.0.2.7, 10.0.0.1",
                "X-Forwarded-Proto", "http, https, http",
                "X-Forwarded-Host", "evil.example, shop.example, inner.example");
        assertThat(client.scheme()).isEqualTo("https");
        assertThat(client.authority()).isEqualTo("shop.example");
    }

    @Test
    void oneSchemeForAllProxiesIsTheClients() throws Exception {
        ForwardedClient client = x("X-Forwarded-For", "192.0.2.7, 10.0.0.1", "X-Forwarded-Proto", "HTTPS");
        assertThat(client.scheme()).isEqualTo("https");
    }

    @Test
    void aPortWithoutAHostIsThatOfTheHostThatArrived() throws Exception {
        assertThat(x("X-Forwarded-Port", "8443").authority()).isEqualTo("backend:8443");
        assertThat(x("X-Forwarded-Host", "shop.example:1", "X-Forwarded-Port", "8443")
                        .authority())
                .isEqualTo("shop.example:8443");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-Proto,ftp",
        "X-Forwarded-Host,a/b",
        "X-Forwarded-Host,user@host",
        "X-Forwarded-Port,0",
        "X-Forwarded-Port,65536",
        "X-Forwarded-Port,8x"
    })
    void whatIsNoSchemeHostOrPortIs400(String name, String value) {
        assertThatThrownBy(() -> x(name, value)).isInstanceOf(BadRequest.class).hasMessageContaining(name);
    }

    @Test
    void nothingSaidIsNothingChanged() throws Exception {
        assertThat(x()).isEqualTo(new ForwardedClient(null, 0, null, null));
        assertThat(rfc()).isEqualTo(new ForwardedClient(null, 0, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=192.0.2.7|192.0.2.7|0||",
                "For=\"192.0.2.7:4711\";proto=https;host=shop.example|192.0.2.7|4711|https|shop.example",
                "for=\"[2001:db8::7]:99\";by=10.0.0.1|2001:db8:0:0:0:0:0:7|99||",
                "for=1.1.1.1;proto=https, for=192.0.2.7;proto=http, for=10.0.0.1;proto=https|192.0.2.7|0|http|",
                "for=_x;proto=https, for=10.0.0.1|10.0.0.1|0|https|",
                "for=\"unknown:_p\"||0||",
                "for=192.0.2.7 ; proto=https;ext=\"a,b;c=\\\"\"|192.0.2.7|0|https|",
                "proto=https||0|https|"
            })
    void theFieldOfTheRfcIsRead(String value, String address, int port, String scheme, String host) throws Exception {
        assertThat(rfc(value)).isEqualTo(new ForwardedClient(address, port, scheme, host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=\"192.0.2.1",
                "for=\"192.0.2.1, for=192.0.2.7",
                "for=\"x, for=\"[2001:db8::7]\"",
                "for=2001:db8::7",
                "for=\"2001:db8::7\"",
                "for=192.0.2.7;for=192.0.2.8",
                "for=192.0.2.7;proto=https;PROTO=http",
                "for = 192.0.2.7",
                "for=",
                "=192.0.2.7",
                "for",
                "for=192.0.2.7,",
                "for=192.0.2.7;;proto=http",
                "for=\"192.0.2.7\"x",
                "for=\"192.0.2.7\\",
                "for=192.0.2.7;proto=gopher",
                "for=192.0.2.7;host=\"a b\"",
                "for=localhost",
                ""
            })
    void aFieldOfTheRfcThatIsBrokenAnywhereIs400(String value) {
        assertThatThrownBy(() -> rfc(value)).isInstanceOf(BadRequest.class).hasMessageContaining("Forwarded");
    }

    @Test
    void lineAfterLineIsOneListAndAnOpenQuoteDoesNotReachTheNext() throws Exception {
        assertThat(rfc("for=1.1.1.1", "for=192.0.2.7, for=10.0.0.1").address()).isEqualTo("192.0.2.7");
        assertThatThrownBy(() -> rfc("for=\"1.1.1.1", "for=192.0.2.7\"")).isInstanceOf(BadRequest.class);
    }
}
