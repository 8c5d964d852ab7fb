package org.dormouse.servlet;

import java.io.IOException;
import org.dormouse.http.ClientGone;

/** Marks a failure of an exchange, so that it is not taken for one of the application. */
final class PeerFailure {
    private PeerFailure() {}

    static ClientGone of(IOException failure) {
        if (failure instanceof ClientGone gone) return gone;
        var gone = new ClientGone(String.valueOf(failure.getMessage()));
        gone.initCause(failure);
        return gone;
    }
}
