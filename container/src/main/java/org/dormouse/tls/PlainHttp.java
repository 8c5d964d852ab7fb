package org.dormouse.tls;

import java.nio.charset.StandardCharsets;

/** What a client gets that speaks HTTP to a port of HTTPS, as other servers do it. */
final class PlainHttp {
    private static final String TEXT = "This combination of host and port requires TLS.";
    private static final byte[] ANSWER = ("HTTP/1.1 400 Bad Request\r\n"
                    + "Content-Type: text/plain;charset=US-ASCII\r\n"
                    + "Content-Length: " + TEXT.length() + "\r\n"
                    + "Connection: close\r\n"
                    + "\r\n"
                    + TEXT)
            .getBytes(StandardCharsets.US_ASCII);

    private PlainHttp() {}

    /** Whether a connection that begins with {@code first} may speak HTTP: a method begins with a letter, and no record of TLS does. */
    static boolean beginsWith(byte first) {
        int letter = first | 0x20;
        return letter >= 'a' && letter <= 'z';
    }

    /** A whole response. Not to be changed. */
    static byte[] answer() {
        return ANSWER;
    }
}
