package org.dormouse.poller.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Links functions of the C library. Each handle captures {@code errno} into its first argument, a call state, because the JVM may
 * overwrite errno before Java could ask for it.
 *
 * <p>Signatures are few and shared, because the first function of each costs about 10 ms of a server's start and the others next to
 * nothing. So a function may be called with more arguments than it takes, and with a long for an int: the calling conventions of x86-64
 * (System V) and AArch64 hand over the first six in registers, and a function looks neither at registers that it has no parameter for
 * nor at upper halves. Variadic functions are the exception: AArch64 of macOS hands over what the dots stand for on the stack, so they
 * are linked with {@link Linker.Option#firstVariadicArg} and called with what they take.
 */
public final class LibC {
    /** A call state as an {@code int[]} for {@link #linkCritical}: errno alone, but for Windows. */
    public static final int CALL_STATE_INTS = 1;

    /** Descriptor and flags. */
    public static final FunctionDescriptor INTS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);

    /** Descriptor, memory, its length, flags. */
    public static final FunctionDescriptor BYTES =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    /** Descriptor, address, length of the address as memory, flags. */
    public static final FunctionDescriptor SOCKET_ADDRESS =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);

    /** Descriptor, two numbers that say what, memory, its length. */
    public static final FunctionDescriptor SETTING =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    /** A linked function; {@code isCritical} ones run without leaving Java, so they must never wait. */
    public record Link(String function, boolean isCritical) {}

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final List<Link> LINKS = new CopyOnWriteArrayList<>();

    static {
        long offset = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
        if (offset != 0 || CALL_STATE.byteSize() != CALL_STATE_INTS * 4L)
            throw new NativeException("call state is " + CALL_STATE + ", not errno alone");
    }

    private LibC() {}

    /** The functions of the C library. */
    public static SymbolLookup functions() {
        return LINKER.defaultLookup();
    }

    /**
     * The functions of a shared library that is found where the system looks for them; it stays loaded.
     *
     * @throws NativeException if it is not there
     */
    @SuppressWarnings("restricted")
    public static SymbolLookup library(String name) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new NativeException("there is no library " + name + ": " + e.getMessage());
        }
    }

    /** Links a function that may wait: it lets the garbage collector go on meanwhile, and takes no memory of the Java heap. */
    public static MethodHandle link(String function, FunctionDescriptor signature) {
        return link(functions(), function, signature);
    }

    /** The same for a function of {@code functions}. */
    public static MethodHandle link(SymbolLookup functions, String function, FunctionDescriptor signature) {
        return link(functions, function, signature, false, List.of(Linker.Option.captureCallState("errno")));
    }

    /**
     * Links a function that never waits and moves at most 17 KiB, so that it may run without leaving Java, on arrays of the Java heap.
     * While it runs no garbage collection can start.
     */
    public static MethodHandle linkCritical(String function, FunctionDescriptor signature, Linker.Option... options) {
        return linkCritical(functions(), function, signature, options);
    }

    /** The same for a function of {@code functions}. */
    public static MethodHandle linkCritical(
            SymbolLookup functions, String function, FunctionDescriptor signature, Linker.Option... options) {
        var all = new ArrayList<>(List.of(options));
        all.add(Linker.Option.captureCallState("errno"));
        all.add(Linker.Option.critical(true));
        return link(functions, function, signature, true, all);
    }

    /** Every function linked so far. */
    public static List<Link> links() {
        return List.copyOf(LINKS);
    }

    @SuppressWarnings("restricted") // this class is where native access begins
    private static MethodHandle link(
            SymbolLookup functions,
            String function,
            FunctionDescriptor signature,
            boolean isCritical,
            List<Linker.Option> options) {
        MemorySegment address =
                functions.find(function).orElseThrow(() -> new NativeException("there is no function " + function));
        LINKS.add(new Link(function, isCritical));
        return LINKER.downcallHandle(address, signature, options.toArray(Linker.Option[]::new));
    }

    /** A new call state for calls that one thread at a time makes. */
    public static MemorySegment callState(Arena arena) {
        return arena.allocate(CALL_STATE);
    }

    /** What C returned, or {@code -errno} where it returned -1. */
    public static int result(int returned, MemorySegment callState) {
        return returned == -1 ? -callState.get(JAVA_INT, 0) : returned;
    }

    /** What C returned, or {@code -errno} where it returned -1; for critical calls, whose call state is an array. */
    public static int result(int returned, int[] callState) {
        return returned == -1 ? -callState[0] : returned;
    }
}
