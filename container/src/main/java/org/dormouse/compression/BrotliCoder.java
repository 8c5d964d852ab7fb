package org.dormouse.compression;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Brotli (RFC 7932). This class is loaded only where its library is. */
final class BrotliCoder {
    /** 256 KiB: what a response is looked back on, and so about what it may hold up before it is flushed. */
    private static final int WINDOW_BITS = 18;

    private BrotliCoder() {}

    static boolean isAvailable() {
        return Brotli4jLoader.isAvailable();
    }

    static OutputStream encoder(CodedBytes target, int level) throws IOException {
        return new BrotliOutputStream(
                target, new Encoder.Parameters().setQuality(level).setWindow(WINDOW_BITS));
    }

    static Decoder decoder() throws IOException {
        return new BrotliDecoder();
    }

    /** Its window, of 16 MiB at most, is native memory and lives as long as it does. */
    private static final class BrotliDecoder extends Decoder {
        private final DecoderJNI.Wrapper decoder = new DecoderJNI.Wrapper(INPUT_BYTES);
        private @Nullable ByteBuffer made;
        private boolean isClosed;

        BrotliDecoder() throws IOException {}

        @Override
        void input(byte[] source, int offset, int length) {
            ByteBuffer target = decoder.getInputBuffer();
            target.clear();
            target.put(source, offset, length);
            decoder.push(length);
        }

        @Override
        int decode(byte[] target, int offset, int length) throws MalformedBody {
            if (isClosed) throw new IllegalStateException("closed");
            while (true) {
                ByteBuffer present = made;
                if (present != null && present.hasRemaining()) {
                    int count = Math.min(length, present.remaining());
                    present.get(target, offset, count);
                    return count;
                }
                made = null;
                DecoderJNI.Status status = decoder.getStatus();
                if (status == DecoderJNI.Status.ERROR) throw new MalformedBody("the brotli body is broken");
                if (status == DecoderJNI.Status.NEEDS_MORE_OUTPUT || decoder.hasOutput()) made = decoder.pull();
                else if (status == DecoderJNI.Status.DONE) return -1;
                else if (status == DecoderJNI.Status.NEEDS_MORE_INPUT) return 0;
                else decoder.push(0);
            }
        }

        @Override
        void endOfInput() throws MalformedBody {
            if (decoder.getStatus() != DecoderJNI.Status.DONE)
                throw new MalformedBody("the brotli body ends in the midst of it");
        }

        @Override
        public void close() {
            if (isClosed) return;
            isClosed = true;
            made = null; // it lies in what is destroyed now
            decoder.destroy();
        }
    }
}
