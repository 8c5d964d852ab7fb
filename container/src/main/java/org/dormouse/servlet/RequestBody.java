package org.dormouse.servlet;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.servlet.multipart.MultipartForm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a request's body is read as: a stream, characters, a form or parts; one of them only (Servlet 6.1 §3.1.1). The request's thread. */
final class RequestBody {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);
    private static final int FORM_STEP_BYTES = 4096;

    private final DormouseRequest request;
    private final Exchange exchange;
    private byte @Nullable [] saved;
    private @Nullable RequestInput input;
    private @Nullable BufferedReader reader;
    private boolean streamTaken;
    private boolean formRead;
    private @Nullable MultipartForm form;
    private @Nullable Exception formFailure;
    private boolean formLost;
    private @Nullable String encoding;

    /** @param saved what was read of an earlier request, and is to be read once more; null: nothing */
    RequestBody(DormouseRequest request, Exchange exchange, byte @Nullable [] saved) {
        this.request = request;
        this.exchange = exchange;
        this.saved = saved;
    }

    ServletInputStream stream() {
        if (reader != null) throw new IllegalStateException("getReader() was called for this request");
        streamTaken = true;
        return input();
    }

    private RequestInput input() {
        RequestInput known = input;
        if (known == null) {
            input = known = new RequestInput(request, exchange, new ReadAhead(saved));
            saved = null;
        }
        return known;
    }

    /**
     * Everything that is to be read; null if somebody has begun to.
     *
     * @throws BadRequest if it is longer than {@code limit}
     */
    byte @Nullable [] takeAll(int limit) throws IOException {
        if (input != null) return null;
        long announced = request.head().contentLength();
        if (announced == 0) return new byte[0];
        if (announced > limit) throw tooLongToSave(announced, limit);
        byte[] whole = input().readNBytes(limit + 1);
        if (whole.length > limit) throw tooLongToSave(whole.length, limit);
        return whole;
    }

    private static BadRequest tooLongToSave(long bytes, int limit) {
        return new BadRequest(
                413,
                "a body of at least " + bytes + " bytes cannot be kept until its client has logged in, limit " + limit
                        + " (login.max-saved-request)");
    }

    BufferedReader reader() throws UnsupportedEncodingException {
        BufferedReader known = reader;
        if (known != null) return known;
        if (streamTaken) throw new IllegalStateException("getInputStream() was called for this request");
        Charset charset = charset();
        if (charset == null) charset = isJson() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        known = new BufferedReader(new InputStreamReader(input(), charset));
        reader = known;
        return known;
    }

    /** As the application set it, else as the request says, else as the application declares; null if none of them. */
    @Nullable
    String encoding() {
        if (encoding != null) return encoding;
        String ofRequest = encodingOfClient();
        return ofRequest != null
                ? ofRequest
                : request.servletContext().deployment().requestEncoding();
    }

    /** Without effect once the body has been read. */
    void encoding(@Nullable String name) throws UnsupportedEncodingException {
        if (name != null) charsetOf(name);
        if (!formRead && reader == null) encoding = name;
    }

    private static Charset charsetOf(String name) throws UnsupportedEncodingException {
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new UnsupportedEncodingException(name);
        }
    }

    /** That of {@link #encoding()}; if it is the client's and there is no such thing, that is not the application's failure. */
    private @Nullable Charset charset() throws UnsupportedEncodingException {
        String name = encoding();
        if (name == null) return null;
        try {
            return charsetOf(name);
        } catch (UnsupportedEncodingException e) {
            if (name.equals(encodingOfClient())) {
                e.initCause(new BadRequest(415, "charset \"" + name + "\" of the Content-Type is not supported"));
            }
            throw e;
        }
    }

    private @Nullable String encodingOfClient() {
        String type = request.head().fields().first("Content-Type");
        return type == null ? null : ContentType.of(type).charset();
    }

    private boolean isJson() {
        String type = request.head().fields().first("Content-Type");
        return type != null && ContentType.of(type).isJson();
    }

    /** Adds those of a form or of parts, if that is what the body is and nobody has taken the stream. */
    void addParameters(Parameters parameters) throws IOException, ServletException {
        String type = request.head().fields().first("Content-Type");
        if (type == null || streamTaken || reader != null || formLost) return;
        if (isType(type, "application/x-www-form-urlencoded")
                && request.head().method().equals("POST")) {
            formRead = true;
            Charset charset = charset();
            byte[] form = readForm();
            parameters.parse(
                    new String(form, StandardCharsets.ISO_8859_1), charset == null ? StandardCharsets.UTF_8 : charset);
        } else if (isType(type, "multipart/form-data")
                && request.target().chain().servlet().multipart() != null) {
            formRead = true;
            addParts(parameters);
        }
    }

    private static boolean isType(String field, String type) {
        if (!field.regionMatches(true, 0, type, 0, type.length())) return false;
        for (int i = type.length(); i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == ';') return true;
            if (c != ' ' && c != '\t') return false;
        }
        return true;
    }

    private byte[] readForm() throws IOException {
        int limit = request.servletContext().deployment().limits().maxFormBytes();
        long announced = request.head().contentLength();
        checkForm(announced, limit);
        // Whoever announces much has not sent it yet: there is room for twice of what has come.
        long most = announced > 0 ? announced : limit + 1L;
        byte[] form = new byte[(int) Math.min(most, FORM_STEP_BYTES)];
        int length = 0;
        while (true) {
            if (length == form.length) {
                if (length == announced) break;
                form = Arrays.copyOf(form, (int) Math.min(2L * form.length, most));
            }
            int count = input().read(form, length, form.length - length);
            if (count < 0) break;
            length += count;
            checkForm(length, limit);
        }
        return Arrays.copyOf(form, length);
    }

    private static void checkForm(long bytes, int limit) throws BadRequest {
        if (bytes > limit) {
            throw new BadRequest(413, "form of " + bytes + " bytes, limit " + limit + " (http.max-form-bytes)");
        }
    }

    private void addParts(Parameters parameters) throws IOException, ServletException {
        Charset declared = charset();
        Charset charset = declared == null ? StandardCharsets.UTF_8 : declared;
        for (Part part : parts()) {
            if (part.getSubmittedFileName() != null) continue;
            try (var content = part.getInputStream()) {
                parameters.add(part.getName(), new String(content.readAllBytes(), charset));
            }
        }
    }

    /** Read once: what failed is not tried again with the rest of the body, and whoever it is forwarded to sees the same parts. */
    Collection<Part> parts() throws IOException, ServletException {
        MultipartForm known = form;
        if (known != null) return known.parts();
        if (formLost) return List.of();
        if (formFailure != null) throw new IllegalStateException(formFailure.getMessage(), formFailure);
        String type = request.head().fields().first("Content-Type");
        if (type == null || !isType(type, "multipart/form-data")) {
            throw new ServletException("the request is not multipart/form-data but " + type);
        }
        MultipartConfigElement multipart = request.target().chain().servlet().multipart();
        if (multipart == null) {
            throw new IllegalStateException(
                    "servlet " + request.target().chain().servlet().name() + " has no multipart configuration");
        }
        try {
            form = known = readParts(type, multipart);
            return known.parts();
        } catch (IOException | RuntimeException e) {
            formFailure = e;
            throw e;
        }
    }

    /** The error page is to show what has failed, not to fail on it again: for it, a form that could not be read is empty. */
    void loseFailedForm() {
        formLost = form == null && (formRead || formFailure != null);
    }

    private MultipartForm readParts(String type, MultipartConfigElement multipart) throws IOException {
        if (streamTaken || reader != null) throw new IllegalStateException("the body was read in another way already");
        formRead = true;
        DormouseContext context = request.servletContext();
        return MultipartForm.read(
                input(), type, multipart, context.deployment().multipartLimits(), context.temporaryDirectory());
    }

    /** Gives up what was made of the body. */
    void end() {
        MultipartForm read = form;
        if (read == null) return;
        try {
            read.close();
        } catch (IOException e) {
            LOG.warn("temporary files of an upload were not deleted", e);
        }
    }
}
