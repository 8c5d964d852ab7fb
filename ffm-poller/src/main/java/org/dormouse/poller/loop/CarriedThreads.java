package org.dormouse.poller.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads with a scheduler of our own. The only class that knows how: the JDK has no public way yet, so this reaches for the
 * package-private {@code java.lang.ThreadBuilders.newVirtualThread} of JDK 25, which needs {@link #FLAG}.
 */
public final class CarriedThreads {
    /** What the JVM must be started with. */
    public static final String FLAG = "--add-opens java.base/java.lang=ALL-UNNAMED";

    /** Thread.NO_INHERIT_THREAD_LOCALS: a request must not see what the loop's thread, or another request, left behind. */
    private static final int NO_INHERIT_THREAD_LOCALS = 1 << 2;

    private static final @Nullable MethodHandle NEW_THREAD;
    private static final @Nullable MethodHandle CURRENT_CARRIER;
    private static final Availability AVAILABILITY;

    static {
        MethodHandle newThread = null;
        MethodHandle currentCarrier = null;
        String reason = "";
        try {
            // From a platform thread, before the first carried one: the JDK's socket poller starts its own virtual
            // threads on the
            // scheduler of whoever touches it first, and they would be gone with the loop.
            if (Thread.currentThread().isVirtual()) initialiseSocketPollerElsewhere();
            else initialiseSocketPoller();
            var builders = Class.forName("java.lang.ThreadBuilders");
            var lookup = MethodHandles.privateLookupIn(builders, MethodHandles.lookup());
            newThread = lookup.findStatic(
                    builders,
                    "newVirtualThread",
                    MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class));
            currentCarrier = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
                    .findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
        } catch (IllegalAccessException e) {
            reason = "java.lang is not opened: start the JVM with " + FLAG;
        } catch (ReflectiveOperationException | LinkageError e) {
            reason = "this JDK (" + Runtime.version() + ") has no scheduler to choose for virtual threads: " + e;
        }
        NEW_THREAD = newThread;
        CURRENT_CARRIER = currentCarrier;
        AVAILABILITY = new Availability(reason.isEmpty(), reason);
    }

    private CarriedThreads() {}

    /**
     * Whether this JVM can have carried threads.
     *
     * @param reason why not, with what would help; empty if it can
     */
    public record Availability(boolean isAvailable, String reason) {}

    /** Whether this JVM can have carried threads, and why not. Stays the same for the life of the JVM. */
    public static Availability availability() {
        return AVAILABILITY;
    }

    /** Creates a virtual thread for {@code body} that {@code scheduler} runs piece by piece; it is not started yet. */
    static Thread create(Executor scheduler, Runnable body) {
        if (NEW_THREAD == null) throw new UnsupportedOperationException(AVAILABILITY.reason());
        try {
            return (Thread) NEW_THREAD.invokeExact(scheduler, (String) null, NO_INHERIT_THREAD_LOCALS, body);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("newVirtualThread declares no checked exception", e);
        }
    }

    /** The platform thread that runs the caller, be it virtual or not. */
    static Thread currentCarrier() {
        if (CURRENT_CARRIER == null) return Thread.currentThread();
        try {
            return (Thread) CURRENT_CARRIER.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("currentCarrierThread throws nothing", e);
        }
    }

    /**
     * The virtual thread behind a continuation that was handed to its scheduler; null if that cannot be told. Slow: for reports. The JDK
     * hands over a method reference bound to the thread, so it is found in what that captured.
     */
    static @Nullable Thread threadOf(Runnable continuation) {
        try {
            for (var field : continuation.getClass().getDeclaredFields()) {
                if (!Thread.class.isAssignableFrom(field.getType())) continue;
                field.setAccessible(true);
                return (Thread) field.get(continuation);
            }
            return null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // a report without its stack is better than none
        }
    }

    private static void initialiseSocketPoller() {
        try {
            Class.forName("sun.nio.ch.Poller");
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    private static void initialiseSocketPollerElsewhere() {
        var thread = Thread.ofPlatform()
                .name("dormouse-first-touch")
                .daemon(true)
                .unstarted(CarriedThreads::initialiseSocketPoller);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
