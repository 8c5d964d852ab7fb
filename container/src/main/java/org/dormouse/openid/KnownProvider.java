package org.dormouse.openid;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of itself, asked for when it is first needed. Who needs it while it is being asked waits for that answer, an error
 * included: a provider that is away is not asked once for every request that comes meanwhile. Any thread; a virtual one that waits is unmounted.
 */
final class KnownProvider {
    /** Asks the provider. */
    interface Question {
        OpenIdProvider ask() throws IOException;
    }

    private final Question question;
    private final Duration patience;
    private final AtomicReference<@Nullable CompletableFuture<OpenIdProvider>> asking = new AtomicReference<>();
    private volatile @Nullable OpenIdProvider answer;

    /** @param patience of who waits for what another has asked */
    KnownProvider(Question question, Duration patience) {
        this.question = question;
        this.patience = patience;
    }

    /** Null if it has not been asked with success. */
    @Nullable
    OpenIdProvider known() {
        return answer;
    }

    /** @throws IOException if it cannot be asked, or does not answer as it should */
    OpenIdProvider get() throws IOException {
        OpenIdProvider known = answer;
        if (known != null) return known;
        var own = new CompletableFuture<OpenIdProvider>();
        CompletableFuture<OpenIdProvider> other = asking.compareAndExchange(null, own);
        return other == null ? ask(own) : await(other);
    }

    private OpenIdProvider ask(CompletableFuture<OpenIdProvider> own) throws IOException {
        try {
            OpenIdProvider told = answer; // before this was asked
            if (told == null) told = question.ask();
            answer = told;
            own.complete(told);
            return told;
        } catch (IOException | RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            asking.set(null);
        }
    }

    private OpenIdProvider await(CompletableFuture<OpenIdProvider> other) throws IOException {
        try {
            return other.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the provider has just been asked: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("the provider is being asked, for more than " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the provider was asked", e);
        }
    }
}
