package org.dormouse.filter;

import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way into a log. Filled by the threads of the request, one after the other, then read by the log's own. What it refers to
 * of the request never changes, so that it is written down later and elsewhere.
 */
final class AccessRecord implements ExchangeObserver {
    private final AccessLog log;
    private final @Nullable ExchangeObserver before;
    final Peer peer;
    /** Null if no whole head arrived. */
    final @Nullable RequestHead head;

    final long atMillis;
    private final long began;

    @Nullable
    String client;

    @Nullable
    String authority;

    @Nullable
    String user;

    @Nullable
    String requestId;

    int status;
    long bytes;
    long tookNanos;

    AccessRecord(AccessLog log, Exchange exchange) {
        this(log, exchange.observer(), exchange.peer(), exchange.request());
    }

    AccessRecord(AccessLog log, @Nullable ExchangeObserver before, Peer peer, @Nullable RequestHead head) {
        this.log = log;
        this.before = before;
        this.peer = peer;
        this.head = head;
        this.atMillis = System.currentTimeMillis();
        this.began = System.nanoTime();
    }

    @Override
    public void identified(
            @Nullable String address, @Nullable String host, @Nullable String caller, @Nullable String id) {
        client = address;
        authority = host;
        user = caller;
        requestId = id;
        if (before != null) before.identified(address, host, caller, id);
    }

    @Override
    public void ended(int withStatus, long bodyBytes) {
        status = withStatus;
        bytes = bodyBytes;
        tookNanos = System.nanoTime() - began;
        log.add(this);
        if (before != null) before.ended(withStatus, bodyBytes);
    }

    String client() {
        String known = client;
        return known == null ? peer.remoteAddress() : known;
    }

    @Nullable
    String host() {
        return authority != null || head == null ? authority : head.authority();
    }
}
