package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.dormouse.poller.socket.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedSourcesTest {
    private static boolean contains(String sources, String address) throws Exception {
        var numbers = SocketAddress.of(new InetSocketAddress(InetAddress.getByName(address), 0));
        return TrustedSources.parse(sources).contains(false, numbers.high(), numbers.low());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.255.0.1,true",
        "10.0.0.0/8,11.0.0.0,false",
        "192.0.2.7,192.0.2.7,true",
        "192.0.2.7,192.0.2.6,false",
        "192.0.2.6/31,192.0.2.7,true",
        "0.0.0.0/0,203.0.113.1,true",
        "0.0.0.0/0,::1,false",
        "fd00::/8,fdff::1,true",
        "fd00::/8,fc00::1,false",
        "2001:db8::/64,2001:db8::ffff:1,true",
        "2001:db8::/64,2001:db8:0:1::1,false",
        "2001:db8::/65,2001:db8:0:0:8000::,false",
        "::1,::1,true",
        "::1,::2,false",
        "::/0,::1,true",
        "'192.0.2.1, ::1',::1,true"
    })
    void anAddressIsInItsRangesAndInNoOther(String sources, String address, boolean isTrusted) throws Exception {
        assertThat(contains(sources, address)).isEqualTo(isTrusted);
    }

    @Test
    void aUnixSocketIsTrustedOnlyByItsWord() throws Exception {
        var loopback = SocketAddress.of(new InetSocketAddress("127.0.0.1", 0));
        assertThat(TrustedSources.parse("unix").contains(true, loopback.high(), loopback.low()))
                .isTrue();
        assertThat(TrustedSources.parse("127.0.0.1").contains(true, loopback.high(), loopback.low()))
                .as("its address only stands for it")
                .isFalse();
        assertThat(contains("unix", "127.0.0.1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'',no address",
        "'10.0.0.1,',no address",
        "localhost,no address",
        "10.0.0/8,no address",
        "10.0.0.0/33,0 to 32 bits",
        "10.0.0.0/,0 to 32 bits",
        "10.0.0.0/08,0 to 32 bits",
        "::/129,0 to 128 bits",
        "10.0.0.1/8,beyond its prefix",
        "fd00::1/8,beyond its prefix",
        "fe80::1%lo,no address",
        "[::1],no address"
    })
    void whatIsNoRangeIsRefused(String sources, String why) {
        assertThatThrownBy(() -> TrustedSources.parse(sources))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
