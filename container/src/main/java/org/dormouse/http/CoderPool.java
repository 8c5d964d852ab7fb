package org.dormouse.http;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Coders that hold native memory (a deflater about 260 KiB, an inflater 40, a context of Zstandard a MiB): as many are kept as there are likely to be at work. Any thread.
 *
 * @param <T> what it keeps
 */
public final class CoderPool<T> implements AutoCloseable {
    private final ConcurrentLinkedQueue<T> unused = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final Supplier<T> maker;
    private final Consumer<T> reset;
    private final Consumer<T> end;
    private final int mostKept;
    private volatile boolean isClosed;

    /**
     * Begins empty.
     *
     * @param reset makes one that comes back as if it were new
     * @param end gives the native memory of one back
     * @param mostKept of those that are not in use
     */
    public CoderPool(Supplier<T> maker, Consumer<T> reset, Consumer<T> end, int mostKept) {
        this.maker = maker;
        this.reset = reset;
        this.end = end;
        this.mostKept = mostKept;
    }

    /** One that has seen nothing; the caller owns it, and gives it back once. */
    public T take() {
        T coder = unused.poll();
        if (coder == null) return maker.get();
        kept.decrementAndGet();
        return coder;
    }

    /** Gives one back that {@link #take} gave out; the caller must not touch it any more. */
    public void giveBack(T coder) {
        if (!isClosed && kept.incrementAndGet() <= mostKept) {
            reset.accept(coder);
            unused.add(coder);
            return;
        }
        kept.decrementAndGet();
        end.accept(coder);
    }

    /** Ends one that is not to be used again, in the place of {@link #giveBack}. */
    public void discard(T coder) {
        end.accept(coder);
    }

    /** How many lie here unused. */
    public int kept() {
        return unused.size();
    }

    /** Ends those that are kept; those that come back later end then. */
    @Override
    public void close() {
        isClosed = true;
        for (T each = unused.poll(); each != null; each = unused.poll()) end.accept(each);
    }
}
