package org.dormouse.tls;

/** Whether a client is asked for a certificate in the handshake. */
public enum ClientAuthentication {
    /** It is not. */
    NONE,
    /** It is, and may have none; one that is not trusted ends the handshake. */
    WANT,
    /** It is, and without one that is trusted there is no connection. */
    NEED
}
