package org.dormouse.poller.libc;

import org.jspecify.annotations.Nullable;

/** Error numbers of Linux (include/uapi/asm-generic/errno-base.h and errno.h), which x86-64 and aarch64 share. */
public final class Errno {
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int EPIPE = 32;
    public static final int ENONET = 64;
    public static final int EPROTO = 71;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;

    private Errno() {}

    /** Whether {@code result} ({@code -errno}) asks only for the same call again: a signal came in between. */
    public static boolean isRetry(int result) {
        return result == -EINTR;
    }

    /** For messages: name, number and meaning; the number alone where it is none of the above. */
    public static String describe(int errno) {
        String name = name(errno);
        return name == null ? "errno " + errno : name + " (" + errno + ")";
    }

    private static @Nullable String name(int errno) {
        return switch (errno) {
            case ENOENT -> "no such file, ENOENT";
            case EINTR -> "interrupted by a signal, EINTR";
            case EBADF -> "bad descriptor, EBADF";
            case EAGAIN -> "would block, EAGAIN";
            case ENOMEM -> "out of memory, ENOMEM";
            case EACCES -> "permission denied, EACCES";
            case EEXIST -> "exists already, EEXIST";
            case EINVAL -> "invalid argument, EINVAL";
            case ENFILE -> "no descriptors left in the system, ENFILE";
            case EMFILE -> "no descriptors left in the process, EMFILE";
            case EPIPE -> "broken pipe, EPIPE";
            case ENONET -> "machine is not on the network, ENONET";
            case EPROTO -> "protocol error, EPROTO";
            case ENOPROTOOPT -> "protocol not available, ENOPROTOOPT";
            case EOPNOTSUPP -> "operation not supported, EOPNOTSUPP";
            case EAFNOSUPPORT -> "address family not supported, EAFNOSUPPORT";
            case EADDRINUSE -> "address already in use, EADDRINUSE";
            case EADDRNOTAVAIL -> "address not available on this machine, EADDRNOTAVAIL";
            case ENETDOWN -> "network is down, ENETDOWN";
            case ENETUNREACH -> "network is unreachable, ENETUNREACH";
            case ECONNABORTED -> "connection aborted, ECONNABORTED";
            case ECONNRESET -> "connection reset by peer, ECONNRESET";
            case ENOBUFS -> "no buffer space, ENOBUFS";
            case ENOTCONN -> "not connected, ENOTCONN";
            case ETIMEDOUT -> "connection timed out, ETIMEDOUT";
            case EHOSTDOWN -> "host is down, EHOSTDOWN";
            case EHOSTUNREACH -> "host is unreachable, EHOSTUNREACH";
            default -> null;
        };
    }
}
