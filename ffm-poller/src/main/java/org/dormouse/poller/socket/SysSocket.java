package org.dormouse.poller.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.dormouse.poller.libc.LibC;
import org.dormouse.poller.libc.Numbers;
import org.dormouse.poller.libc.Platform;

/**
 * {@code sys/socket.h}: C's names and order of arguments; the result, or {@code -errno}. Every call here returns at once, because the
 * sockets are non-blocking. Any thread: each call has a call state of its own, since inside a continuation there is no thread to keep
 * one for; it is 24 bytes of the youngest garbage.
 */
final class SysSocket {
    private static final Numbers NUMBERS = new Numbers("sys/socket.h");

    //                                                                 Linux, macOS, FreeBSD
    static final int AF_UNIX = NUMBERS.define("AF_UNIX", 1, 1, 1);
    static final int AF_INET = NUMBERS.define("AF_INET", 2, 2, 2);
    static final int AF_INET6 = NUMBERS.define("AF_INET6", 10, 30, 28);
    static final int SOCK_STREAM = NUMBERS.define("SOCK_STREAM", 1, 1, 1);
    static final int SOCK_DGRAM = NUMBERS.define("SOCK_DGRAM", 2, 2, 2);
    static final int SOCK_NONBLOCK = NUMBERS.define("SOCK_NONBLOCK", 0x800, Numbers.NONE, 0x20000000);
    static final int SOCK_CLOEXEC = NUMBERS.define("SOCK_CLOEXEC", 0x80000, Numbers.NONE, 0x10000000);
    static final int MSG_NOSIGNAL = NUMBERS.define("MSG_NOSIGNAL", 0x4000, Numbers.NONE, 0x20000);
    static final int MSG_MORE = NUMBERS.define("MSG_MORE", 0x8000, Numbers.NONE, Numbers.NONE);
    static final int SHUT_WR = NUMBERS.define("SHUT_WR", 1, 1, 1);
    static final int SHUT_RDWR = NUMBERS.define("SHUT_RDWR", 2, 2, 2);

    private static final MethodHandle SOCKET = LibC.linkCritical("socket", LibC.INTS);
    private static final MethodHandle BIND = LibC.linkCritical("bind", LibC.BYTES);
    private static final MethodHandle LISTEN = LibC.linkCritical("listen", LibC.INTS);
    // macOS has only accept, which does not look at the flags.
    private static final MethodHandle ACCEPT4 =
            LibC.linkCritical(Platform.CURRENT.choose("accept4", "accept", "accept4"), LibC.SOCKET_ADDRESS);
    private static final MethodHandle SETSOCKOPT = LibC.linkCritical("setsockopt", LibC.SETTING);
    private static final MethodHandle GETSOCKNAME = LibC.linkCritical("getsockname", LibC.SOCKET_ADDRESS);
    private static final MethodHandle GETPEERNAME = LibC.linkCritical("getpeername", LibC.SOCKET_ADDRESS);
    private static final MethodHandle RECV = LibC.linkCritical("recv", LibC.BYTES);
    private static final MethodHandle SEND = LibC.linkCritical("send", LibC.BYTES);
    private static final MethodHandle SHUTDOWN = LibC.linkCritical("shutdown", LibC.INTS);

    private SysSocket() {}

    /** Linked when first asked for: a server sets options and need not read them back. */
    private static final class ReadBack {
        static final MethodHandle GETSOCKOPT = LibC.linkCritical(
                "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    }

    /** Links getsockopt, so that a loop that asks for the first time does not: that takes milliseconds. */
    static void linkReadBack() {
        Objects.requireNonNull(ReadBack.GETSOCKOPT);
    }

    /** Linked when first asked for: a server is connected to. */
    private static final class Outgoing {
        static final MethodHandle CONNECT = LibC.linkCritical("connect", LibC.BYTES);
    }

    /** Of a non-blocking socket. */
    static int connect(int descriptor, byte[] address, int length) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            long result = (long) Outgoing.CONNECT.invokeExact(
                    MemorySegment.ofArray(state), descriptor, MemorySegment.ofArray(address), (long) length, 0);
            return LibC.result((int) result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int socket(int domain, int type, int protocol) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result((int) SOCKET.invokeExact(MemorySegment.ofArray(state), domain, type, protocol), state);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    static int bind(int descriptor, byte[] address, int length) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            long result = (long) BIND.invokeExact(
                    MemorySegment.ofArray(state), descriptor, MemorySegment.ofArray(address), (long) length, 0);
            return LibC.result((int) result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int listen(int descriptor, int backlog) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result((int) LISTEN.invokeExact(MemorySegment.ofArray(state), descriptor, backlog, 0), state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int accept4(int descriptor, byte[] address, int[] length, int flags) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            int result = (int) ACCEPT4.invokeExact(
                    MemorySegment.ofArray(state),
                    descriptor,
                    MemorySegment.ofArray(address),
                    MemorySegment.ofArray(length),
                    flags);
            return LibC.result(result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int setsockopt(int descriptor, int level, int option, int[] value) {
        return setsockopt(descriptor, level, option, MemorySegment.ofArray(value));
    }

    static int setsockopt(int descriptor, int level, int option, byte[] value) {
        return setsockopt(descriptor, level, option, MemorySegment.ofArray(value));
    }

    private static int setsockopt(int descriptor, int level, int option, MemorySegment value) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            int result = (int) SETSOCKOPT.invokeExact(
                    MemorySegment.ofArray(state), descriptor, level, option, value, (int) value.byteSize());
            return LibC.result(result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int getsockopt(int descriptor, int level, int option, int[] value) {
        return getsockopt(descriptor, level, option, MemorySegment.ofArray(value));
    }

    static int getsockopt(int descriptor, int level, int option, byte[] value) {
        return getsockopt(descriptor, level, option, MemorySegment.ofArray(value));
    }

    private static int getsockopt(int descriptor, int level, int option, MemorySegment value) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        int[] length = {(int) value.byteSize()};
        try {
            int result = (int) ReadBack.GETSOCKOPT.invokeExact(
                    MemorySegment.ofArray(state), descriptor, level, option, value, MemorySegment.ofArray(length));
            return LibC.result(result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int getsockname(int descriptor, byte[] address, int[] length) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            int result = (int) GETSOCKNAME.invokeExact(
                    MemorySegment.ofArray(state),
                    descriptor,
                    MemorySegment.ofArray(address),
                    MemorySegment.ofArray(length),
                    0);
            return LibC.result(result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int getpeername(int descriptor, byte[] address, int[] length) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            int result = (int) GETPEERNAME.invokeExact(
                    MemorySegment.ofArray(state),
                    descriptor,
                    MemorySegment.ofArray(address),
                    MemorySegment.ofArray(length),
                    0);
            return LibC.result(result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Of {@code target} the {@code length} bytes from {@code offset}, which are inside it. */
    static int recv(int descriptor, byte[] target, int offset, int length, int flags) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            long result = (long) RECV.invokeExact(
                    MemorySegment.ofArray(state),
                    descriptor,
                    MemorySegment.ofArray(target).asSlice(offset, length),
                    (long) length,
                    flags);
            return LibC.result((int) result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Of {@code source} the {@code length} bytes from {@code offset}, which are inside it. */
    static int send(int descriptor, byte[] source, int offset, int length, int flags) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            long result = (long) SEND.invokeExact(
                    MemorySegment.ofArray(state),
                    descriptor,
                    MemorySegment.ofArray(source).asSlice(offset, length),
                    (long) length,
                    flags);
            return LibC.result((int) result, state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int shutdown(int descriptor, int how) {
        int[] state = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result((int) SHUTDOWN.invokeExact(MemorySegment.ofArray(state), descriptor, how, 0), state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
