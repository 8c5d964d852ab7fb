package org.dormouse.compression;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The body of one response on its way through a coder. What the coder has made and the exchange beneath does not take yet waits here, and is
 * handed on when there is room, by whoever is told of that: therefore one thread at a time is inside, the writer or the one that brings the
 * news. The writer spins for the few microseconds that the other takes; the other leaves its work to a writer that is inside.
 *
 * <pre>
 *   FREE &lt;-&gt; BUSY -&gt; ASKED (news came meanwhile: who is inside looks once more before it leaves)
 * </pre>
 */
final class EncodedOutput {
    /** So much of what is written goes through the coder before what came out is handed on. */
    private static final int STEP_BYTES = 16 * 1024;

    private static final int FREE = 0;
    private static final int BUSY = 1;
    private static final int ASKED = 2;

    /** Bytes wait for room in the exchange beneath. */
    private static final int WAITS = 1;
    /** There was room: a writer that waits may go on, if nothing waits before it. */
    private static final int NEWS = 2;

    private static final VarHandle USE;
    private static final VarHandle WRITER;

    static {
        try {
            var lookup = MethodHandles.lookup();
            USE = lookup.findVarHandle(EncodedOutput.class, "use", int.class);
            WRITER = lookup.findVarHandle(EncodedOutput.class, "writer", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Exchange exchange;

    // whoever is inside
    private final CodedBytes made = new CodedBytes();
    private @Nullable OutputStream coder;
    private boolean isDirty;
    private boolean finishes;
    private boolean finished;

    // any thread
    @SuppressWarnings("unused") // through its handle
    private volatile int use;

    private volatile @Nullable Runnable writer;

    EncodedOutput(Exchange exchange, Coding coding, Compression compression) throws IOException {
        this.exchange = exchange;
        this.coder = coding.encoder(made, compression);
    }

    /** For tests, whose coder has no memory. */
    EncodedOutput(Exchange exchange, OutputStream coder) {
        this.exchange = exchange;
        this.coder = coder;
    }

    private void enter() {
        while (!USE.compareAndSet(this, FREE, BUSY)) Thread.onSpinWait();
    }

    /** Leaves, after a look at the news that came meanwhile: what {@link #after} is to be told. */
    private int leave() {
        int outcome = made.size() > 0 ? WAITS : 0;
        while (!USE.compareAndSet(this, BUSY, FREE)) {
            USE.setVolatile(this, BUSY);
            handOnQuietly();
            outcome = NEWS | (made.size() > 0 ? WAITS : 0);
        }
        return outcome;
    }

    /** Not inside: it calls others, who may come in again. */
    private void after(int outcome) {
        if ((outcome & WAITS) != 0) exchange.whenWritable(this::mayGoOn);
        else if ((outcome & NEWS) != 0) wakeWriter();
    }

    // --- the writer

    int write(byte[] source, int offset, int length) throws IOException {
        int outcome;
        int taken = 0;
        enter();
        try {
            OutputStream present = coder;
            if (present == null) throw new IllegalStateException("write after finish");
            if (length > 0 && handOn()) {
                taken = Math.min(length, STEP_BYTES);
                present.write(source, offset, taken);
                isDirty = true;
                handOn();
            }
        } finally {
            outcome = leave();
        }
        after(outcome);
        return taken;
    }

    /** Nothing that was written stays in the coder. */
    boolean flush() throws IOException {
        int outcome;
        boolean isSent;
        enter();
        try {
            OutputStream present = coder;
            if (isDirty && present != null) {
                present.flush();
                isDirty = false;
            }
            boolean isHandedOn = handOn();
            isSent = exchange.flush() && isHandedOn;
        } finally {
            outcome = leave();
        }
        after(outcome);
        return isSent;
    }

    void whenWritable(Runnable wake) {
        writer = wake;
        exchange.whenWritable(this::mayGoOn);
    }

    /**
     * Ends the body and with it the exchange beneath, now or when there is room for the last bytes.
     *
     * @param isCut the response has been given up: it must not end as if it were whole
     */
    void finish(boolean isCut) {
        int outcome;
        enter();
        try {
            if (finishes) return;
            finishes = true;
            endCoder(isCut);
            writer = null;
            handOnQuietly();
        } finally {
            outcome = leave();
        }
        after(outcome);
    }

    private void endCoder(boolean isCut) {
        OutputStream present = coder;
        coder = null;
        if (present == null) return;
        try {
            present.close();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            exchange.abort(); // what the client has is no whole; and thrown on, it would keep the exchange from ending
            made.clear();
        }
        if (isCut) made.clear();
    }

    /** Gives back what the coder holds, where the response never began. */
    void release() {
        endCoder(true);
    }

    // --- whoever is told that there is room; may be a loop

    private void mayGoOn() {
        while (true) {
            if (USE.compareAndSet(this, FREE, BUSY)) break;
            if (USE.compareAndSet(this, BUSY, ASKED) || (int) USE.getVolatile(this) == ASKED) return;
        }
        handOnQuietly();
        after(leave() | NEWS);
    }

    /** Hands on what waits; false if some of it still does. Inside. */
    private boolean handOn() throws IOException {
        while (made.size() > 0) {
            int count = exchange.write(made.array, made.start, made.size());
            if (count == 0) return false;
            made.consume(count);
        }
        return true;
    }

    /** The same where nobody is there to be told of a client that has left; ends the exchange if that was the last. Inside. */
    private void handOnQuietly() {
        if (finished) return;
        try {
            if (handOn() && !finishes) exchange.flush();
        } catch (IOException e) {
            made.clear(); // the writer finds out by itself
        }
        if (finishes && made.size() == 0) {
            finished = true;
            exchange.finish();
        }
    }

    private void wakeWriter() {
        if (writer == null) return;
        Runnable wake = (Runnable) WRITER.getAndSet(this, null);
        if (wake != null) wake.run();
    }
}
