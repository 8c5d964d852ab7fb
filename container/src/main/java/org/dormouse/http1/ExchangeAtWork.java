package org.dormouse.http1;

import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that was not finished when its loop looked, for those who list requests. What it holds may have ended since.
 *
 * @param exchange whose request may be read; nothing else of it belongs to whoever looks
 * @param beganNanos when its head was read, on its loop's clock
 * @param wasBegun whether a thread has begun with it
 * @param thread the one that runs its servlet; null if none does
 * @param client address and port
 */
public record ExchangeAtWork(
        Exchange exchange,
        long beganNanos,
        boolean wasBegun,
        @Nullable Thread thread,
        String client) {}
