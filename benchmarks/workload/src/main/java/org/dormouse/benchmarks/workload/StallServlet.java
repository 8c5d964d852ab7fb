package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Keeps its thread for 50 ms in one of the ways that hurt: {@code /stall?kind=K&slot=N}. {@code spin} computes; {@code native} waits in a C
 * function; {@code monitor} sleeps and holds the monitor that all others of its kind want; {@code file} reads one byte of FIFO number
 * {@code slot} in the folder named by the system property {@code workload.fifos}, into which somebody writes a byte now and then;
 * {@code class} waits for the initialiser of a class of its own.
 */
class StallServlet extends HttpServlet {
    static final long MILLIS = 50;

    private static final long serialVersionUID = 1;
    private static final MethodHandle USLEEP = usleep();
    private static final Object MONITOR = new Object();

    @SuppressWarnings("restricted") // a call into C is what this is about
    private static MethodHandle usleep() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("usleep"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            switch (request.getParameter("kind")) {
                case "spin" -> spin();
                case "native" -> sleepInNativeCode();
                case "monitor" -> sleepWithMonitor();
                case "file" -> readSlowFile(request.getParameter("slot"));
                case "class" -> initialiseSlowClass();
                default -> throw new IOException("kind " + request.getParameter("kind"));
            }
        } catch (InterruptedException | ClassNotFoundException e) {
            throw new IOException(e);
        }
        Answers.text(response, "stalled");
    }

    private static void spin() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        while (System.nanoTime() < end) Thread.onSpinWait();
    }

    private static void sleepInNativeCode() {
        try {
            int result = (int) USLEEP.invokeExact((int) TimeUnit.MILLISECONDS.toMicros(MILLIS));
            if (result != 0) throw new IllegalStateException("usleep: " + result);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void sleepWithMonitor() throws InterruptedException {
        synchronized (MONITOR) {
            Thread.sleep(MILLIS);
        }
    }

    private static void readSlowFile(String slot) throws IOException {
        Path fifo = Path.of(System.getProperty("workload.fifos"), "fifo-" + Integer.parseInt(slot));
        try (InputStream in = new FileInputStream(fifo.toFile())) {
            if (in.read() < 0) throw new IOException(fifo + " has no writer");
        }
    }

    private static void initialiseSlowClass() throws IOException, ClassNotFoundException {
        Class.forName(SlowClass.class.getName(), true, new OneClassLoader());
    }

    /** Defines {@link SlowClass} itself, and leaves everything else to the loader of the workload. */
    private static final class OneClassLoader extends ClassLoader {
        private static final byte[] BYTES = bytes();

        OneClassLoader() {
            super(StallServlet.class.getClassLoader());
        }

        private static byte[] bytes() {
            try (InputStream in = StallServlet.class.getResourceAsStream("SlowClass.class")) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(SlowClass.class.getName())) return super.loadClass(name, resolve);
            return defineClass(name, BYTES, 0, BYTES.length);
        }
    }
}
