package org.dormouse.http1;

import org.dormouse.http.Fields;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/**
 * A request head as the bytes that came, copied once, with the positions of its parts. Strings are made when asked for. Immutable after
 * {@link RequestRules} has judged it, which happens before anybody else sees it.
 */
final class RequestHeadBytes implements RequestHead, Fields {
    /** Positions for each field: start and end of its name, start and end of its value. */
    static final int FIELD_SIZE = 4;

    final byte[] bytes;
    private final int[] positions;
    private final int methodStart;
    private final int methodEnd;
    final int targetStart;
    final int targetEnd;
    private final Version version;

    // Written by RequestRules.
    int pathStart;
    int pathEnd;
    int authorityStart;
    int authorityEnd = -1;
    long contentLength;
    /** OPTIONS with an absolute target without a path: {@code *}, which is not among the bytes (RFC 9112 §3.2.4). */
    boolean asterisk;

    /** What the client wants. */
    boolean keepAlive;

    boolean expectsContinue;
    boolean asksUpgrade;

    private @Nullable String path;

    RequestHeadBytes(
            byte[] bytes,
            int[] positions,
            int methodStart,
            int methodEnd,
            int targetStart,
            int targetEnd,
            Version version) {
        this.bytes = bytes;
        this.positions = positions;
        this.methodStart = methodStart;
        this.methodEnd = methodEnd;
        this.targetStart = targetStart;
        this.targetEnd = targetEnd;
        this.version = version;
    }

    @Override
    public String method() {
        return KnownText.METHODS.text(bytes, methodStart, methodEnd);
    }

    boolean methodIs(String name) {
        if (methodEnd - methodStart != name.length()) return false;
        for (int i = 0; i < name.length(); i++) {
            if (bytes[methodStart + i] != name.charAt(i)) return false;
        }
        return true;
    }

    @Override
    public String rawPath() {
        String text = path; // two threads may make it twice, which does no harm: both are equal
        if (text == null) {
            text = asterisk ? "*" : pathStart == pathEnd ? "/" : Octets.text(bytes, pathStart, pathEnd);
            path = text;
        }
        return text;
    }

    @Override
    public @Nullable String query() {
        return pathEnd == targetEnd ? null : Octets.text(bytes, pathEnd + 1, targetEnd);
    }

    @Override
    public Version version() {
        return version;
    }

    @Override
    public @Nullable String authority() {
        return authorityEnd < 0 ? null : KnownText.VALUES.text(bytes, authorityStart, authorityEnd);
    }

    @Override
    public Fields fields() {
        return this;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public int size() {
        return positions.length / FIELD_SIZE;
    }

    @Override
    public String name(int position) {
        return KnownText.NAMES.text(bytes, nameStart(position), nameEnd(position));
    }

    @Override
    public String value(int position) {
        return KnownText.VALUES.text(bytes, valueStart(position), valueEnd(position));
    }

    @Override
    public int find(String name, int from) {
        int size = size();
        int length = name.length();
        for (int i = from; i < size; i++) {
            int start = nameStart(i);
            if (nameEnd(i) - start == length && isName(start, name)) return i;
        }
        return -1;
    }

    private boolean isName(int start, String name) {
        for (int i = 0; i < name.length(); i++) {
            int own = bytes[start + i];
            int other = name.charAt(i);
            if (own != other && Octets.lowerCase(own) != Octets.lowerCase(other)) return false;
        }
        return true;
    }

    int nameStart(int position) {
        return positions[position * FIELD_SIZE];
    }

    int nameEnd(int position) {
        return positions[position * FIELD_SIZE + 1];
    }

    int valueStart(int position) {
        return positions[position * FIELD_SIZE + 2];
    }

    int valueEnd(int position) {
        return positions[position * FIELD_SIZE + 3];
    }

    @Override
    public String toString() {
        return method() + " " + Octets.text(bytes, targetStart, targetEnd) + " " + version;
    }
}
