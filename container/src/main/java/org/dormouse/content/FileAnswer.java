package org.dormouse.content;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.dormouse.content.ByteRanges.Range;
import org.dormouse.http.AcceptEncoding;
import org.dormouse.http.Headers;
import org.dormouse.http.HttpDates;
import org.jspecify.annotations.Nullable;

/** One answer with a file: the copy that the client wants, whether it has it already, and the parts of it that it asks for. One thread. */
final class FileAnswer {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final int maxRanges;
    private final long nowMillis;

    FileAnswer(HttpServletRequest request, HttpServletResponse response, int maxRanges, long nowMillis) {
        this.request = request;
        this.response = response;
        this.maxRanges = maxRanges;
        this.nowMillis = nowMillis;
    }

    /** False, with nothing sent, if the file is no longer what it was when {@code file} was read. */
    boolean send(StaticFile file) throws IOException {
        DispatcherType type = request.getDispatcherType();
        boolean isForClient = type == DispatcherType.REQUEST || type == DispatcherType.FORWARD;
        boolean isGet = request.getMethod().equals("GET");
        boolean isHead = request.getMethod().equals("HEAD");
        boolean isRead = isForClient && (isGet || isHead);
        StaticFile chosen = isRead ? chosen(file) : file;
        var answer = isRead ? precondition(chosen) : ConditionalRequest.Answer.PROCEED;
        if (answer == ConditionalRequest.Answer.PRECONDITION_FAILED) {
            response.sendError(HttpServletResponse.SC_PRECONDITION_FAILED);
            return true;
        }
        if (answer == ConditionalRequest.Answer.NOT_MODIFIED) {
            describe(file, chosen);
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return true;
        }
        if (isHead) {
            head(file, chosen, isForClient);
            response.setContentLengthLong(chosen.length);
            return true;
        }
        try (FileBody body = FileBody.open(chosen, response)) {
            if (body == null) return false;
            List<Range> ranges = isForClient && isGet ? ranges(chosen) : null;
            if (ranges != null && ranges.isEmpty()) {
                refuse(file, chosen);
                return true;
            }
            head(file, chosen, isForClient);
            if (ranges == null) sendWhole(chosen, body);
            else if (ranges.size() == 1) sendPart(chosen, body, ranges.getFirst());
            else sendParts(chosen, body, ranges);
        }
        return true;
    }

    private StaticFile chosen(StaticFile file) {
        if (file.variants.isEmpty()) return file;
        var fields = new Headers(); // as filters show them
        for (String value : Collections.list(request.getHeaders("Accept-Encoding")))
            fields.add("Accept-Encoding", value);
        String coding = AcceptEncoding.choose(fields, file.codings);
        return coding == null ? file : file.variants.get(file.codings.indexOf(coding));
    }

    private ConditionalRequest.Answer precondition(StaticFile chosen) {
        return ConditionalRequest.evaluate(
                chosen.etag,
                chosen.lastModified,
                tags("If-Match"),
                date("If-Unmodified-Since"),
                tags("If-None-Match"),
                date("If-Modified-Since"));
    }

    /** All lines of a field are one list (RFC 9110 §5.3). */
    private @Nullable String tags(String field) {
        String first = request.getHeader(field);
        if (first == null) return null;
        List<String> lines = Collections.list(request.getHeaders(field));
        return lines.size() == 1 ? first : String.join(", ", lines);
    }

    private long date(String field) {
        try {
            return request.getDateHeader(field);
        } catch (IllegalArgumentException e) {
            return -1; // a date that is none is to be ignored (RFC 9110 §13.1.3)
        }
    }

    /** What a 304 repeats of the answer that it stands for (RFC 9110 §15.4.5). */
    private void describe(StaticFile file, StaticFile chosen) {
        response.setHeader("ETag", chosen.etag);
        if (chosen.lastModifiedText != null) response.setHeader("Last-Modified", chosen.lastModifiedText);
        if (!file.variants.isEmpty()) response.addHeader("Vary", "Accept-Encoding");
        if (file.cacheControl != null && !response.containsHeader("Cache-Control")) {
            response.setHeader("Cache-Control", file.cacheControl);
        }
    }

    private void head(StaticFile file, StaticFile chosen, boolean isForClient) {
        if (isForClient) {
            describe(file, chosen);
            response.setHeader("Accept-Ranges", "bytes");
        }
        if (chosen.coding != null) response.setHeader("Content-Encoding", chosen.coding);
        if (file.contentType != null && response.getContentType() == null) response.setContentType(file.contentType);
    }

    /** Null for the whole file. */
    private @Nullable List<Range> ranges(StaticFile chosen) {
        String field = request.getHeader("Range");
        if (field == null || response.getStatus() != HttpServletResponse.SC_OK) return null;
        if (Collections.list(request.getHeaders("Range")).size() > 1) return null; // which of them nobody can tell
        String ifRange = request.getHeader("If-Range");
        long date = -1;
        if (ifRange != null) {
            try {
                date = HttpDates.parse(ifRange.strip());
            } catch (IllegalArgumentException e) {
                // then it is an entity tag, or nothing
            }
        }
        if (!ConditionalRequest.isOfTheSame(ifRange, date, chosen.etag, chosen.lastModified, nowMillis)) return null;
        return ByteRanges.parse(field, chosen.length, maxRanges);
    }

    private void sendWhole(StaticFile chosen, FileBody body) throws IOException {
        response.setContentLengthLong(chosen.length);
        if (chosen.length > 0) body.send(response, 0, chosen.length);
    }

    /** The page that says so is not the file: nothing of what describes that, and no permission to keep it, belongs to it. */
    private void refuse(StaticFile file, StaticFile chosen) throws IOException {
        response.setHeader("Accept-Ranges", "bytes");
        if (!file.variants.isEmpty()) response.addHeader("Vary", "Accept-Encoding");
        response.setHeader("Content-Range", "bytes */" + chosen.length);
        response.sendError(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
    }

    private void sendPart(StaticFile chosen, FileBody body, Range range) throws IOException {
        response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
        response.setHeader("Content-Range", range.contentRange(chosen.length));
        response.setContentLengthLong(range.length());
        body.send(response, range.first(), range.length());
    }

    /** RFC 9110 §14.6. */
    private void sendParts(StaticFile chosen, FileBody body, List<Range> ranges) throws IOException {
        String type = response.getContentType();
        String boundary = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        byte[][] heads = new byte[ranges.size()][];
        byte[] end = bytes("\r\n--" + boundary + "--\r\n");
        long length = end.length;
        for (int i = 0; i < heads.length; i++) {
            heads[i] = bytes((i == 0 ? "--" : "\r\n--")
                    + boundary
                    + (type == null ? "" : "\r\nContent-Type: " + type)
                    + "\r\nContent-Range: "
                    + ranges.get(i).contentRange(chosen.length)
                    + "\r\n\r\n");
            length += heads[i].length + ranges.get(i).length();
        }
        response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
        response.setContentType("multipart/byteranges;boundary=" + boundary);
        response.setContentLengthLong(length);
        var out = response.getOutputStream();
        for (int i = 0; i < heads.length; i++) {
            out.write(heads[i]);
            body.send(response, ranges.get(i).first(), ranges.get(i).length());
        }
        out.write(end);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
