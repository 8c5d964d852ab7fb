package org.dormouse.compression;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/** Zstandard undone (RFC 8878). This class is loaded only where its library is. */
final class ZstandardCoder {
    /** 8 MiB: no body with this coding may need a larger window (RFC 9659 §3). */
    private static final int MAX_WINDOW_BITS = 23;

    private ZstandardCoder() {}

    static Decoder decoder() throws IOException {
        return new ZstandardDecoder();
    }

    /** The library's stream over a source that is at its end each time it is empty, which the stream is told to bear. */
    private static final class ZstandardDecoder extends Decoder {
        private final Slice slice = new Slice();
        private final ZstdInputStreamNoFinalizer stream;
        private boolean hasInput;

        ZstandardDecoder() throws IOException {
            stream = new ZstdInputStreamNoFinalizer(slice);
            try {
                stream.setContinuous(true).setLongMax(MAX_WINDOW_BITS);
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        void input(byte[] source, int offset, int length) {
            hasInput = true;
            slice.source = source;
            slice.at = offset;
            slice.end = offset + length;
        }

        @Override
        int decode(byte[] target, int offset, int length) throws MalformedBody {
            try {
                return Math.max(0, stream.read(target, offset, length));
            } catch (IOException e) {
                throw new MalformedBody("the zstd body is broken: " + e.getMessage());
            }
        }

        @Override
        void endOfInput() throws MalformedBody {
            stream.setContinuous(false); // now the end is one, and it says whether a frame is missing something
            byte[] none = new byte[1];
            if (!hasInput || decode(none, 0, 1) != 0) throw new MalformedBody("the zstd body ends in the midst of it");
        }

        @Override
        public void close() {
            try {
                stream.close();
            } catch (IOException e) {
                throw new AssertionError(e); // the slice's close does nothing
            }
        }
    }

    private static final class Slice extends InputStream {
        byte[] source = {};
        int at;
        int end;

        @Override
        public int read() {
            return at < end ? source[at++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (at == end) return -1;
            int count = Math.min(length, end - at);
            System.arraycopy(source, at, target, offset, count);
            at += count;
            return count;
        }

        @Override
        public int available() {
            return end - at;
        }
    }
}
