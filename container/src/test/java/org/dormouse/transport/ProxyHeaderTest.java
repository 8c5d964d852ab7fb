package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers whole and cut at every byte, and what is none. */
class ProxyHeaderTest {
    private static final int MAX_BYTES = 4096;
    private static final String V2 = "0d0a0d0a000d0a515549540a";
    private static final String IPV4 = "c0000201" + "cb007107" + "d431" + "01bb";
    private static final String IPV6 =
            "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "d431" + "01bb";

    /** What HAProxy 2.6 sent with crc32c and unique-id. */
    private static final String OF_HAPROXY =
            V2 + "21110016" + "7f0000017f000001d2ca46a1" + "030004" + "36bc8757" + "050000";

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts));
    }

    private static String length(int bytes) {
        return HexFormat.of().toHexDigits((short) bytes);
    }

    static Stream<Arguments> headers() {
        String paths = "2f72756e2f61" + "00".repeat(210);
        return Stream.of(
                Arguments.of(
                        text("PROXY TCP4 192.0.2.1 203.0.113.7 54321 443\r\n"), "192.0.2.1:54321", "203.0.113.7:443"),
                Arguments.of(
                        text("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"), "0.0.0.0:0", "255.255.255.255:65535"),
                Arguments.of(
                        text("PROXY TCP6 2001:db8::1 2001:DB8:0:0::2 54321 443\r\n"),
                        "[2001:db8:0:0:0:0:0:1]:54321",
                        "[2001:db8:0:0:0:0:0:2]:443"),
                Arguments.of(text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), "192.0.2.1:1", "[0:0:0:0:0:0:0:1]:2"),
                Arguments.of(text("PROXY UNKNOWN\r\n"), null, null),
                Arguments.of(text("PROXY UNKNOWN whatever 1 2 3 4 5 6\r\n"), null, null),
                Arguments.of(text("PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n"), null, null),
                Arguments.of(hex(V2, "2111", length(12), IPV4), "192.0.2.1:54321", "203.0.113.7:443"),
                Arguments.of(
                        hex(V2, "2121", length(36), IPV6),
                        "[2001:db8:0:0:0:0:0:1]:54321",
                        "[2001:db8:0:0:0:0:0:2]:443"),
                Arguments.of(hex(V2, "2131", length(216), paths), null, null),
                Arguments.of(hex(V2, "2112", length(12), IPV4), null, null),
                Arguments.of(hex(V2, "2122", length(36), IPV6), null, null),
                Arguments.of(hex(V2, "2132", length(216), paths), null, null),
                Arguments.of(hex(OF_HAPROXY), "127.0.0.1:53962", "127.0.0.1:18081"),
                Arguments.of(hex(V2, "2100", length(0)), null, null),
                Arguments.of(hex(V2, "2100", length(3), "ffffff"), null, null),
                Arguments.of(hex(V2, "2000", length(0)), null, null),
                Arguments.of(hex(V2, "2011", length(2), "abcd"), null, null),
                Arguments.of(
                        hex(V2, "2111", length(12 + 5 + 3), IPV4, "010002", "6832", "040000"),
                        "192.0.2.1:54321",
                        "203.0.113.7:443"),
                Arguments.of(
                        hex(
                                V2,
                                "2111",
                                length(MAX_BYTES - 16),
                                IPV4,
                                "ee",
                                length(MAX_BYTES - 31),
                                "00".repeat(MAX_BYTES - 31)),
                        "192.0.2.1:54321",
                        "203.0.113.7:443"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void aHeaderIsReadOnceItIsWholeAndNotAByteBefore(byte[] header, String source, String destination)
            throws Exception {
        byte[] shown = new byte[header.length + 9];
        System.arraycopy(header, 0, shown, 5, header.length);
        for (int available = 0; available < header.length; available++)
            assertThat(ProxyHeader.parse(shown, 5, available, MAX_BYTES))
                    .as("%d of %d bytes", available, header.length)
                    .isNull();
        for (int more = 0; more <= 4; more++) {
            ProxyHeader read = ProxyHeader.parse(shown, 5, header.length + more, MAX_BYTES);
            assertThat(read.length()).isEqualTo(header.length);
            assertThat(read.source() == null ? null : read.source().toString()).isEqualTo(source);
            assertThat(read.destination() == null ? null : read.destination().toString())
                    .isEqualTo(destination);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\n",
                "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rX",
                "PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.+1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 0xc0.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 ::1 ::2 1 2\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n",
                "PROXY TCP6 [::1] ::2 1 2\r\n",
                "PROXY TCP6 1::2::3 ::2 1 2\r\n",
                "PROXY TCP6 12345::1 ::2 1 2\r\n",
                "PROXY TCP6 : ::2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
                "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY \r\n",
                "PROXY TCP4 \u00e9 192.0.2.2 1 2\r\n"
            })
    void aLineThatIsNotExactlyOneIsRefused(String line) {
        assertThatThrownBy(() -> ProxyHeader.parse(text(line), 0, line.length(), MAX_BYTES))
                .isInstanceOf(ProxyHeader.Refused.class);
    }

    @Test
    void aLineIsRefusedAt107BytesWithoutWaitingForMore() throws Exception {
        byte[] endless = text("PROXY UNKNOWN " + "x".repeat(200));
        assertThat(ProxyHeader.parse(endless, 0, 106, MAX_BYTES)).isNull();
        assertThatThrownBy(() -> ProxyHeader.parse(endless, 0, 107, MAX_BYTES))
                .hasMessageContaining("more than 107 bytes");
        byte[] oneTooLong = text("PROXY UNKNOWN " + "x".repeat(107 - 15) + "\r\n");
        assertThat(oneTooLong).hasSize(108);
        assertThatThrownBy(() -> ProxyHeader.parse(oneTooLong, 0, 107, MAX_BYTES))
                .isInstanceOf(ProxyHeader.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1111,000c,version 1",
        "3111,000c,version 3",
        "2211,000c,command 2",
        "2113,000c,transport 0x13",
        "2123,0024,transport 0x23",
        "2133,00d8,transport 0x33",
        "2141,000c,transport 0x41",
        "2110,000c,transport 0x10",
        "2101,000c,transport 0x1",
        "2111,000b,too short",
        "2121,000c,too short",
        "2131,00d7,too short",
        "2111,000d,inside of a TLV",
        "2111,000e,inside of a TLV",
        "2111,ffff,'65551 bytes, limit 4096 (proxy-protocol.max-header-bytes)'"
    })
    void aBinaryHeaderThatIsNoneIsRefused(String kind, String length, String why) {
        byte[] header = new byte[16 + 216];
        System.arraycopy(hex(V2, kind, length, IPV4), 0, header, 0, 28);
        assertThatThrownBy(() -> ProxyHeader.parse(header, 0, header.length, MAX_BYTES))
                .isInstanceOf(ProxyHeader.Refused.class)
                .hasMessageContaining(why);
    }

    @Test
    void aChecksumThatIsNotThatOfTheHeaderRefusesIt() {
        for (int i = 16; i < hex(OF_HAPROXY).length; i++) {
            byte[] header = hex(OF_HAPROXY);
            if (i >= 28 && i < 31 || i >= 36) continue; // types and lengths
            header[i] ^= 1;
            assertThatThrownBy(() -> ProxyHeader.parse(header, 0, header.length, MAX_BYTES))
                    .as("byte %d", i)
                    .hasMessageContaining("checksum");
        }
        byte[] longer = hex(V2, "2111", length(12 + 8), IPV4, "030005", "0000000000");
        assertThatThrownBy(() -> ProxyHeader.parse(longer, 0, longer.length, MAX_BYTES))
                .hasMessageContaining("checksum of 5 bytes");
    }

    @Test
    void aTlvThatReachesBeyondTheHeaderIsRefused() {
        var header = new ByteArrayOutputStream();
        header.writeBytes(hex(V2, "2111", length(12 + 4), IPV4, "0100", "02", "ff"));
        header.writeBytes(new byte[100]);
        assertThatThrownBy(() -> ProxyHeader.parse(header.toByteArray(), 0, header.size(), MAX_BYTES))
                .hasMessageContaining("inside of a TLV");
    }

    @Test
    void whatDiffersFromBothSignaturesIsRefusedAtItsFirstWrongByte() {
        for (byte[] signature : new byte[][] {text("PROXY "), hex(V2)}) {
            for (int i = 0; i < signature.length; i++) {
                byte[] wrong = signature.clone();
                wrong[i] ^= 0x20;
                int available = i + 1;
                assertThatThrownBy(() -> ProxyHeader.parse(wrong, 0, available, MAX_BYTES))
                        .isInstanceOf(ProxyHeader.Refused.class);
            }
        }
    }
}
