package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    private static final int MAX_BYTES = 16 * 1024;

    private static ClientHello parse(byte[] bytes) throws Alert.Refused {
        return ClientHello.parse(bytes, 0, bytes.length, MAX_BYTES);
    }

    private static void assertRefused(byte[] bytes, Alert alert, String detail) {
        assertThatThrownBy(() -> parse(bytes))
                .isInstanceOf(Alert.Refused.class)
                .hasMessageContaining(detail)
                .asInstanceOf(InstanceOfAssertFactories.type(Alert.Refused.class))
                .extracting(Alert.Refused::alert)
                .isEqualTo(alert);
    }

    // --- messages made by hand

    private static byte[] number(int value, int bytes) {
        byte[] number = new byte[bytes];
        for (int i = 0; i < bytes; i++) number[i] = (byte) (value >> 8 * (bytes - 1 - i));
        return number;
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] each : parts) all.writeBytes(each);
        return all.toByteArray();
    }

    private static byte[] vector(int lengthBytes, byte[]... parts) {
        byte[] content = join(parts);
        return join(number(content.length, lengthBytes), content);
    }

    private static byte[] record(byte[] fragment) {
        return join(new byte[] {22, 3, 1}, vector(2, fragment));
    }

    private static byte[] extension(int type, byte[]... content) {
        return join(number(type, 2), vector(2, content));
    }

    private static byte[] name(int type, byte[] name) {
        return join(number(type, 1), vector(2, name));
    }

    private static byte[] serverName(byte[]... names) {
        return extension(0, vector(2, names));
    }

    private static byte[] serverName(String name) {
        return serverName(name(0, name.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static byte[] body(byte[]... extensions) {
        return join(
                number(0x0303, 2),
                new byte[32],
                vector(1, new byte[32]),
                vector(2, number(0x1301, 2), number(0xc02f, 2)),
                vector(1, new byte[1]),
                vector(2, extensions));
    }

    private static byte[] message(byte[] body) {
        return join(new byte[] {1}, vector(3, body));
    }

    private static byte[] hello(byte[]... extensions) {
        return record(message(body(extensions)));
    }

    // --- form

    @Test
    void whatTheEngineSaysIsReadWholeAndRefusedByNobodyBefore() throws IOException, Alert.Refused {
        byte[] real = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", "www.example.org").advance(new byte[0]);
        for (int i = 0; i < real.length; i++)
            assertThat(ClientHello.parse(real, 0, i, MAX_BYTES))
                    .as("%d bytes", i)
                    .isNull();
        assertThat(parse(real)).isEqualTo(new ClientHello("www.example.org"));
        byte[] moved = join(new byte[7], real, new byte[9]);
        assertThat(ClientHello.parse(moved, 7, real.length + 9, MAX_BYTES))
                .isEqualTo(new ClientHello("www.example.org"));
    }

    @Test
    void inRecordsOfAnySizeItIsTheSame() throws Alert.Refused {
        byte[] message = message(body(serverName("a.example.org")));
        for (int size = 3; size < message.length; size++) {
            var all = new ByteArrayOutputStream();
            for (int at = 0; at < message.length; at += size)
                all.writeBytes(record(Arrays.copyOfRange(message, at, Math.min(message.length, at + size))));
            byte[] records = all.toByteArray();
            if (message.length > size * 64) continue;
            assertThat(parse(records)).as("records of %d", size).isEqualTo(new ClientHello("a.example.org"));
            for (int i = 0; i < records.length; i++)
                assertThat(ClientHello.parse(records, 0, i, MAX_BYTES)).isNull();
        }
    }

    @Test
    void moreRecordsThanAnyClientNeedsAreRefused() {
        byte[] message = message(body(extension(21, new byte[200])));
        var all = new ByteArrayOutputStream();
        for (byte each : message) all.writeBytes(record(new byte[] {each}));
        assertRefused(all.toByteArray(), Alert.DECODE_ERROR, "more than 64 records");
    }

    @Test
    void extensionsMayBeAbsent() throws Alert.Refused {
        byte[] body = body();
        assertThat(parse(record(message(Arrays.copyOf(body, body.length - 2))))).isEqualTo(new ClientHello(null));
        assertThat(parse(hello())).isEqualTo(new ClientHello(null));
    }

    @Test
    void whatIsNoRecordOfAHandshakeIsRefusedByItsFirstBytes() {
        for (int first = 0; first < 256; first++) {
            byte[] one = {(byte) first};
            if (first == 22) continue;
            assertThatThrownBy(() -> parse(one)).as("byte %d", first).isInstanceOf(Alert.Refused.class);
        }
        assertRefused(new byte[] {(byte) 0x80, 46, 1}, Alert.PROTOCOL_VERSION, "SSL 2.0");
        assertRefused(new byte[] {22, 2}, Alert.PROTOCOL_VERSION, "major version 2");
        assertRefused(new byte[] {23, 3, 3}, Alert.UNEXPECTED_MESSAGE, "record of type 23");
        assertRefused(new byte[] {21, 3, 3, 0, 2, 2, 40}, Alert.UNEXPECTED_MESSAGE, "an alert");
        assertRefused(new byte[] {22, 3, 1, 0, 0}, Alert.UNEXPECTED_MESSAGE, "empty record");
        assertRefused(new byte[] {22, 3, 1, 0x40, 1}, Alert.RECORD_OVERFLOW, "16385 bytes, limit 16384");
        assertRefused(new byte[] {22, 3, 1, 0, 10, 2}, Alert.UNEXPECTED_MESSAGE, "message 2 is no ClientHello");
        assertRefused(
                new byte[] {22, 3, 1, 0, 10, 1, 0, 0x40, 1},
                Alert.ILLEGAL_PARAMETER,
                "16385 bytes, limit 16384 (tls.max-hello-bytes)");
    }

    @Test
    void aSecondRecordIsHeldToTheSameRules() {
        byte[] begin = record(Arrays.copyOf(message(body()), 20));
        assertRefused(join(begin, new byte[] {23}), Alert.UNEXPECTED_MESSAGE, "type 23");
        assertRefused(join(begin, new byte[] {22, 3, 1, 0, 0}), Alert.UNEXPECTED_MESSAGE, "empty");
    }

    @Test
    void oldVersionsAreRefused() {
        byte[] body = body();
        body[1] = 0;
        assertRefused(record(message(body)), Alert.PROTOCOL_VERSION, "version 0x300");
        body[0] = 2;
        assertRefused(record(message(body)), Alert.PROTOCOL_VERSION, "version 0x200");
    }

    @Test
    void lengthsThatDoNotFitAreRefused() {
        byte[] body = body(serverName("a.example.org"));
        for (int cut = 0; cut < body.length; cut++) {
            boolean isWithoutExtensions = cut == body.length - 2 - serverName("a.example.org").length;
            byte[] shorter = record(message(Arrays.copyOf(body, cut)));
            if (isWithoutExtensions) continue;
            assertThatThrownBy(() -> parse(shorter)).as("cut at %d", cut).isInstanceOf(Alert.Refused.class);
        }
        assertRefused(record(message(join(body, new byte[1]))), Alert.DECODE_ERROR, "bytes behind the extensions");
    }

    @Test
    void extensionsThatComeTwiceOrInCrowdsAreRefused() {
        assertRefused(
                hello(extension(10), extension(11), extension(10)), Alert.ILLEGAL_PARAMETER, "extension 10 twice");
        byte[][] many = new byte[129][];
        for (int i = 0; i < many.length; i++) many[i] = extension(1000 + i);
        assertRefused(hello(many), Alert.DECODE_ERROR, "more than 128 extensions");
    }

    // --- the name

    @ParameterizedTest
    @CsvSource({
        "example.org,example.org",
        "EXAMPLE.Org,example.org",
        "localhost,localhost",
        "_acme.a-b.example.org,_acme.a-b.example.org",
        "1.example,1.example",
        "xn--bcher-kva.example,xn--bcher-kva.example"
    })
    void aNameIsTakenInLowerCase(String sent, String taken) throws Alert.Refused {
        assertThat(parse(hello(extension(10), serverName(sent)))).isEqualTo(new ClientHello(taken));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org.",
                ".",
                ".example.org",
                "a..b",
                "::1",
                "[::1]",
                "a b",
                "a/b",
                "a\u0000.example.org",
                "b\u00fccher.example",
                "*.example.org",
                "a:443"
            })
    void whatIsNoNameIsRefused(String name) {
        assertRefused(hello(serverName(name)), Alert.ILLEGAL_PARAMETER, "server_name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "127.0.0.1", "1", "127.1"})
    void anAddressIsTakenForNoName(String address) throws Alert.Refused {
        assertThat(parse(hello(serverName(address)))).isEqualTo(new ClientHello(null));
        byte[] literal = name(0, address.getBytes(StandardCharsets.US_ASCII));
        assertRefused(hello(serverName(literal, literal)), Alert.ILLEGAL_PARAMETER, "two names");
    }

    @Test
    void namesThatAreTooLongAreRefused() throws Alert.Refused {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertThat(parse(hello(serverName(longest))).serverName()).hasSize(253);
        assertRefused(hello(serverName(longest + "a")), Alert.ILLEGAL_PARAMETER, "254 bytes, limit 253");
        assertRefused(hello(serverName(label + "a.org")), Alert.ILLEGAL_PARAMETER, "label of more than 63");
    }

    @Test
    void aListOfNamesHasOneOfEachTypeAtMost() throws Alert.Refused {
        byte[] a = name(0, "a.org".getBytes(StandardCharsets.US_ASCII));
        byte[] unknown = name(1, new byte[] {1});
        assertThat(parse(hello(serverName(unknown, a)))).isEqualTo(new ClientHello("a.org"));
        assertRefused(hello(serverName(a, a)), Alert.ILLEGAL_PARAMETER, "two names");
        assertRefused(hello(serverName(new byte[0])), Alert.DECODE_ERROR, "server_name of 0 bytes");
        assertRefused(hello(serverName(name(0, new byte[0]))), Alert.DECODE_ERROR, "name in server_name of 0 bytes");
        assertRefused(hello(extension(0, vector(2, a), new byte[1])), Alert.DECODE_ERROR, "bytes behind the list");
        assertRefused(hello(extension(0)), Alert.DECODE_ERROR, "too early");
    }

    // --- chance

    @Test
    void changedBytesAreReadOrRefusedAndNothingElse() throws IOException {
        byte[] real = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", "www.example.org").advance(new byte[0]);
        var random = new Random(20261121);
        for (int round = 0; round < 100_000; round++) {
            byte[] changed = real.clone();
            for (int i = random.nextInt(4); i >= 0; i--)
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            try {
                ClientHello read = parse(changed);
                if (read != null && read.serverName() != null)
                    assertThat(read.serverName()).matches("[a-z0-9._-]+");
            } catch (Alert.Refused e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
