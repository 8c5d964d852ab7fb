package org.dormouse.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The writer of a response: encodes straight into the response's buffer. As a {@link PrintWriter} it throws nothing; {@link #checkError}
 * tells. One thread at a time.
 */
final class ResponseWriter extends PrintWriter {
    private final ResponseOutput output;
    /** Moves bytes into the output's buffer; its flush and close go no further than that. */
    private final Writer encoder;

    ResponseWriter(ResponseOutput output, Charset charset) {
        this(output, TextEncoder.to(output, charset));
    }

    private ResponseWriter(ResponseOutput output, Writer encoder) {
        super(encoder);
        this.output = output;
        this.encoder = encoder;
    }

    // PrintWriter takes a lock for each of these; this writer has one thread at a time.

    @Override
    public void write(int c) {
        try {
            encoder.write(c);
        } catch (IOException e) {
            setError();
        }
    }

    @Override
    public void write(char[] source, int offset, int length) {
        try {
            encoder.write(source, offset, length);
        } catch (IOException e) {
            setError();
        }
    }

    @Override
    public void write(String source, int offset, int length) {
        try {
            encoder.write(source, offset, length);
        } catch (IOException e) {
            setError();
        }
    }

    @Override
    public void write(@Nullable String source) {
        String text = String.valueOf(source);
        write(text, 0, text.length());
    }

    @Override
    public void println() {
        write(System.lineSeparator());
    }

    @Override
    public void flush() {
        try {
            encoder.flush();
            output.flush();
        } catch (IOException e) {
            setError();
        }
    }

    @Override
    public void close() {
        try {
            finish();
            output.close();
        } catch (IOException e) {
            setError();
        }
    }

    /** Moves what the encoder still holds into the response's buffer. */
    void finish() throws IOException {
        if (!output.closed) encoder.close();
    }

    /** Also sends what is buffered, as {@link PrintWriter#checkError} says. */
    @Override
    public boolean checkError() {
        flush();
        return super.checkError();
    }
}
