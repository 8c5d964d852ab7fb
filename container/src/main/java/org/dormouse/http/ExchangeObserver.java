package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/** Follows one exchange from outside, for a log. Called by the threads that serve it, which it does not keep waiting. */
public interface ExchangeObserver {
    /**
     * What only those know who served it. Comes before {@link #ended}, or not at all.
     *
     * @param client address as trusted proxies tell it; null if they told nothing: then it is the peer's
     * @param authority host and port as they tell it; null likewise
     * @param user who logged in; null for nobody
     * @param requestId null if it was given none
     */
    void identified(
            @Nullable String client, @Nullable String authority, @Nullable String user, @Nullable String requestId);

    /**
     * The exchange is over; what was not sent yet leaves without it.
     *
     * @param status 0 if there was no response
     * @param bytes of the body, as the application wrote them
     */
    void ended(int status, long bytes);
}
