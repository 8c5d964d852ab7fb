package org.dormouse.tls;

import java.io.Serial;

/** The fatal alerts that are sent before there is an engine to send them (RFC 8446 §6.2, RFC 6066 §9). */
enum Alert {
    UNEXPECTED_MESSAGE(10),
    RECORD_OVERFLOW(22),
    ILLEGAL_PARAMETER(47),
    DECODE_ERROR(50),
    PROTOCOL_VERSION(70),
    INTERNAL_ERROR(80),
    UNRECOGNIZED_NAME(112);

    private static final byte FATAL = 2;

    private final byte description;

    Alert(int description) {
        this.description = (byte) description;
    }

    /** A record that is not encrypted. */
    byte[] record() {
        return new byte[] {Records.ALERT, 3, 3, 0, 2, FATAL, description};
    }

    /** The client's first message is refused with this alert. Without a stack: it is the client's fault. */
    static final class Refused extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        private final Alert alert;

        Refused(Alert alert, String detail) {
            super(detail, null, false, false);
            this.alert = alert;
        }

        Alert alert() {
            return alert;
        }
    }
}
