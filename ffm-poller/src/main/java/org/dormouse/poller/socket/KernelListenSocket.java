package org.dormouse.poller.socket;

import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/** A listening socket of the kernel. */
final class KernelListenSocket implements ListenSocket {
    private final int descriptor;
    private final int port;

    // loop owner only
    private final byte[] peer = new byte[SockAddr.MAX_BYTES];
    private final int[] peerBytes = new int[1];
    private Outcome outcome = Outcome.NONE_WAITING;
    private int error;

    KernelListenSocket(int descriptor, int port) {
        this.descriptor = descriptor;
        this.port = port;
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public @Nullable StreamSocket accept() {
        if (outcome == Outcome.CLOSED) return null;
        int result;
        do {
            peerBytes[0] = peer.length;
            result = NewSocket.complete(SysSocket.accept4(descriptor, peer, peerBytes, NewSocket.FLAGS));
        } while (Errno.isRetry(result));
        outcome = Outcome.of(result);
        error = Math.min(result, 0);
        if (result < 0) return null;
        return new KernelStreamSocket(result, SockAddr.high(peer), SockAddr.low(peer), SockAddr.port(peer));
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public int error() {
        return error;
    }

    @Override
    public void close() {
        if (outcome == Outcome.CLOSED) return;
        outcome = Outcome.CLOSED;
        KernelSockets.close(descriptor);
    }
}
