package org.dormouse.tls;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first (RFC 8446 §4.1.2), as far as a server needs to know it before it has an engine. Strict in form: what two readers
 * could read in two ways is refused, so that the name that chooses the certificates is the one that the engine sees.
 *
 * @param serverName that the client asks for, in lower case; null if it does not say
 */
record ClientHello(@Nullable String serverName) {
    private static final int MAX_RECORDS = 64;
    private static final int MAX_EXTENSIONS = 128;
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_BYTES = 32;
    private static final int MAX_SESSION_ID_BYTES = 32;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int MAX_NAME_BYTES = 253;
    private static final int MAX_LABEL_BYTES = 63;

    /**
     * Reads the message out of the records at the beginning of a connection.
     *
     * @param available how many bytes from {@code offset} on have come
     * @param maxBytes the longest message
     * @return null if it is not whole yet, and still may become one
     */
    static @Nullable ClientHello parse(byte[] bytes, int offset, int available, int maxBytes) throws Alert.Refused {
        int end = offset + available;
        int at = offset;
        int found = 0; // bytes of the message in the records so far
        int message = -1; // its length, known from its first four bytes
        int head = 0;
        for (int records = 1; ; records++) {
            if (!isHeaderWhole(bytes, at, end - at)) return null;
            if (records > MAX_RECORDS)
                throw new Alert.Refused(Alert.DECODE_ERROR, "ClientHello in more than " + MAX_RECORDS + " records");
            int fragment = Records.number(bytes, at + 3, 2);
            at += Records.HEADER_BYTES;
            int come = Math.min(fragment, end - at);
            for (int i = 0; i < come && found + i < MESSAGE_HEADER_BYTES; i++) {
                head = head << 8 | (bytes[at + i] & 0xff);
                if (found + i == 0) checkType(head);
                if (found + i == MESSAGE_HEADER_BYTES - 1) message = checkedLength(head & 0xff_ffff, maxBytes);
            }
            found += come;
            at += come;
            if (message >= 0 && found >= MESSAGE_HEADER_BYTES + message)
                return records == 1
                        ? read(bytes, offset + Records.HEADER_BYTES + MESSAGE_HEADER_BYTES, message)
                        : read(joined(bytes, offset, message), MESSAGE_HEADER_BYTES, message);
            if (come < fragment) return null;
        }
    }

    /** Refuses what does not begin like a record of TLS as early as it can be told. */
    private static boolean isHeaderWhole(byte[] bytes, int at, int available) throws Alert.Refused {
        if (available == 0) return false;
        int type = bytes[at] & 0xff;
        if ((type & 0x80) != 0) throw new Alert.Refused(Alert.PROTOCOL_VERSION, "no record of TLS, maybe of SSL 2.0");
        if (type == Records.ALERT)
            throw new Alert.Refused(Alert.UNEXPECTED_MESSAGE, "an alert in the place of a ClientHello");
        if (type != Records.HANDSHAKE)
            throw new Alert.Refused(
                    Alert.UNEXPECTED_MESSAGE, "record of type " + type + " in the place of a ClientHello");
        if (available > 1 && bytes[at + 1] != 3)
            throw new Alert.Refused(Alert.PROTOCOL_VERSION, "record of major version " + (bytes[at + 1] & 0xff));
        if (available < Records.HEADER_BYTES) return false;
        int length = Records.number(bytes, at + 3, 2);
        if (length == 0) throw new Alert.Refused(Alert.UNEXPECTED_MESSAGE, "empty record of a handshake");
        if (length > Records.MAX_FRAGMENT_BYTES)
            throw new Alert.Refused(
                    Alert.RECORD_OVERFLOW, "record of " + length + " bytes, limit " + Records.MAX_FRAGMENT_BYTES);
        return true;
    }

    private static void checkType(int type) throws Alert.Refused {
        if (type != CLIENT_HELLO)
            throw new Alert.Refused(Alert.UNEXPECTED_MESSAGE, "handshake message " + type + " is no ClientHello");
    }

    private static int checkedLength(int length, int maxBytes) throws Alert.Refused {
        if (length > maxBytes)
            throw new Alert.Refused(
                    Alert.ILLEGAL_PARAMETER,
                    "ClientHello of " + length + " bytes, limit " + maxBytes + " (" + TlsSettings.MAX_HELLO_BYTES
                            + ")");
        return length;
    }

    /** The message without the headers of its records. All of it has come. */
    private static byte[] joined(byte[] bytes, int offset, int message) {
        byte[] whole = new byte[MESSAGE_HEADER_BYTES + message];
        int at = offset;
        for (int have = 0; have < whole.length; ) {
            int fragment = Records.number(bytes, at + 3, 2);
            int count = Math.min(fragment, whole.length - have);
            System.arraycopy(bytes, at + Records.HEADER_BYTES, whole, have, count);
            have += count;
            at += Records.HEADER_BYTES + fragment;
        }
        return whole;
    }

    private static ClientHello read(byte[] bytes, int offset, int length) throws Alert.Refused {
        var in = new Reader(bytes, offset, offset + length);
        int version = in.number(2);
        if (version < 0x0301 || version >> 8 != 3)
            throw new Alert.Refused(Alert.PROTOCOL_VERSION, "ClientHello of version 0x" + Integer.toHexString(version));
        in.skip(RANDOM_BYTES);
        in.skipVector(1, 0, MAX_SESSION_ID_BYTES, "session id");
        int suites = in.skipVector(2, 2, 0xfffe, "cipher suites");
        if (suites % 2 != 0) throw malformed("cipher suites of an odd length");
        in.skipVector(1, 1, 0xff, "compression methods");
        if (in.isAtEnd()) return new ClientHello(null); // extensions are optional before 1.3
        Reader extensions = in.vector(2, 0, 0xffff, "extensions");
        if (!in.isAtEnd()) throw malformed("bytes behind the extensions");
        return new ClientHello(serverName(extensions));
    }

    private static @Nullable String serverName(Reader in) throws Alert.Refused {
        int[] seen = new int[MAX_EXTENSIONS];
        int count = 0;
        String name = null;
        while (!in.isAtEnd()) {
            int type = in.number(2);
            if (count == MAX_EXTENSIONS) throw malformed("more than " + MAX_EXTENSIONS + " extensions");
            for (int i = 0; i < count; i++)
                if (seen[i] == type) throw illegal("extension " + type + " twice"); // RFC 8446 §4.2
            seen[count++] = type;
            Reader extension = in.vector(2, 0, 0xffff, "extension " + type);
            if (type == SERVER_NAME) name = hostName(extension);
        }
        return name;
    }

    /** RFC 6066 §3: a list that is not empty, with one name of each type at most. */
    private static @Nullable String hostName(Reader extension) throws Alert.Refused {
        Reader list = extension.vector(2, 1, 0xffff, "server_name");
        if (!extension.isAtEnd()) throw malformed("bytes behind the list in server_name");
        String name = null;
        boolean isThere = false;
        while (!list.isAtEnd()) {
            int type = list.number(1);
            Reader value = list.vector(2, 1, 0xffff, "name in server_name");
            if (type != HOST_NAME) continue;
            if (isThere) throw illegal("two names in server_name");
            isThere = true;
            name = checkedName(value.text());
        }
        return name;
    }

    /**
     * A DNS name of ASCII letters, without a dot at its end. A literal address of IPv4 should not be here (RFC 6066 §3), but there are clients
     * that send whatever their URL has; it is taken for no name, and null.
     */
    private static @Nullable String checkedName(String name) throws Alert.Refused {
        if (name.length() > MAX_NAME_BYTES)
            throw illegal("server_name of " + name.length() + " bytes, limit " + MAX_NAME_BYTES);
        int label = 0;
        boolean isNumber = true; // the present label
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0) throw illegal("server_name with an empty label");
                label = 0;
                isNumber = true;
                continue;
            }
            boolean isDigit = c >= '0' && c <= '9';
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!isDigit && !isLetter && c != '-' && c != '_')
                throw illegal("byte 0x" + Integer.toHexString(c) + " in server_name");
            isNumber &= isDigit;
            if (++label > MAX_LABEL_BYTES)
                throw illegal("server_name with a label of more than " + MAX_LABEL_BYTES + " bytes");
        }
        if (label == 0) throw illegal("server_name with a dot at its end");
        // No top-level domain is a number; what ends with one is an address, however short.
        return isNumber ? null : name.toLowerCase(Locale.ROOT);
    }

    private static Alert.Refused malformed(String what) {
        return new Alert.Refused(Alert.DECODE_ERROR, "ClientHello: " + what);
    }

    private static Alert.Refused illegal(String what) {
        return new Alert.Refused(Alert.ILLEGAL_PARAMETER, "ClientHello: " + what);
    }

    /** Bytes with an end, and vectors in them (RFC 8446 §3.4). */
    private static final class Reader {
        private final byte[] bytes;
        private int at;
        private final int end;

        Reader(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean isAtEnd() {
            return at == end;
        }

        int number(int length) throws Alert.Refused {
            skip(length);
            return Records.number(bytes, at - length, length);
        }

        void skip(int length) throws Alert.Refused {
            if (length > end - at) throw malformed("it ends too early");
            at += length;
        }

        Reader vector(int lengthBytes, int least, int most, String what) throws Alert.Refused {
            int length = skipVector(lengthBytes, least, most, what);
            return new Reader(bytes, at - length, at);
        }

        int skipVector(int lengthBytes, int least, int most, String what) throws Alert.Refused {
            int length = number(lengthBytes);
            if (length < least || length > most) throw malformed(what + " of " + length + " bytes");
            if (length > end - at)
                throw malformed(what + " of " + length + " bytes, of which " + (end - at) + " are there");
            at += length;
            return length;
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        }
    }
}
