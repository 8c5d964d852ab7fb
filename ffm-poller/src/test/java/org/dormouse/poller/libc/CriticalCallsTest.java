package org.dormouse.poller.libc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;

/**
 * A critical call stops every garbage collection while it runs, so it must be over at once. This is the list of those that are; who adds
 * one shows here that it never waits.
 */
class CriticalCallsTest {
    /** On descriptors that are non-blocking, or calls that have nothing to wait for. */
    private static final List<String> NEVER_WAIT = List.of(
            "socket",
            "bind",
            "connect",
            "listen",
            "accept4",
            "setsockopt",
            "getsockopt",
            "getsockname",
            "getpeername",
            "recv",
            "send",
            "shutdown",
            "close",
            "fcntl",
            "getpriority",
            "sched_getscheduler",
            "syscall", // sched_setattr
            "eventfd",
            "write",
            "epoll_create1",
            "epoll_ctl");

    /** All but the first on files. */
    private static final List<String> MAY_WAIT = List.of("epoll_wait", "open", "lseek", "close", "sendfile", "flock");

    /** Changes of what is watched never wait; on Linux they are there only where libkqueue is. */
    private static final List<String> OF_KQUEUE = List.of("kqueue", "kevent");

    private static boolean isOfKqueue(LibC.Link link) {
        return OF_KQUEUE.contains(link.function());
    }

    @Test
    void onlyCallsThatNeverWaitAreLinkedAsCritical() throws Exception {
        for (String name : List.of(
                "libc.Unistd",
                "libc.Unistd$OfFiles",
                "libc.Fcntl",
                "libc.Fcntl$Opening",
                "libc.Sched",
                "epoll.Epoll",
                "epoll.EventFd",
                "socket.SysSocket",
                "socket.SysSocket$ReadBack",
                "socket.SysSocket$Outgoing",
                "socket.SysSendfile",
                "socket.SysFile")) Class.forName("org.dormouse.poller." + name);

        assertThat(LibC.links())
                .filteredOn(link -> link.isCritical() && !isOfKqueue(link))
                .extracting(LibC.Link::function)
                .containsExactlyInAnyOrderElementsOf(NEVER_WAIT);
        assertThat(LibC.links())
                .filteredOn(link -> !link.isCritical() && !isOfKqueue(link))
                .extracting(LibC.Link::function)
                .containsExactlyInAnyOrderElementsOf(MAY_WAIT);
    }

    @Test
    void noCallMovesMoreThan16KiB() {
        assertThat(StreamSocket.MAX_TRANSFER).isLessThanOrEqualTo(17 * 1024);
    }
}
