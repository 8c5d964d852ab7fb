package org.dormouse.poller.socket;

import org.dormouse.poller.libc.Numbers;

/**
 * Levels and names for {@code getsockopt} and {@code setsockopt}: {@code sys/socket.h}, {@code netinet/in.h}, {@code netinet6/in6.h} and
 * {@code netinet/tcp.h}.
 */
final class SysOptions {
    private static final Numbers NUMBERS = new Numbers("socket options of sys/socket.h and netinet");

    //                                                                     Linux, macOS, FreeBSD
    static final int SOL_SOCKET = NUMBERS.define("SOL_SOCKET", 1, 0xffff, 0xffff);
    static final int SO_REUSEADDR = NUMBERS.define("SO_REUSEADDR", 2, 0x4, 0x4);
    static final int SO_ERROR = NUMBERS.define("SO_ERROR", 4, 0x1007, 0x1007);
    static final int SO_TYPE = NUMBERS.define("SO_TYPE", 3, 0x1008, 0x1008);
    static final int SO_ACCEPTCONN = NUMBERS.define("SO_ACCEPTCONN", 30, 0x2, 0x2);
    static final int SO_SNDBUF = NUMBERS.define("SO_SNDBUF", 7, 0x1001, 0x1001);
    static final int SO_RCVBUF = NUMBERS.define("SO_RCVBUF", 8, 0x1002, 0x1002);
    static final int SO_KEEPALIVE = NUMBERS.define("SO_KEEPALIVE", 9, 0x8, 0x8);
    /** In seconds; on macOS that is SO_LINGER_SEC. */
    static final int SO_LINGER = NUMBERS.define("SO_LINGER", 13, 0x1080, 0x80);

    static final int SO_REUSEPORT = NUMBERS.define("SO_REUSEPORT", 15, 0x200, 0x200);
    static final int SO_BINDTODEVICE = NUMBERS.define("SO_BINDTODEVICE", 25, Numbers.NONE, Numbers.NONE);
    static final int SO_BUSY_POLL = NUMBERS.define("SO_BUSY_POLL", 46, Numbers.NONE, Numbers.NONE);
    static final int SO_NOSIGPIPE = NUMBERS.define("SO_NOSIGPIPE", Numbers.NONE, 0x1022, 0x800);

    static final int IPPROTO_IP = NUMBERS.define("IPPROTO_IP", 0, 0, 0);
    static final int IP_TOS = NUMBERS.define("IP_TOS", 1, 3, 3);

    static final int IPPROTO_TCP = NUMBERS.define("IPPROTO_TCP", 6, 6, 6);
    static final int TCP_NODELAY = NUMBERS.define("TCP_NODELAY", 1, 1, 1);
    /** On macOS that is TCP_KEEPALIVE. */
    static final int TCP_KEEPIDLE = NUMBERS.define("TCP_KEEPIDLE", 4, 0x10, 256);

    static final int TCP_KEEPINTVL = NUMBERS.define("TCP_KEEPINTVL", 5, 0x101, 512);
    static final int TCP_KEEPCNT = NUMBERS.define("TCP_KEEPCNT", 6, 0x102, 1024);
    static final int TCP_DEFER_ACCEPT = NUMBERS.define("TCP_DEFER_ACCEPT", 9, Numbers.NONE, Numbers.NONE);
    static final int TCP_INFO = NUMBERS.define("TCP_INFO", 11, Numbers.NONE, 32);
    static final int TCP_USER_TIMEOUT = NUMBERS.define("TCP_USER_TIMEOUT", 18, Numbers.NONE, Numbers.NONE);
    static final int TCP_FASTOPEN = NUMBERS.define("TCP_FASTOPEN", 23, 0x105, 1025);

    static final int IPPROTO_IPV6 = NUMBERS.define("IPPROTO_IPV6", 41, 41, 41);
    static final int IPV6_V6ONLY = NUMBERS.define("IPV6_V6ONLY", 26, 27, 27);
    static final int IPV6_TCLASS = NUMBERS.define("IPV6_TCLASS", 67, 36, 61);

    /** {@code IFNAMSIZ}: a device's name with its zero. */
    static final int DEVICE_NAME_BYTES = 16;

    /** In ints: {@code tcpi_sacked} of Linux's {@code struct tcp_info}, which on a listening socket is how many may wait. */
    static final int TCP_INFO_SACKED = 7;

    private SysOptions() {}
}
