package org.dormouse.poller.kqueue;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.dormouse.poller.libc.Numbers;
import org.dormouse.poller.libc.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Numbers and layouts of macOS and FreeBSD are those of their headers, which another hand has written down, with file and line, in the
 * properties beside this test: there is no such machine here.
 */
class HeadersTest {
    private static final List<String> DECLARING =
            List.of("libc.Errno", "libc.Fcntl", "socket.SysSocket", "socket.SysOptions", "kqueue.Kevent");

    /** What macOS has under another name, and what only its newer versions have, so that we do without. */
    private static final Map<String, String> NAMES_OF_MACOS =
            Map.of("SO_LINGER", "SO_LINGER_SEC", "TCP_KEEPIDLE", "TCP_KEEPALIVE");

    private static final Set<String> TOO_NEW_ON_MACOS = Set.of("MSG_NOSIGNAL");

    private static Properties headers(Platform platform) throws IOException {
        var properties = new Properties();
        String name = "kqueue-" + platform.name().toLowerCase(Locale.ROOT) + ".properties";
        try (var stream = HeadersTest.class.getResourceAsStream(name)) {
            properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
        }
        return properties;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINUX")
    void everyNumberIsThatOfTheHeader(Platform platform) throws Exception {
        for (String name : DECLARING) Class.forName("org.dormouse.poller." + name);
        Properties headers = headers(platform);
        int compared = 0;
        for (Numbers header : Numbers.headers()) {
            for (Numbers.Row row : header.rows()) {
                if (platform == Platform.MACOS && TOO_NEW_ON_MACOS.contains(row.name())) continue;
                String name =
                        platform == Platform.MACOS ? NAMES_OF_MACOS.getOrDefault(row.name(), row.name()) : row.name();
                String expected = headers.getProperty(name);
                if (expected == null) {
                    boolean isOfLinuxOnly = row.macos() == Numbers.NONE && row.freebsd() == Numbers.NONE;
                    assertThat(isOfLinuxOnly)
                            .as("%s of %s is in no list of %s", name, header.header(), platform)
                            .isTrue();
                    continue;
                }
                int number = expected.equals("absent") ? Numbers.NONE : Integer.parseInt(expected);
                assertThat(row.on(platform)).as("%s on %s", name, platform).isEqualTo(number);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(50);
    }

    @Test
    void keventHasTheLayoutOfEachHeader() throws Exception {
        compare("kevent", Kevent.OF_MACOS, Kevent.OF_MACOS, headers(Platform.MACOS));
        var ofFreeBsd = headers(Platform.FREEBSD);
        compare("kevent", Kevent.OF_FREEBSD, Kevent.OF_MACOS, ofFreeBsd);
        assertThat(Kevent.OF_FREEBSD.byteOffset(groupElement("ext"))).isEqualTo(number(ofFreeBsd, "kevent.ext.offset"));
    }

    private static void compare(String struct, StructLayout size, StructLayout members, Properties headers) {
        assertThat(size.byteSize()).isEqualTo(number(headers, struct + ".size"));
        for (var member : members.memberLayouts()) {
            String name = member.name().orElseThrow();
            assertThat(members.byteOffset(groupElement(name)))
                    .as(name)
                    .isEqualTo(number(headers, struct + "." + name + ".offset"));
        }
    }

    private static long number(Properties headers, String key) {
        return Long.parseLong(headers.getProperty(key));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINUX")
    void theOtherStructsLieAsTheCodeWritesThem(Platform platform) throws Exception {
        Properties headers = headers(platform);
        assertThat(number(headers, "timespec.size")).isEqualTo(KqueueBackend.TIMESPEC_BYTES);
        assertThat(number(headers, "timespec.tv_sec.offset")).isZero();
        assertThat(number(headers, "timespec.tv_nsec.offset")).isEqualTo(8);
        assertThat(headers.getProperty("fcntl.firstVariadicArg")).isEqualTo("2");
        for (String name : List.of("sockaddr_in.sin", "sockaddr_in6.sin6")) {
            assertThat(number(headers, name + "_len.offset")).isZero();
            assertThat(number(headers, name + "_family.offset")).isEqualTo(1);
            assertThat(number(headers, name + "_port.offset")).isEqualTo(2);
        }
        assertThat(number(headers, "sockaddr_in.size")).isEqualTo(16);
        assertThat(number(headers, "sockaddr_in.sin_addr.offset")).isEqualTo(4);
        assertThat(number(headers, "sockaddr_in6.size")).isEqualTo(28);
        assertThat(number(headers, "sockaddr_in6.sin6_addr.offset")).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINUX")
    void theFunctionsThatAreLinkedExist(Platform platform) throws Exception {
        Properties headers = headers(platform);
        for (String function : List.of("kqueue", "kevent", "fcntl", platform.choose("", "accept", "accept4")))
            assertThat(headers.getProperty("symbol." + function)).isEqualTo(function);
    }

    @Test
    void eachElementOfAnArrayIsReadWhereItWasWritten() {
        var array = MemorySegment.ofArray(new long[(int) (3 * Kevent.BYTES / Long.BYTES)]);
        for (int i = 0; i < 3; i++)
            Kevent.set(array, i, i + 5, Kevent.EVFILT_WRITE, Kevent.EV_EOF | Kevent.EV_ADD, i + 7, Long.MAX_VALUE - i);
        for (int i = 0; i < 3; i++) {
            assertThat(Kevent.ident(array, i)).isEqualTo(i + 5);
            assertThat(Kevent.filter(array, i)).isEqualTo(Kevent.EVFILT_WRITE);
            assertThat(Kevent.flags(array, i)).isEqualTo(Kevent.EV_EOF | Kevent.EV_ADD);
            assertThat(Kevent.fflags(array, i)).isEqualTo(i + 7);
            assertThat(Kevent.udata(array, i)).isEqualTo(Long.MAX_VALUE - i);
        }
    }
}
