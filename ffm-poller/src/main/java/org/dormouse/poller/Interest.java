package org.dormouse.poller;

import org.dormouse.poller.backend.Backend;

/** What is asked of the kernel about a descriptor, once, for as long as it is watched. */
public enum Interest {
    /** Listening sockets: connections to accept. */
    READ(Backend.IN),
    /** Listening sockets that several loops share: for a connection to accept, one that waits is enough. */
    READ_SHARED(Backend.IN | Backend.EXCLUSIVE),
    /** Connections: input, output and hang-up, so that no later call to the kernel changes it. */
    READ_AND_WRITE(Backend.IN | Backend.OUT);

    private final int bits;

    Interest(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }
}
