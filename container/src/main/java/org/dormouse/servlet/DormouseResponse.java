package org.dormouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The response of one exchange. Made for it, never used again; who keeps it longer than the exchange lasts meets an
 * IllegalStateException. One thread at a time.
 *
 * <pre>
 *   open -> committed (head fixed) -> ended
 *        -> suspended (sendError, sendRedirect, close: counts as committed, what is written is dropped) -> ended
 * </pre>
 */
public final class DormouseResponse extends HeadOfResponse {
    static final int DEFAULT_BUFFER_BYTES = 8 * 1024;
    private static final int SC_EARLY_HINTS = 103;

    private final ResponseOutput output;

    private boolean streamTaken;

    private @Nullable UpgradedConnection successor;
    private int errorStatus;
    private @Nullable String errorMessage;
    private boolean ended;
    private boolean finished;

    DormouseResponse(DormouseRequest request, Exchange exchange) {
        super(request, exchange);
        this.output = new ResponseOutput(this, exchange);
    }

    /**
     * The response of the container beneath {@code response}, whatever wraps it.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DormouseResponse of(ServletResponse response) {
        ServletResponse inner = response;
        while (inner instanceof ServletResponseWrapper wrapper) inner = wrapper.getResponse();
        if (inner instanceof DormouseResponse own) return own;
        throw new IllegalArgumentException(
                inner.getClass().getName() + " neither is the response of this container nor wraps it");
    }

    // --- for the rest of this package

    DormouseRequest request() {
        return request;
    }

    ResponseOutput output() {
        return output;
    }

    Headers headers() {
        return headers;
    }

    boolean isAlive() {
        return !ended;
    }

    boolean isUpgraded() {
        return upgraded;
    }

    @Override
    void checkAlive() {
        if (ended) throw DormouseRequest.usedAfterEnd("response");
    }

    /**
     * The last thing that happens to a response, one that was aborted included: only when the exchange has heard of it, its connection goes
     * on or gives its descriptor back.
     */
    void end() throws IOException {
        if (finished) return;
        finished = true;
        try {
            ResponseWriter unfinished = writer;
            if (unfinished != null && !ended && !output.closed) unfinished.finish();
        } catch (IOException | RuntimeException | Error e) {
            cut();
            endExchange();
            throw e;
        }
        endExchange();
    }

    private void endExchange() throws IOException {
        if (!enterLast()) {
            cut(); // somebody is in the midst of writing; this wakes him if he waits for the client
            return;
        }
        try {
            UpgradedConnection next = successor;
            if (next != null && !ended) {
                upgraded = true;
                exchange.upgrade(headers, next);
            } else if (!ended && !upgraded) {
                output.end();
            }
        } catch (IOException | RuntimeException | Error e) {
            exchange.abort(); // before it is finished: behind that, the connection may be at its next request
            throw e;
        } finally {
            ended = true;
            if (!upgraded) leaveLast();
        }
    }

    private void cut() {
        ended = true;
        exchange.abort();
    }

    /** Cuts the connection: the client must not take what it got for the whole. {@link #end} is still to come. */
    void abort() {
        if (!finished) cut();
    }

    void upgraded() {
        upgraded = true;
        output.closed = true;
    }

    /** The connection becomes {@code next} when the response ends; what is written now is dropped, and an error is answered instead. */
    void upgradeTo(UpgradedConnection next) {
        successor = next;
        output.discard();
        output.closed = true;
    }

    void beginInclude() {
        includes++;
    }

    void endInclude() {
        includes--;
    }

    /** The status of {@link #sendError}, or 0. */
    int errorStatus() {
        return errorStatus;
    }

    @Nullable
    String errorMessage() {
        return errorMessage;
    }

    boolean isHeadSent() {
        return ended || upgraded || exchange.isCommitted();
    }

    /** Makes the response writable again for an error page with {@code errorStatus}. Not after the head has been sent. */
    void openForErrorPage(int newStatus) {
        errorStatus = 0;
        errorMessage = null;
        successor = null;
        output.discard();
        output.closed = false;
        announcedLength = -1;
        trailers = null;
        writer = null;
        streamTaken = false;
        includes = 0;
        type = null;
        charset = null;
        charsetExplicit = false;
        status = newStatus;
    }

    /** Forward is over: nothing more may be written (Servlet 6.1 §9.4). */
    void closeAfterForward() throws IOException {
        ResponseWriter unfinished = writer;
        if (unfinished != null && !output.closed) unfinished.finish();
        output.closed = true;
    }

    // --- body

    @Override
    public ServletOutputStream getOutputStream() {
        checkAlive();
        if (writer != null) throw new IllegalStateException("getWriter() was called for this response");
        streamTaken = true;
        return output;
    }

    @Override
    public PrintWriter getWriter() throws UnsupportedEncodingException {
        checkAlive();
        ResponseWriter made = writer;
        if (made != null) return made;
        if (streamTaken) throw new IllegalStateException("getOutputStream() was called for this response");
        String encoding = getCharacterEncoding();
        made = new ResponseWriter(output, charsetOf(encoding));
        charset = encoding;
        writer = made;
        return made;
    }

    /** Whether the body of the container's response beneath {@code response} is being written as characters. */
    public static boolean isWriting(ServletResponse response) {
        ServletResponse inner = response;
        while (inner instanceof ServletResponseWrapper wrapper) inner = wrapper.getResponse();
        return inner instanceof DormouseResponse own && own.writer != null;
    }

    private static Charset charsetOf(String name) throws UnsupportedEncodingException {
        if (name.equalsIgnoreCase("UTF-8")) return StandardCharsets.UTF_8;
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new UnsupportedEncodingException(name);
        }
    }

    /** Whether {@link #transfer} is worth trying: the connection can have the kernel send files, and nobody reads along. */
    public boolean canTransfer() {
        checkAlive();
        return exchange.canTransfer();
    }

    /**
     * Sends bytes of a file as part of the body, behind what was written, without a copy in this process. Waits for disk and client.
     *
     * @param file the kernel's number of a regular file, which the caller keeps open meanwhile
     * @return how many were sent or dropped as what is written now would be; fewer than {@code length} where the kernel could not go on: the
     *     caller writes the rest
     */
    public long transfer(int file, long position, long length) throws IOException {
        checkAlive();
        return output.closed ? length : FileTransfer.run(this, file, position, length);
    }

    @Override
    public void setBufferSize(int bytes) {
        checkAlive();
        if (exchange.isCommitted() || output.hasWritten()) {
            throw new IllegalStateException("too late for setBufferSize(" + bytes + "): content has been written");
        }
        output.limit = Math.max(bytes, 1);
    }

    @Override
    public int getBufferSize() {
        return output.limit;
    }

    @Override
    public void flushBuffer() throws IOException {
        output.flush();
    }

    @Override
    public void resetBuffer() {
        checkAlive();
        if (isCommitted()) throw new IllegalStateException("response is committed");
        output.discard();
    }

    @Override
    public boolean isCommitted() {
        return ended || upgraded || output.closed || exchange.isCommitted();
    }

    /** Clears everything but the cookie of a session that this request made: the session exists. */
    @Override
    public void reset() {
        resetBuffer();
        openForErrorPage(SC_OK);
        headers.clear();
        locale = null;
        request.restoreSessionCookie();
    }

    // --- answers

    @Override
    public void sendError(int error) {
        sendError(error, null);
    }

    @Override
    public void sendError(int error, @Nullable String message) {
        checkAlive();
        if (includes > 0) return;
        if (isCommitted()) throw new IllegalStateException("sendError(" + error + "): response is committed");
        output.discard();
        output.closed = true;
        status = error;
        errorStatus = error;
        errorMessage = message;
    }

    @Override
    public void sendRedirect(String location, int redirectStatus, boolean clearBuffer) {
        checkAlive();
        if (location == null) throw new IllegalArgumentException("location is null");
        if (includes > 0) return;
        if (isCommitted()) throw new IllegalStateException("sendRedirect to " + location + ": response is committed");
        boolean fully = request.servletContext().deployment().servletSettings().absoluteRedirects();
        String resolved = fully
                ? Locations.resolveFully(location, request)
                : Locations.resolve(location, request.head().rawPath());
        if (clearBuffer) output.discard();
        headers.set("Location", resolved);
        status = redirectStatus;
        output.closed = true;
    }

    /**
     * Sends the fields set so far in an interim response of status 103 (Early Hints, RFC 8297), and commits nothing: the method of this name in
     * the Servlet version after 6.1. May be called several times. Has no effect once the response is committed, and where the client cannot get
     * it, as over HTTP/1.0. Through wrappers it is reached by {@link #of}.
     */
    public void sendEarlyHints() {
        checkAlive();
        if (!isCommitted()) output.interim(SC_EARLY_HINTS, headers);
    }

    @Override
    public String encodeURL(String url) {
        return request.encodeUrl(url);
    }

    @Override
    public String encodeRedirectURL(String url) {
        return request.encodeUrl(url);
    }
}
