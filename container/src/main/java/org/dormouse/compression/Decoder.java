package org.dormouse.compression;

import java.io.IOException;

/**
 * Undoes one coding of a body, as far as its bytes have come. One owner at a time.
 *
 * <pre>
 *   decode: more than 0, again; 0: input, decode; -1: the coded body has ended
 *   endOfInput, when there is no more: throws if the coded body has not ended with it
 *   close, once, at any time
 * </pre>
 */
abstract class Decoder implements AutoCloseable {
    /** The most that {@link #input} takes. */
    static final int INPUT_BYTES = 8 * 1024;

    /** Lends bytes until {@link #decode} has returned 0 or -1; it must have returned 0 before, or not have been called. */
    abstract void input(byte[] source, int offset, int length);

    /**
     * @return 1 to {@code length}: so many bytes; 0: more input is needed; -1: the coded body has ended, and no input may follow
     * @throws MalformedBody if the input is not what it says it is
     */
    abstract int decode(byte[] target, int offset, int length) throws MalformedBody;

    /** @throws MalformedBody if something is missing */
    abstract void endOfInput() throws MalformedBody;

    /** Gives back what it holds; a second call does nothing. */
    @Override
    public abstract void close();

    /** The body breaks its coding. */
    static final class MalformedBody extends IOException {
        private static final long serialVersionUID = 1;

        MalformedBody(String detail) {
            super(detail);
        }
    }
}
