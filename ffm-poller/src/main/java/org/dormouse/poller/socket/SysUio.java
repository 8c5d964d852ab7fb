package org.dormouse.poller.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import org.dormouse.poller.libc.LibC;

/**
 * {@code sys/uio.h} and {@code sendmsg} of {@code sys/socket.h}, 64-bit Linux: the result, or {@code -errno}. Not critical, because what
 * it moves has no limit; linked when first used.
 */
final class SysUio {
    static final StructLayout IOVEC =
            MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    static final StructLayout MSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("msg_name"),
            JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("msg_iov"),
            JAVA_LONG.withName("msg_iovlen"),
            ADDRESS.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"),
            MemoryLayout.paddingLayout(4));

    private static final long BASE = IOVEC.byteOffset(PathElement.groupElement("iov_base"));
    private static final long LENGTH = IOVEC.byteOffset(PathElement.groupElement("iov_len"));
    private static final long IOV = MSGHDR.byteOffset(PathElement.groupElement("msg_iov"));
    private static final long IOV_LENGTH = MSGHDR.byteOffset(PathElement.groupElement("msg_iovlen"));
    private static final MethodHandle SENDMSG =
            LibC.link("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private SysUio() {}

    /** Sends what remains in {@code first}, then in {@code second}, both direct; their positions stay. */
    static int sendmsg(int descriptor, ByteBuffer first, ByteBuffer second, int flags) {
        try (var arena = Arena.ofConfined()) { // one thread's for the length of this call, in which nothing unmounts
            var parts = arena.allocate(IOVEC.byteSize() * 2, IOVEC.byteAlignment());
            part(parts, 0, first);
            part(parts, IOVEC.byteSize(), second);
            var message = arena.allocate(MSGHDR);
            message.set(ADDRESS, IOV, parts);
            message.set(JAVA_LONG, IOV_LENGTH, 2);
            var callState = LibC.callState(arena);
            try {
                long result = (long) SENDMSG.invokeExact(callState, descriptor, message, flags);
                return LibC.result((int) result, callState);
            } catch (Throwable e) {
                throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
            }
        }
    }

    private static void part(MemorySegment parts, long offset, ByteBuffer bytes) {
        var segment = MemorySegment.ofBuffer(bytes);
        parts.set(ADDRESS, offset + BASE, segment);
        parts.set(JAVA_LONG, offset + LENGTH, segment.byteSize());
    }
}
