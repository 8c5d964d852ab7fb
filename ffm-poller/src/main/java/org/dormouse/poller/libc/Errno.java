package org.dormouse.poller.libc;

import java.util.ArrayList;
import java.util.List;

/** Error numbers of this platform (errno.h). */
public final class Errno {
    private record Meaning(int errno, String text) {}

    private static final Numbers NUMBERS = new Numbers("errno.h");
    private static final List<Meaning> MEANINGS = new ArrayList<>();

    //                                                         Linux, macOS, FreeBSD
    public static final int EPERM = define("EPERM", 1, 1, 1, "operation not permitted");
    public static final int ENOENT = define("ENOENT", 2, 2, 2, "no such file");
    public static final int EINTR = define("EINTR", 4, 4, 4, "interrupted by a signal");
    public static final int EIO = define("EIO", 5, Numbers.NONE, Numbers.NONE, "input or output error");
    public static final int EBADF = define("EBADF", 9, 9, 9, "bad descriptor");
    public static final int EAGAIN = define("EAGAIN", 11, 35, 35, "would block");
    public static final int ENOMEM = define("ENOMEM", 12, 12, 12, "out of memory");
    public static final int EACCES = define("EACCES", 13, 13, 13, "permission denied");
    public static final int EEXIST = define("EEXIST", 17, 17, 17, "exists already");
    public static final int ENODEV = define("ENODEV", 19, 19, 19, "no such device");
    public static final int EINVAL = define("EINVAL", 22, 22, 22, "invalid argument");
    public static final int ENFILE = define("ENFILE", 23, 23, 23, "no descriptors left in the system");
    public static final int EMFILE = define("EMFILE", 24, 24, 24, "no descriptors left in the process");
    public static final int EPIPE = define("EPIPE", 32, 32, 32, "broken pipe");
    public static final int ENOSYS = define("ENOSYS", 38, Numbers.NONE, Numbers.NONE, "no such call");
    public static final int ENONET = define("ENONET", 64, Numbers.NONE, Numbers.NONE, "machine is not on the network");
    public static final int EPROTO = define("EPROTO", 71, 100, 92, "protocol error");
    public static final int EOVERFLOW = define("EOVERFLOW", 75, Numbers.NONE, Numbers.NONE, "number too large");
    public static final int ENOPROTOOPT = define("ENOPROTOOPT", 92, 42, 42, "protocol not available");
    public static final int EOPNOTSUPP = define("EOPNOTSUPP", 95, 102, 45, "operation not supported");
    public static final int EAFNOSUPPORT = define("EAFNOSUPPORT", 97, 47, 47, "address family not supported");
    public static final int EADDRINUSE = define("EADDRINUSE", 98, 48, 48, "address already in use");
    public static final int EADDRNOTAVAIL =
            define("EADDRNOTAVAIL", 99, 49, 49, "address not available on this machine");
    public static final int ENETDOWN = define("ENETDOWN", 100, 50, 50, "network is down");
    public static final int ENETUNREACH = define("ENETUNREACH", 101, 51, 51, "network is unreachable");
    public static final int ECONNABORTED = define("ECONNABORTED", 103, 53, 53, "connection aborted");
    public static final int ECONNRESET = define("ECONNRESET", 104, 54, 54, "connection reset by peer");
    public static final int ENOBUFS = define("ENOBUFS", 105, 55, 55, "no buffer space");
    public static final int ENOTCONN = define("ENOTCONN", 107, 57, 57, "not connected");
    public static final int ENOTSOCK = define("ENOTSOCK", 88, 38, 38, "not a socket");
    public static final int ECONNREFUSED = define("ECONNREFUSED", 111, 61, 61, "connection refused");
    public static final int ETIMEDOUT = define("ETIMEDOUT", 110, 60, 60, "connection timed out");
    public static final int EINPROGRESS = define("EINPROGRESS", 115, 36, 36, "connection is being made");
    public static final int EHOSTDOWN = define("EHOSTDOWN", 112, 64, 64, "host is down");
    public static final int EHOSTUNREACH = define("EHOSTUNREACH", 113, 65, 65, "host is unreachable");

    private Errno() {}

    private static int define(String name, int linux, int macos, int freebsd, String meaning) {
        int errno = NUMBERS.define(name, linux, macos, freebsd);
        if (errno != Numbers.NONE) MEANINGS.add(new Meaning(errno, meaning + ", " + name + " (" + errno + ")"));
        return errno;
    }

    /** Whether {@code result} ({@code -errno}) asks only for the same call again: a signal came in between. */
    public static boolean isRetry(int result) {
        return result == -EINTR;
    }

    /** For messages: meaning, name and number; the number alone where it is none of the above. */
    public static String describe(int errno) {
        for (int i = 0; i < MEANINGS.size(); i++) if (MEANINGS.get(i).errno == errno) return MEANINGS.get(i).text;
        return "errno " + errno;
    }
}
