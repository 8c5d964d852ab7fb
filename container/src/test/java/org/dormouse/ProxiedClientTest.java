package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.UnixAddress;
import org.dormouse.poller.socket.UnixSockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Behind a proxy that announces its clients, what a servlet learns of them. */
@Timeout(60)
class ProxiedClientTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    @TempDir
    Path folder;

    private static final class WhoAmI extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print(request.getRemoteAddr() + " " + request.getRemotePort() + " " + request.getLocalAddr() + " "
                            + request.getLocalPort() + " by " + request.getAttribute("org.dormouse.proxy"));
        }
    }

    private static String ask(SocketAddress address, byte[] header) throws IOException {
        try (var channel = SocketChannel.open(address)) {
            var all = new ByteArrayOutputStream();
            all.writeBytes(header);
            all.writeBytes(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
            channel.write(ByteBuffer.wrap(all.toByteArray()));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Dormouse start(String trusted, String... addresses) {
        return Mode.builder()
                .loops(1)
                .listen(addresses)
                .set("proxy-protocol.trusted", trusted)
                .deploy(Mode.app("/").servlet("/*", new WhoAmI()))
                .start();
    }

    @Test
    void bothVersionsTellWhoTheClientIsAndWhoTheProxy() throws Exception {
        byte[] version2 = HexFormat.of()
                .parseHex("0d0a0d0a000d0a515549540a" + "2111" + "000c" + "c0000201" + "cb007107" + "d431" + "01bb");
        String unix = folder.resolve("a.sock").toString();
        try (var server = start("127.0.0.1, unix", "127.0.0.1:0", "unix:" + unix)) {
            var tcp = new InetSocketAddress("127.0.0.1", server.port());
            assertThat(ask(tcp, text("PROXY TCP4 192.0.2.9 203.0.113.7 5 80\r\n")))
                    .contains("192.0.2.9 5 203.0.113.7 80 by 127.0.0.1:");
            assertThat(ask(tcp, version2)).contains("192.0.2.1 54321 203.0.113.7 443 by 127.0.0.1:");
            assertThat(ask(UnixDomainSocketAddress.of(unix), version2))
                    .endsWith("192.0.2.1 54321 203.0.113.7 443 by unix");
            assertThat(ask(tcp, text("PROXY UNKNOWN\r\n"))).endsWith(" by null").contains("127.0.0.1 ");
        }
    }

    @Test
    void whoIsNotTrustedCannotPretend() throws Exception {
        try (var server = start("192.0.2.0/24", "127.0.0.1:0")) {
            var tcp = new InetSocketAddress("127.0.0.1", server.port());
            assertThat(ask(tcp, text("PROXY TCP4 192.0.2.9 203.0.113.7 5 80\r\n")))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(ask(tcp, new byte[0])).startsWith("HTTP/1.1 200 ").endsWith(" by null");
        }
    }

    private static byte[] announcing(String client) {
        return text("PROXY TCP4 " + client + " 203.0.113.7 5 80\r\n");
    }

    @Test
    void eachAddressTakesTheWordOfItsOwnProxiesWhateverItsKind() throws Exception {
        Path believing = folder.resolve("believing.sock");
        Path doubting = folder.resolve("doubting.sock");
        Path givenPath = folder.resolve("given.sock");
        var any = new org.dormouse.poller.socket.SocketAddress(0, 0xffff_7f00_0001L, 0);
        ListenSocket tcp = KernelSockets.listen(any, 16, 1).getFirst();
        ListenSocket other = KernelSockets.listen(any, 16, 1).getFirst();
        ListenSocket unix = UnixSockets.listen(
                        UnixAddress.of(givenPath.toString()), PosixFilePermissions.fromString("rw-------"), 16, 1)
                .sockets()
                .getFirst();
        try (var server = Mode.builder()
                .loops(2)
                .listen(
                        "unix:" + believing + " proxy=unix",
                        "unix:" + doubting,
                        "fd:" + tcp.descriptor() + " proxy=127.0.0.0/8",
                        "fd:" + other.descriptor() + " proxy=192.0.2.0/24",
                        "fd:" + unix.descriptor() + " proxy=10.0.0.0/8 proxy=unix")
                .deploy(Mode.app("/").servlet("/*", new WhoAmI()))
                .start()) {
            assertThat(server.addresses()).hasSize(5);
            for (Path each : new Path[] {believing, givenPath}) {
                var address = UnixDomainSocketAddress.of(each);
                assertThat(ask(address, announcing("192.0.2.9")))
                        .as("%s", each)
                        .contains("192.0.2.9 5 203.0.113.7 80 by unix");
                assertThat(ask(address, new byte[0]))
                        .as("%s, without a header", each)
                        .isEmpty();
            }
            var own = new InetSocketAddress("127.0.0.1", tcp.port());
            assertThat(ask(own, announcing("192.0.2.9"))).contains("192.0.2.9 5 203.0.113.7 80 by 127.0.0.1:");
            assertThat(ask(own, new byte[0])).isEmpty();
            var strange = new InetSocketAddress("127.0.0.1", other.port());
            for (SocketAddress each : new SocketAddress[] {UnixDomainSocketAddress.of(doubting), strange}) {
                assertThat(ask(each, announcing("192.0.2.9"))).as("%s", each).startsWith("HTTP/1.1 400 ");
                assertThat(ask(each, new byte[0]))
                        .as("%s", each)
                        .startsWith("HTTP/1.1 200 ")
                        .endsWith(" by null");
            }
        }
    }

    @Test
    void whereOneAddressTakesTheWordOfAllProxiesTheOthersTakeNobodys() throws Exception {
        Path path = folder.resolve("a.sock");
        try (var server = start("127.0.0.1, unix", "127.0.0.1:0", "unix:" + path + " proxy")) {
            assertThat(ask(UnixDomainSocketAddress.of(path), announcing("192.0.2.9")))
                    .contains("192.0.2.9 5 203.0.113.7 80 by unix");
            assertThat(ask(new InetSocketAddress("127.0.0.1", server.port()), announcing("192.0.2.9")))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void anAddressThatIsToTrustThoseWhoCannotComeThereIsRefused() {
        String unix = "unix:" + folder.resolve("a.sock");
        for (String address : new String[] {unix + " proxy=10.0.0.0/8", unix + " tls proxy=127.0.0.1 proxy=::1"})
            assertThatThrownBy(() -> start("10.0.0.0/8", address))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address)
                    .hasMessageContaining("proxy=unix");
        assertThatThrownBy(() -> start("10.0.0.0/8", unix + " proxy"))
                .hasMessageContaining(unix)
                .hasMessageContaining("proxy-protocol.trusted");
        assertThatThrownBy(() -> start("10.0.0.0/8", "127.0.0.1:0 proxy=unix"))
                .hasMessageContaining("127.0.0.1:0 proxy=unix")
                .hasMessageContaining("no Unix domain socket");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aClientWithTooManyConnectionsOverItsProxySeesTheNextOneEndAndOthersAreServed() throws Exception {
        byte[] header = text("PROXY TCP4 192.0.2.9 203.0.113.7 5 80\r\n");
        try (var server = Mode.builder()
                .loops(2)
                .listen("127.0.0.1:0")
                .set("proxy-protocol.trusted", "127.0.0.1")
                .set("connections.max-per-address", "1")
                .deploy(Mode.app("/").servlet("/*", new WhoAmI()))
                .start()) {
            var address = new InetSocketAddress("127.0.0.1", server.port());
            try (var first = SocketChannel.open(address)) {
                first.write(ByteBuffer.wrap(header));
                first.write(ByteBuffer.wrap(text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));
                assertThat(first.read(ByteBuffer.allocate(1000))).isPositive();
                assertThat(ask(address, header)).isEmpty();
                assertThat(ask(address, text("PROXY TCP4 192.0.2.8 203.0.113.7 5 80\r\n")))
                        .contains("192.0.2.8 5");
            }
        }
    }
}
