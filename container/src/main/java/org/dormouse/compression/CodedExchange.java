package org.dormouse.compression;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.RequestHead;
import org.dormouse.http.ResponseBody;
import org.jspecify.annotations.Nullable;

/** An exchange whose response is coded on its way out, if client and response allow it, and whose request is decoded on its way in. */
final class CodedExchange extends ForwardedExchange {
    private final Compression compression;
    private final @Nullable DecodedBody incoming;
    private final RequestHead head;

    // writer
    private @Nullable EncodedOutput outgoing;

    private volatile boolean aborted;

    CodedExchange(Exchange beneath, Compression compression, @Nullable DecodedBody incoming) {
        super(beneath);
        this.compression = compression;
        this.incoming = incoming;
        this.head = incoming == null ? beneath.request() : new DecodedHead(beneath.request());
    }

    @Override
    public RequestHead request() {
        return head;
    }

    // --- request body

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return incoming == null ? beneath.read(target, offset, length) : incoming.read(target, offset, length);
    }

    @Override
    public boolean isBodyRead() {
        return incoming == null ? beneath.isBodyRead() : incoming.isRead();
    }

    @Override
    public void whenReadable(Runnable wake) {
        if (incoming != null && incoming.mayHaveMore()) wake.run();
        else beneath.whenReadable(wake);
    }

    // --- response

    @Override
    public void commit(int status, @Nullable String reason, Fields fields, long contentLength) {
        CompressionSettings settings = compression.settings;
        if (!settings.encodes()) {
            beneath.commit(status, reason, fields, contentLength);
        } else if (status == 304) {
            Headers changed = ResponseRules.notModified(head.fields(), fields);
            beneath.commit(status, reason, changed == null ? fields : changed, contentLength);
        } else if (ResponseRules.isEligible(settings, status, fields, contentLength)) {
            commitEligible(status, reason, fields, contentLength);
        } else {
            beneath.commit(status, reason, fields, contentLength);
        }
    }

    private void commitEligible(int status, @Nullable String reason, Fields fields, long contentLength) {
        Headers changed = ResponseRules.varying(fields);
        Coding coding = compression.chosen(head);
        boolean hasBody = ResponseBody.isAllowed(head.method(), status);
        // What a GET would have got cannot be told from a HEAD of which nobody knows how long it would be.
        if (coding == null || (!hasBody && contentLength < 0)) {
            beneath.commit(status, reason, changed, contentLength);
            return;
        }
        ResponseRules.code(changed, coding);
        EncodedOutput coded = hasBody ? encoded(coding) : null;
        try {
            beneath.commit(status, reason, changed, -1);
        } catch (RuntimeException | Error e) {
            if (coded != null) coded.release();
            throw e;
        }
        outgoing = coded;
    }

    private EncodedOutput encoded(Coding coding) {
        try {
            return new EncodedOutput(beneath, coding, compression);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the library has no memory left
        }
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        EncodedOutput coded = outgoing;
        return coded == null ? beneath.write(source, offset, length) : coded.write(source, offset, length);
    }

    @Override
    public boolean canTransfer() {
        return outgoing == null && beneath.canTransfer();
    }

    @Override
    public boolean flush() throws IOException {
        EncodedOutput coded = outgoing;
        return coded == null ? beneath.flush() : coded.flush();
    }

    @Override
    public void whenWritable(Runnable wake) {
        EncodedOutput coded = outgoing;
        if (coded == null) beneath.whenWritable(wake);
        else coded.whenWritable(wake);
    }

    @Override
    public void abort() {
        aborted = true;
        beneath.abort();
    }

    @Override
    public void finish() {
        if (incoming != null) incoming.release();
        EncodedOutput coded = outgoing;
        if (coded == null) beneath.finish();
        else coded.finish(aborted);
    }
}
