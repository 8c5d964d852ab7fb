package org.dormouse.servlet;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.dormouse.http.Exchange;
import org.dormouse.http.ResponseBody;
import org.jspecify.annotations.Nullable;

/** What a response says of its content, its type, encoding and length, and of what follows it; and how its head is fixed. One thread at a time. */
abstract class HeadOfResponse extends FieldsOfResponse {
    @Nullable
    ContentType type;
    /** As the application gave it, or as {@link #getWriter} fixed it; null where neither has happened. */
    @Nullable
    String charset;

    boolean charsetExplicit;
    private boolean charsetByLocale;

    @Nullable
    Locale locale;

    @Nullable
    ResponseWriter writer;

    @Nullable
    ResponseTrailers trailers;

    HeadOfResponse(DormouseRequest request, Exchange exchange) {
        super(request, exchange);
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
        ResponseTrailers behind = trailers;
        if (behind == null) {
            commit(announcedLength >= 0 || bodiless ? announcedLength : length);
            return;
        }
        if (announcedLength < 0 && ResponseBody.isAllowed(request.head().method(), status)) behind.announce(headers);
        commit(announcedLength);
    }

    private void commit(long length) {
        String contentType = composedType();
        if (contentType != null) headers.add("Content-Type", contentType);
        exchange.commit(status, null, headers, length);
    }

    /** The body is whole: what follows it is given to the exchange. Inside the exchange. */
    void trail() {
        ResponseTrailers behind = trailers;
        if (behind != null) behind.send(exchange);
    }

    // --- trailers

    @Override
    public void setTrailerFields(@Nullable Supplier<Map<String, String>> supplier) {
        checkAlive();
        if (isCommitted()) throw new IllegalStateException("setTrailerFields: response is committed");
        if (!exchange.mayHaveTrailers()) {
            throw new IllegalStateException(
                    "setTrailerFields: a response to " + request.getProtocol() + " has no trailer fields");
        }
        if (announcedLength >= 0) {
            throw new IllegalStateException("setTrailerFields: the response has a content length, " + announcedLength
                    + ", so it is not chunked and nothing can follow its body");
        }
        trailers = supplier == null ? null : new ResponseTrailers(supplier);
    }

    @Override
    public @Nullable Supplier<Map<String, String>> getTrailerFields() {
        ResponseTrailers known = trailers;
        return known == null ? null : known.supplier();
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

    final @Nullable String composedType() {
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
        String encoding = LocaleCharsets.find(
                wanted, request.servletContext().deployment().localeEncodings());
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
}
