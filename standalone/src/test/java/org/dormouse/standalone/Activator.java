package org.dormouse.standalone;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.libc.LibC;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;

/**
 * Does what systemd does for a service with a socket: listens, and becomes the service (execve), which finds the socket as its descriptor 3
 * and is told so in its environment. Before that it says on its output where it listens.
 *
 * <pre>{@code java ... Activator NAME=VALUE... -- COMMAND ARGUMENT...}</pre>
 */
final class Activator {
    private static final int PASSED = 3;

    private Activator() {}

    public static void main(String[] arguments) throws Throwable {
        int dashes = List.of(arguments).indexOf("--");
        List<String> command = List.of(arguments).subList(dashes + 1, arguments.length);
        var environment = new ArrayList<>(List.of(arguments).subList(0, dashes));
        environment.add("LISTEN_PID=" + ProcessHandle.current().pid());
        MethodHandle dup2 = LibC.linkCritical("dup2", LibC.INTS);
        MethodHandle execve = LibC.link("execve", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        try (var arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocateFrom(command.getFirst());
            MemorySegment argv = strings(arena, command);
            MemorySegment envp = strings(arena, environment);
            MemorySegment state = LibC.callState(arena);
            var loopback = new SocketAddress(0, 0xffff_7f00_0001L, 0);
            ListenSocket socket = KernelSockets.listen(loopback, 16, 1).getFirst();
            System.out.println("http://127.0.0.1:" + socket.port() + "/");
            System.out.flush();
            int copied = (int) dup2.invokeExact(state, socket.descriptor(), PASSED, 0);
            int result = (int) execve.invokeExact(state, program, argv, envp); // comes back only if it failed
            throw new AssertionError("dup2 " + copied + ", execve " + LibC.result(result, state));
        }
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1);
        for (int i = 0; i < strings.size(); i++) array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        return array;
    }
}
