package org.dormouse.tls;

/** Certificates, keys, trust or revocation lists cannot be had as they were asked for. The message says of which file, and why. */
public final class BadKeyMaterial extends Exception {
    private static final long serialVersionUID = 1L;

    BadKeyMaterial(String message) {
        super(message);
    }

    BadKeyMaterial(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same with what it is about in front: key of the configuration, and file. */
    BadKeyMaterial about(String what) {
        return new BadKeyMaterial(what + ": " + getMessage(), this);
    }
}
