package org.dormouse.quarkus.it;

import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;

/** Where {@link PatientServlet} and {@link FloodServlet} tell how far they have come. */
@Singleton
public class Patience {
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<Exception> ended = new CompletableFuture<>();
    private final CompletableFuture<Boolean> flooded = new CompletableFuture<>();

    /** The first bytes of a body have been read. */
    public CompletableFuture<Boolean> hasBegun() {
        return begun;
    }

    /** How reading ended. */
    public CompletableFuture<Exception> hasEnded() {
        return ended;
    }

    /** Everything has been written. */
    public CompletableFuture<Boolean> hasFlooded() {
        return flooded;
    }
}
