package org.dormouse.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
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
public final class DormouseResponse implements HttpServletResponse {
    static final int DEFAULT_BUFFER_BYTES = 8 * 1024;

    private final DormouseRequest request;
    private final Exchange exchange;
    private final ResponseOutput output;
    private final Headers headers = new Headers();

    private int status = SC_OK;
    private long announcedLength = -1;
    private @Nullable ContentType type;
    /** As the application gave it, or as {@link #getWriter} fixed it; null where neither has happened. */
    private @Nullable String charset;

    private boolean charsetExplicit;
    private boolean charsetByLocale;
    private @Nullable Locale locale;
    private @Nullable ResponseWriter writer;
    private boolean streamTaken;
    private int includes;

    private int errorStatus;
    private @Nullable String errorMessage;
    private boolean upgraded;
    private boolean ended;

    DormouseResponse(DormouseRequest request, Exchange exchange) {
        this.request = request;
        this.exchange = exchange;
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

    void checkAlive() {
        if (ended) throw DormouseRequest.usedAfterEnd("response");
    }

    /** Content-Length as the application set it, or -1. */
    long announcedLength() {
        return announcedLength;
    }

    /** Fixes the head as it is, if that has not been done. */
    void commit() {
        if (!exchange.isCommitted() && !upgraded) commit(announcedLength);
    }

    /** Fixes the head, knowing that {@code length} bytes are all there will be. */
    void commitWhole(int length) {
        if (exchange.isCommitted() || upgraded) return;
        boolean bodiless = length == 0 && (status == SC_NOT_MODIFIED || request.isHead());
        commit(announcedLength >= 0 || bodiless ? announcedLength : length);
    }

    private void commit(long length) {
        String contentType = composedType();
        if (contentType != null) headers.add("Content-Type", contentType);
        exchange.commit(status, null, headers, length);
    }

    /** The last thing that happens to a response. */
    void end() throws IOException {
        if (ended) return;
        try {
            if (!upgraded) {
                ResponseWriter unfinished = writer;
                if (unfinished != null && !output.closed) unfinished.finish();
                output.end();
                exchange.finish();
            }
        } finally {
            ended = true;
        }
    }

    /** Cuts the connection: the client must not take what it got for the whole. */
    void abort() {
        ended = true;
        exchange.abort();
    }

    void upgraded() {
        upgraded = true;
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
        output.discard();
        output.closed = false;
        announcedLength = -1;
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

    /** Replaces the session's cookie, if one was set before. */
    void setSessionCookie(String prefix, String value) {
        var others = new ArrayList<String>();
        for (int i = headers.find("Set-Cookie", 0); i >= 0; i = headers.find("Set-Cookie", i + 1)) {
            if (!headers.value(i).startsWith(prefix)) others.add(headers.value(i));
        }
        headers.remove("Set-Cookie");
        for (String other : others) headers.add("Set-Cookie", other);
        headers.add("Set-Cookie", value);
    }

    // --- status and fields

    /** Whether a change of the head is to be ignored: it has left, or somebody includes us (Servlet 6.1 §9.3). */
    private boolean isHeadFixed() {
        checkAlive();
        return includes > 0 || exchange.isCommitted() || upgraded;
    }

    @Override
    public void setStatus(int newStatus) {
        if (!isHeadFixed()) status = newStatus;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setHeader(String name, @Nullable String value) {
        if (isHeadFixed() || name == null || name.isEmpty()) return;
        if (takesPart(name, value)) return;
        if (value == null) headers.remove(name);
        else headers.set(name, value);
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        if (isHeadFixed() || name == null || name.isEmpty() || value == null) return;
        if (!takesPart(name, value)) headers.add(name, value);
    }

    /** The two fields that have methods of their own. */
    private boolean takesPart(String name, @Nullable String value) {
        if (name.length() == 12 && name.equalsIgnoreCase("Content-Type")) {
            setContentType(value);
            return true;
        }
        if (name.length() == 14 && name.equalsIgnoreCase("Content-Length")) {
            setContentLengthLong(value == null ? -1 : parseLength(value));
            return true;
        }
        return false;
    }

    private static long parseLength(String value) {
        try {
            long length = Long.parseLong(value.strip());
            if (length >= 0) return length;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("Content-Length \"" + value + "\" is no length");
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setDateHeader(String name, long epochMillis) {
        setHeader(name, HttpDates.format(epochMillis));
    }

    @Override
    public void addDateHeader(String name, long epochMillis) {
        addHeader(name, HttpDates.format(epochMillis));
    }

    @Override
    public boolean containsHeader(String name) {
        return getHeader(name) != null;
    }

    @Override
    public @Nullable String getHeader(String name) {
        if (name.equalsIgnoreCase("Content-Type")) return getContentType();
        if (name.equalsIgnoreCase("Content-Length")) return announcedLength < 0 ? null : Long.toString(announcedLength);
        return headers.first(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        String own = name.equalsIgnoreCase("Content-Type") || name.equalsIgnoreCase("Content-Length")
                ? getHeader(name)
                : null;
        if (own != null) return List.of(own);
        var values = new ArrayList<String>();
        for (int i = headers.find(name, 0); i >= 0; i = headers.find(name, i + 1)) values.add(headers.value(i));
        return values;
    }

    @Override
    public Collection<String> getHeaderNames() {
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < headers.size(); i++) {
            names.putIfAbsent(headers.name(i).toLowerCase(Locale.ROOT), headers.name(i));
        }
        if (getContentType() != null) names.putIfAbsent("content-type", "Content-Type");
        if (announcedLength >= 0) names.putIfAbsent("content-length", "Content-Length");
        return List.copyOf(names.values());
    }

    @Override
    public void addCookie(Cookie cookie) {
        if (!isHeadFixed()) headers.add("Set-Cookie", SetCookie.of(cookie));
    }

    /** Without effect on what is sent until trailers exist, so it is refused. */
    @Override
    public void setTrailerFields(Supplier<Map<String, String>> supplier) {
        checkAlive();
        if (isCommitted()) throw new IllegalStateException("response is committed");
        throw new UnsupportedOperationException("trailer fields of responses are not supported yet");
    }

    // --- content type and encoding

    @Override
    public void setContentType(@Nullable String value) {
        if (isHeadFixed()) return;
        if (value == null) {
            type = null;
            if (writer == null) {
                charset = null;
                charsetExplicit = false;
            }
            return;
        }
        ContentType parsed = ContentType.of(value);
        type = parsed;
        if (parsed.charset() != null && writer == null) {
            charset = parsed.charset();
            charsetExplicit = true;
            charsetByLocale = false;
        }
    }

    @Override
    public @Nullable String getContentType() {
        return composedType();
    }

    private @Nullable String composedType() {
        ContentType known = type;
        if (known == null) return null;
        if (charset == null || (known.isJson() && !charsetExplicit)) return known.with(null);
        return known.with(charset);
    }

    @Override
    public void setCharacterEncoding(@Nullable String encoding) {
        if (isHeadFixed() || writer != null) return;
        charset = encoding;
        charsetExplicit = encoding != null;
        charsetByLocale = false;
    }

    @Override
    public String getCharacterEncoding() {
        if (charset != null) return charset;
        String declared = request.servletContext().deployment().responseEncoding();
        if (declared != null) return declared;
        return type != null && type.isJson() ? "UTF-8" : "ISO-8859-1";
    }

    @Override
    public void setLocale(@Nullable Locale wanted) {
        if (isHeadFixed()) return;
        locale = wanted;
        if (wanted == null) {
            headers.remove("Content-Language");
            if (charsetByLocale && writer == null) charset = null;
            return;
        }
        headers.set("Content-Language", wanted.toLanguageTag());
        if (writer != null || (charset != null && !charsetByLocale)) return;
        Map<Locale, String> encodings = request.servletContext().deployment().localeEncodings();
        String encoding = encodings.get(wanted);
        if (encoding == null) encoding = encodings.get(Locale.of(wanted.getLanguage()));
        if (encoding == null) return;
        charset = encoding;
        charsetExplicit = true;
        charsetByLocale = true;
    }

    @Override
    public Locale getLocale() {
        return locale != null ? locale : Locale.getDefault();
    }

    @Override
    public void setContentLength(int length) {
        setContentLengthLong(length);
    }

    @Override
    public void setContentLengthLong(long length) {
        if (!isHeadFixed()) announcedLength = Math.max(-1, length);
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

    private static Charset charsetOf(String name) throws UnsupportedEncodingException {
        if (name.equalsIgnoreCase("UTF-8")) return StandardCharsets.UTF_8;
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new UnsupportedEncodingException(name);
        }
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
        String absolute = Locations.resolve(location, request.getRequestURI());
        if (clearBuffer) output.discard();
        headers.set("Location", absolute);
        status = redirectStatus;
        output.closed = true;
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
