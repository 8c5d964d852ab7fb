package org.dormouse.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Which backend a name stands for, and where. */
class BackendChoiceTest {
    private static final String DENIED =
            "the JVM denies native access, which --enable-native-access=ALL-UNNAMED allows";

    @Test
    void autoIsThePlatformsOwnAndSaysNothing() {
        assertThat(BackendChoice.of("auto", "Linux", "")).isEqualTo(new BackendChoice("epoll", ""));
        assertThat(BackendChoice.of("auto", "Mac OS X", "")).isEqualTo(new BackendChoice("kqueue", ""));
        assertThat(BackendChoice.of("auto", "FreeBSD", "")).isEqualTo(new BackendChoice("kqueue", ""));
    }

    @Test
    void autoIsNioElsewhereAndWhereNativeAccessIsDeniedAndSaysWhy() {
        assertThat(BackendChoice.of("auto", "Windows 11", ""))
                .isEqualTo(new BackendChoice("nio", "there is neither epoll nor kqueue on Windows 11"));
        assertThat(BackendChoice.of("auto", "Linux", DENIED))
                .isEqualTo(new BackendChoice("nio", "epoll cannot be had: " + DENIED));
        assertThat(BackendChoice.of("auto", "Mac OS X", DENIED).reason()).startsWith("kqueue cannot be had");
    }

    @Test
    void whatIsAskedForByNameIsHadOrRefusedWithTheReason() {
        assertThat(BackendChoice.of("nio", "Linux", DENIED)).isEqualTo(new BackendChoice("nio", ""));
        assertThat(BackendChoice.of("epoll", "Linux", "")).isEqualTo(new BackendChoice("epoll", ""));
        assertRefused("epoll", "Linux", DENIED, "backend epoll cannot be had: " + DENIED);
        assertRefused("epoll", "Mac OS X", "", "backend epoll cannot be had: there is none on Mac OS X");
        assertRefused("kqueue", "Windows 11", "", "backend kqueue cannot be had: there is none on Windows 11");
        assertRefused("select", "Linux", "", "backend select is unknown; there are: auto, epoll, kqueue, nio");
    }

    private static void assertRefused(String asked, String system, String whyNoNativeAccess, String message) {
        assertThatThrownBy(() -> BackendChoice.of(asked, system, whyNoNativeAccess))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith(message);
    }
}
