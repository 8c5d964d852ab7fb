package org.dormouse.servlet;

import org.jspecify.annotations.Nullable;

/**
 * What trusted proxies say about the client of a request that they passed on. Where it says nothing, the connection counts.
 *
 * @param address of IP, without a port; null if it was not told
 * @param port 0 if it was not told
 * @param scheme {@code http} or {@code https}; null if it was not told
 * @param authority host and port that the client asked for; null if it was not told
 */
public record ForwardedClient(
        @Nullable String address,
        int port,
        @Nullable String scheme,
        @Nullable String authority) {}
