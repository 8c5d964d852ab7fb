package org.dormouse.compression;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.dormouse.http.CoderPool;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard (RFC 8878) with a context of a pool, into what waits to be sent. One owner at a time; closing gives the context back, or ends one
 * that has failed. This class is loaded only where its library is.
 */
final class ZstandardStream extends OutputStream {
    /** 256 KiB: what a response is looked back on. It bounds the memory of a context, which costs more to prepare than a short body to code. */
    private static final int WINDOW_BITS = 18;

    private static final int STEP_BYTES = 16 * 1024;

    private final CodedBytes target;
    private final CoderPool<Context> pool;
    private @Nullable Context context;
    private boolean hasFailed;

    /** About a mebibyte of native memory, and what goes in and comes out of it. */
    static final class Context implements AutoCloseable {
        private final ZstdCompressCtx zstd = new ZstdCompressCtx();
        private final ByteBuffer in = ByteBuffer.allocateDirect(STEP_BYTES);
        private final ByteBuffer out = ByteBuffer.allocateDirect(STEP_BYTES);
        private final byte[] made = new byte[STEP_BYTES];
        private final int level;

        Context(int level) {
            this.level = level;
            prepare();
        }

        private void prepare() {
            zstd.setLevel(level).setWindowLog(WINDOW_BITS);
        }

        void reset() {
            zstd.reset();
            prepare();
            in.clear();
        }

        @Override
        public void close() {
            zstd.close();
        }
    }

    static CoderPool<Context> pool(int level, int mostKept) {
        return new CoderPool<>(() -> new Context(level), Context::reset, Context::close, mostKept);
    }

    ZstandardStream(CodedBytes target, CoderPool<Context> pool) {
        this.target = target;
        this.pool = pool;
        this.context = pool.take();
        this.context.in.clear().flip();
    }

    private Context context() {
        Context present = context;
        if (present == null) throw new IllegalStateException("the body has ended");
        return present;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Context present = context();
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int count = Math.min(end - at, STEP_BYTES);
            present.in.clear().put(source, at, count).flip();
            while (present.in.hasRemaining()) code(present, EndDirective.CONTINUE);
            at += count;
        }
    }

    @Override
    public void flush() throws IOException {
        Context present = context();
        while (!code(present, EndDirective.FLUSH)) {}
    }

    /** Returns true if nothing is left in the context that {@code directive} asks for. */
    private boolean code(Context present, EndDirective directive) throws IOException {
        try {
            present.out.clear();
            boolean isDone = present.zstd.compressDirectByteBufferStream(present.out, present.in, directive);
            int made = present.out.flip().remaining();
            present.out.get(present.made, 0, made);
            target.write(present.made, 0, made);
            return isDone;
        } catch (ZstdException e) {
            hasFailed = true;
            throw new IOException("zstd: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        Context present = context;
        if (present == null) return;
        context = null;
        try {
            while (!hasFailed && !code(present, EndDirective.END)) {}
        } finally {
            if (hasFailed) pool.discard(present);
            else pool.giveBack(present);
        }
    }
}
