package org.dormouse.compression;

import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.dormouse.http.CoderPool;
import org.jspecify.annotations.Nullable;

/** Gzip (RFC 1952) with a deflater of a pool, straight into what waits to be sent. One owner at a time; closing gives the deflater back. */
final class GzipStream extends OutputStream {
    /** No name, no time; the operating system is none of the client's business (255). */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int STEP_BYTES = 2048;

    private final CodedBytes target;
    private final CoderPool<Deflater> pool;
    private final CRC32 checksum = new CRC32();
    private @Nullable Deflater deflater;
    private long length;

    GzipStream(CodedBytes target, CoderPool<Deflater> pool) {
        this.target = target;
        this.pool = pool;
        this.deflater = pool.take();
        target.write(HEADER, 0, HEADER.length);
    }

    private Deflater deflater() {
        Deflater present = deflater;
        if (present == null) throw new IllegalStateException("the body has ended");
        return present;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) {
        Deflater present = deflater();
        checksum.update(source, offset, count);
        length += count;
        present.setInput(source, offset, count);
        while (!present.needsInput()) deflate(present, Deflater.NO_FLUSH);
        present.setInput(NOTHING); // the caller's array is lent for this call only
    }

    private static final byte[] NOTHING = {};

    private int deflate(Deflater present, int flush) {
        target.reserve(STEP_BYTES);
        int room = target.array.length - target.end;
        int made = present.deflate(target.array, target.end, room, flush);
        target.end += made;
        return room - made;
    }

    @Override
    public void flush() {
        Deflater present = deflater();
        int left;
        do {
            left = deflate(present, Deflater.SYNC_FLUSH);
        } while (left == 0);
    }

    @Override
    public void close() {
        Deflater present = deflater;
        if (present == null) return;
        deflater = null;
        present.finish();
        while (!present.finished()) deflate(present, Deflater.NO_FLUSH);
        pool.giveBack(present);
        putInt((int) checksum.getValue());
        putInt((int) length); // modulo 2^32 (RFC 1952 §2.3.1)
    }

    private void putInt(int value) {
        for (int i = 0; i < 4; i++) target.write(value >>> (8 * i));
    }
}
