package org.dormouse.compression;

import java.io.IOException;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request with its codings undone, each feeding the next. What all of them make together is limited, and so is its ratio to
 * what came over the network: what is small in the end may have been large in between. Belongs to the reader of the exchange.
 */
final class DecodedBody {
    /** Below this a ratio says nothing. */
    private static final long RATIO_COUNTS_FROM = 64 * 1024;

    private final Exchange exchange;
    private final CompressionSettings settings;
    /** In the order in which they are undone: the one applied last comes first. */
    private final Decoder[] decoders;

    private final byte[][] inputs;
    private final boolean[] ended;
    private long received;
    private long made;
    private boolean isRead;
    private boolean isReleased;
    /** The last read filled what it was given, so there may be more without further input. */
    private boolean mayHaveMore;

    private @Nullable IOException failure;

    DecodedBody(Exchange exchange, List<Coding> applied, Compression compression) {
        this.exchange = exchange;
        this.settings = compression.settings;
        int count = applied.size();
        this.decoders = new Decoder[count];
        this.inputs = new byte[count][];
        this.ended = new boolean[count];
        try {
            for (int i = 0; i < count; i++) {
                decoders[i] = applied.get(count - 1 - i).decoder(compression.inflaters);
                inputs[i] = new byte[Decoder.INPUT_BYTES];
            }
        } catch (IOException | RuntimeException | Error e) {
            release();
            throw new IllegalStateException("a decoder cannot be had", e);
        }
    }

    /** As {@link Exchange#read}. */
    int read(byte[] target, int offset, int length) throws IOException {
        IOException broken = failure;
        if (broken != null) throw broken;
        if (isRead) return -1;
        if (isReleased) throw new IllegalStateException("read after finish");
        if (length == 0) return 0;
        try {
            int count = pull(decoders.length - 1, target, offset, length);
            mayHaveMore = count == length;
            if (count < 0) {
                isRead = true;
                release();
            }
            return count;
        } catch (Decoder.MalformedBody e) {
            throw failed(new BadRequest(400, "body after " + made + " bytes: " + e.getMessage()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IOException failed(IOException cause) {
        failure = cause;
        release();
        return cause;
    }

    /** Bytes that leave {@code stage}; 0 if none have come, -1 at the end. */
    private int pull(int stage, byte[] target, int offset, int length) throws IOException {
        if (stage < 0) {
            int count = exchange.read(target, offset, length);
            if (count > 0) received += count;
            return count;
        }
        Decoder decoder = decoders[stage];
        while (true) {
            int count = ended[stage] ? -1 : decoder.decode(target, offset, length);
            if (count > 0) return counted(count);
            if (count < 0) ended[stage] = true;
            int more = pull(stage - 1, inputs[stage], 0, inputs[stage].length);
            if (more == 0) return 0;
            if (more < 0) {
                decoder.endOfInput();
                return -1;
            }
            if (ended[stage]) throw new Decoder.MalformedBody("more bytes behind its end");
            decoder.input(inputs[stage], 0, more);
        }
    }

    private int counted(int count) throws BadRequest {
        made += count;
        if (made > settings.maxRequestBytes()) {
            throw new BadRequest(
                    413,
                    "body of more than " + settings.maxRequestBytes()
                            + " bytes when decoded, all codings together (compression.max-request-bytes)");
        }
        if (made > RATIO_COUNTS_FROM && made / settings.maxRequestRatio() > received) {
            throw new BadRequest(
                    413,
                    "body of " + received + " bytes makes " + made + ", which is more than "
                            + settings.maxRequestRatio() + " times as much (compression.max-request-ratio)");
        }
        return count;
    }

    /** Whether {@link #read} may return something although nothing has come meanwhile. */
    boolean mayHaveMore() {
        return mayHaveMore || isRead || failure != null;
    }

    boolean isRead() {
        return isRead;
    }

    /** Gives the decoders back; nothing can be read any more. A second call does nothing. */
    void release() {
        if (isReleased) return;
        isReleased = true;
        for (Decoder decoder : decoders) if (decoder != null) decoder.close();
    }
}
