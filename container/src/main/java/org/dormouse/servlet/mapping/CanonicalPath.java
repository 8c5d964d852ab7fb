package org.dormouse.servlet.mapping;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;

/**
 * The one form of a path that contexts, servlets, filters, constraints and files are looked up with (Servlet 6.1 §3.5.2). Pure functions.
 *
 * <p>A path is decoded once and only once: what comes out is no longer encoded and must never come back in, except through
 * {@link #encode}, for which {@code of(encode(of(x)))} equals {@code of(x)}.
 */
public final class CanonicalPath {
    /** What may stand anywhere in a segment and means itself: unreserved, sub-delims without {@code ;}, and {@code : @}. */
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = '0'; c <= '9'; c++) PLAIN[c] = true;
        for (char c = 'a'; c <= 'z'; c++) PLAIN[c] = true;
        for (char c = 'A'; c <= 'Z'; c++) PLAIN[c] = true;
        for (char c : "-._~!$&'()*+,=:@".toCharArray()) PLAIN[c] = true;
    }

    private CanonicalPath() {}

    /**
     * Decodes and cleans a path as a client sent it: parameters dropped, escapes decoded as UTF-8, empty segments (but the last) and dot
     * segments resolved, every sequence refused that two readers could take for different paths.
     *
     * @param rawPath still encoded, without query
     * @return decoded, begins with {@code /}; {@code rawPath} itself where that is canonical already
     * @throws BadRequest 400 for what §3.5.2 item 10 calls suspicious, and for bytes no URI may have
     */
    public static String of(String rawPath) throws BadRequest {
        return isCanonical(rawPath) ? rawPath : resolve(rawPath, false);
    }

    /**
     * The same for a path that the application gave, to a request dispatcher for instance: it may hold spaces and characters beyond ASCII
     * that a client would have had to encode.
     *
     * @throws BadRequest as {@link #of}
     */
    public static String ofApplication(String path) throws BadRequest {
        return isCanonical(path) ? path : resolve(path, true);
    }

    /**
     * The value of the first path parameter called {@code name} in any segment, as in {@code /cart;jsessionid=1}.
     *
     * @param rawPath as given to {@link #of}
     * @return still encoded; empty for a parameter without a value; null where there is none
     */
    public static @Nullable String parameter(String rawPath, String name) {
        for (int at = rawPath.indexOf(';'); at >= 0; at = rawPath.indexOf(';', at + 1)) {
            if (!rawPath.startsWith(name, at + 1)) continue;
            int end = endOfParameter(rawPath, at + 1);
            int afterName = at + 1 + name.length();
            if (afterName == end) return "";
            if (afterName < end && rawPath.charAt(afterName) == '=') return rawPath.substring(afterName + 1, end);
        }
        return null;
    }

    /**
     * Encodes a canonical path for a Location field or a form. What comes out begins with exactly one slash, so it cannot be taken for
     * another host.
     *
     * @param path as {@link #of} returned it
     */
    public static String encode(String path) {
        StringBuilder encoded = null;
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            boolean same = b == '/' || (b < 128 && PLAIN[b]);
            if (encoded == null) {
                if (same) continue;
                encoded = new StringBuilder(bytes.length + 16).append(path, 0, i);
            }
            if (same) encoded.append((char) b);
            else encoded.append('%').append(hex(b >> 4)).append(hex(b & 15));
        }
        return encoded == null ? path : encoded.toString();
    }

    /**
     * Whether it lies in WEB-INF or META-INF, where no client may look (Servlet 6.1 §10.5). Without case: on some file systems {@code web-inf}
     * is the same folder.
     *
     * @param path as {@link #of} returned it, below the context path
     */
    public static boolean isPrivate(String path) {
        return isBelowAnyCase(path, "/WEB-INF") || isBelowAnyCase(path, "/META-INF");
    }

    private static boolean isBelowAnyCase(String path, String folder) {
        int length = folder.length();
        return path.regionMatches(true, 0, folder, 0, length)
                && (path.length() == length || path.charAt(length) == '/');
    }

    /** One pass that finds nothing to do: plain characters, no empty segment and no segment that begins with a dot. */
    private static boolean isCanonical(String path) {
        int length = path.length();
        if (length == 0 || path.charAt(0) != '/') return false;
        char previous = '/';
        for (int i = 1; i < length; i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (previous == '/') return false;
            } else if (c >= 128 || !PLAIN[c] || (c == '.' && previous == '/')) {
                return false;
            }
            previous = c;
        }
        return true;
    }

    private static String resolve(String raw, boolean application) throws BadRequest {
        if (!raw.startsWith("/")) throw new BadRequest(400, "path does not begin with /");
        checkCharacters(raw, application);
        var segments = new ArrayList<String>();
        for (int start = 1, end; start <= raw.length(); start = end + 1) {
            end = raw.indexOf('/', start);
            if (end < 0) end = raw.length();
            addSegment(segments, raw, start, end);
        }
        if (segments.isEmpty()) return "/";
        var path = new StringBuilder(raw.length());
        for (String segment : segments) path.append('/').append(segment);
        return path.toString();
    }

    /** §3.5.2 items 4 to 7 for one segment, with the rejections of item 10 that concern it. */
    private static void addSegment(List<String> segments, String raw, int start, int end) throws BadRequest {
        boolean last = end == raw.length();
        int semicolon = raw.indexOf(';', start, end);
        int nameEnd = semicolon < 0 ? end : semicolon;
        boolean parameters = semicolon >= 0;
        if (parameters) decode(raw, semicolon, end); // refuses what is bad in them
        if (nameEnd == start) {
            if (last) segments.add("");
            else if (parameters) throw new BadRequest(400, "empty segment with parameters at " + start);
            return;
        }
        String segment = decode(raw, start, nameEnd);
        int dots = leadingDots(segment);
        if (dots == segment.length() && dots <= 2) {
            if (parameters) throw new BadRequest(400, "dot segment with parameters at " + start);
            if (nameEnd - start != dots) throw new BadRequest(400, "encoded dot segment at " + start);
            if (dots == 2) {
                if (segments.isEmpty()) throw new BadRequest(400, "path leads above the root at " + start);
                segments.removeLast();
            }
            return;
        }
        // An encoded semicolon is data, but who looks for parameters in the decoded path would see a dot segment here.
        if (dots > 0 && dots <= 2 && segment.charAt(dots) == ';') {
            throw new BadRequest(400, "dot segment with an encoded ; at " + start);
        }
        segments.add(segment);
    }

    private static int leadingDots(String segment) {
        int dots = 0;
        while (dots < segment.length() && segment.charAt(dots) == '.') dots++;
        return dots;
    }

    private static void checkCharacters(String raw, boolean application) throws BadRequest {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '\\') throw new BadRequest(400, "backslash in path at " + i);
            if (c == '#') throw new BadRequest(400, "fragment in path at " + i);
            if (c == '?') throw new BadRequest(400, "query in path at " + i);
            if (Character.isISOControl(c))
                throw new BadRequest(400, "control character " + (int) c + " in path at " + i);
            if (!application && (c == ' ' || c >= 128)) {
                throw new BadRequest(400, "character " + (int) c + " in path at " + i + ", must be percent-encoded");
            }
            if (Character.isSurrogate(c) && !isInPair(raw, i)) {
                throw new BadRequest(400, "half a surrogate pair in path at " + i);
            }
        }
    }

    private static boolean isInPair(String raw, int at) {
        return raw.codePointAt(at) > 0xFFFF || (at > 0 && raw.codePointAt(at - 1) > 0xFFFF);
    }

    private static String decode(String raw, int start, int end) throws BadRequest {
        int percent = raw.indexOf('%', start, end);
        if (percent < 0) return raw.substring(start, end);
        var bytes = ByteBuffer.allocate(3 * (end - start)); // a char of UTF-16 is at most three bytes of UTF-8
        for (int i = start; i < end; ) {
            if (raw.charAt(i) == '%') {
                bytes.put((byte) octet(raw, i, end));
                i += 3;
            } else {
                int next = raw.indexOf('%', i, end);
                if (next < 0) next = end;
                putUtf8(bytes, raw, i, next);
                i = next;
            }
        }
        String decoded = utf8(bytes.flip(), start);
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (Character.isISOControl(c)) {
                throw new BadRequest(400, "encoded control character " + (int) c + " in path after " + start);
            }
        }
        return decoded;
    }

    private static int octet(String raw, int percent, int end) throws BadRequest {
        int high = percent + 2 < end ? digit(raw.charAt(percent + 1)) : -1;
        int low = percent + 2 < end ? digit(raw.charAt(percent + 2)) : -1;
        if (high < 0 || low < 0) throw new BadRequest(400, "bad escape in path at " + percent);
        int octet = high << 4 | low;
        if (octet == '/') throw new BadRequest(400, "encoded / in path at " + percent);
        if (octet == '\\') throw new BadRequest(400, "encoded backslash in path at " + percent);
        return octet;
    }

    private static void putUtf8(ByteBuffer bytes, String raw, int start, int end) throws BadRequest {
        try {
            bytes.put(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(raw, start, end)));
        } catch (CharacterCodingException e) {
            throw new BadRequest(400, "half a surrogate pair in path after " + start);
        }
    }

    private static String utf8(ByteBuffer bytes, int start) throws BadRequest {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new BadRequest(400, "path is not UTF-8 after " + start);
        }
    }

    private static int endOfParameter(String raw, int from) {
        int end = from;
        while (end < raw.length() && raw.charAt(end) != ';' && raw.charAt(end) != '/') end++;
        return end;
    }

    /** ASCII only: {@link Character#digit} takes the digits of every script. */
    private static int digit(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    }

    private static char hex(int nibble) {
        return (char) (nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
    }
}
