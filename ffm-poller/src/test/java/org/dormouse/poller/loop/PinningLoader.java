package org.dormouse.poller.loop;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;

/** Runs something inside a class initializer, which pins the carrier of a virtual thread. Each loads the class anew. */
final class PinningLoader extends ClassLoader {
    private static final ThreadLocal<Runnable> TO_RUN = new ThreadLocal<>();

    private final Runnable task;

    PinningLoader(Runnable task) {
        super(PinningLoader.class.getClassLoader());
        this.task = task;
    }

    void run() {
        TO_RUN.set(task);
        try {
            Class.forName(Initialized.class.getName(), true, this);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        } finally {
            TO_RUN.remove();
        }
    }

    static Runnable toRun() {
        return TO_RUN.get();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.equals(Initialized.class.getName())) return super.loadClass(name, resolve);
        try (InputStream code = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] bytes = code.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Its initializer is the point of it. */
    public static final class Initialized {
        static final AtomicReference<Object> DONE = new AtomicReference<>();

        static {
            PinningLoaderAccess.run();
            DONE.set(Initialized.class);
        }
    }
}
