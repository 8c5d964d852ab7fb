package org.dormouse.push;

/** A limit of a hub does not allow it; the message has value, limit and the key of the limit. */
public final class HubFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    HubFullException(String detail, String key) {
        super(detail + " already, which is the limit (" + key + ")");
    }
}
