package org.dormouse.tls;

/** What handshakes and sockets of either side share: their limits, who computes for them, and who is told. */
abstract class TlsSide {
    final TlsSettings settings;
    final Handshakes handshakes;
    final TlsLog log;
    final long timeoutNanos;

    TlsSide(TlsSettings settings, Handshakes handshakes, TlsLog log) {
        this.settings = settings;
        this.handshakes = handshakes;
        this.log = log;
        this.timeoutNanos = settings.handshakeTimeout().toNanos();
    }
}
