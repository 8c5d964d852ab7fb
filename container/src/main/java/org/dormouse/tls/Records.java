package org.dormouse.tls;

/** The frame of a record: type, version, length (RFC 8446 §5.1). */
final class Records {
    static final int HEADER_BYTES = 5;

    /** What a record may carry before it is encrypted. */
    static final int MAX_FRAGMENT_BYTES = 16 * 1024;

    /**
     * The longest record that is waited for, header included: what versions before 1.3 need for padding and MAC fits. Of a longer one the
     * engine sees the header, which it refuses.
     */
    static final int MAX_BYTES = HEADER_BYTES + MAX_FRAGMENT_BYTES + 320;

    static final byte ALERT = 21;
    static final byte HANDSHAKE = 22;
    static final byte APPLICATION_DATA = 23;

    private Records() {}

    /** Bytes of the record at {@code offset}, header included; -1 if that is not whole. */
    static int length(byte[] bytes, int offset, int available) {
        return available < HEADER_BYTES ? -1 : HEADER_BYTES + number(bytes, offset + 3, 2);
    }

    /** How many bytes of the record at {@code offset} to show to the engine now; 0 if more have to come. */
    static int ready(byte[] bytes, int offset, int available) {
        int length = length(bytes, offset, available);
        if (length < 0) return 0;
        if (length > MAX_BYTES) return HEADER_BYTES;
        return length <= available ? length : 0;
    }

    static int number(byte[] bytes, int offset, int length) {
        int number = 0;
        for (int i = 0; i < length; i++) number = number << 8 | (bytes[offset + i] & 0xff);
        return number;
    }
}
