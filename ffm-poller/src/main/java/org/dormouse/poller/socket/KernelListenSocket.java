package org.dormouse.poller.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/** A listening socket of the kernel. */
final class KernelListenSocket implements ListenSocket, SpareDescriptors.Listening {
    private final int descriptor;
    private final int port;
    private final boolean isUnix;

    /** How many loops still use the descriptor; null if there is only this one. */
    private final @Nullable AtomicInteger users;

    // loop owner only
    private final byte[] peer = new byte[SockAddr.MAX_BYTES];
    private final int[] peerBytes = new int[1];
    private Outcome outcome = Outcome.NONE_WAITING;
    /** Until {@link #keepOneBack}: whoever was turned away meanwhile does not end it. */
    private boolean lacksDescriptors;

    private int error;

    KernelListenSocket(int descriptor, int port) {
        this(descriptor, port, false, null);
    }

    private KernelListenSocket(int descriptor, int port, boolean isUnix, @Nullable AtomicInteger users) {
        this.descriptor = descriptor;
        this.port = port;
        this.isUnix = isUnix;
        this.users = users;
        SpareDescriptors.add(this);
    }

    /** A socket without use. */
    private record KernelSpare(int number) implements SpareDescriptors.Spare {
        @Override
        public void giveUp() {
            KernelSockets.close(number);
        }
    }

    @Override
    public SpareDescriptors.@Nullable Spare openSpare() {
        int number = NewSocket.complete(SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_DGRAM | NewSocket.FLAGS, 0));
        return number < 0 ? null : new KernelSpare(number);
    }

    /** One for each of {@code count} loops over the same descriptor, which is closed by the last of them. */
    static List<ListenSocket> shared(int descriptor, int port, boolean isUnix, int count) {
        var users = count == 1 ? null : new AtomicInteger(count);
        var sockets = new ArrayList<ListenSocket>();
        for (int i = 0; i < count; i++) sockets.add(new KernelListenSocket(descriptor, port, isUnix, users));
        return List.copyOf(sockets);
    }

    @Override
    public boolean isShared() {
        return users != null;
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
        return SpareDescriptors.accept(this);
    }

    @Override
    public @Nullable StreamSocket acceptNow() {
        if (outcome == Outcome.CLOSED) return null;
        int result;
        do {
            peerBytes[0] = peer.length;
            result = NewSocket.complete(SysSocket.accept4(descriptor, peer, peerBytes, NewSocket.FLAGS));
        } while (Errno.isRetry(result));
        outcome = Outcome.of(result);
        error = Math.min(result, 0);
        if (outcome == Outcome.EXHAUSTED) lack();
        return result < 0 ? null : accepted(result);
    }

    private StreamSocket accepted(int number) {
        try {
            return isUnix ? KernelStreamSocket.ofUnix(number) : KernelStreamSocket.of(number, peer);
        } catch (OutOfMemoryError e) {
            KernelSockets.close(number);
            throw e;
        }
    }

    @Override
    public boolean turnAway(byte[] scratch) {
        return SpareDescriptors.turnAway(this, scratch);
    }

    @Override
    public void keepOneBack() {
        lackNoMore();
        if (outcome != Outcome.CLOSED) SpareDescriptors.keep(this);
    }

    private void lack() {
        if (lacksDescriptors) return;
        lacksDescriptors = true;
        SpareDescriptors.lacks();
    }

    private void lackNoMore() {
        if (!lacksDescriptors) return;
        lacksDescriptors = false;
        SpareDescriptors.lacksNoMore();
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
        lackNoMore();
        SpareDescriptors.remove();
        if (users != null && users.decrementAndGet() > 0) return;
        KernelSockets.close(descriptor);
        GivenSockets.closed(descriptor);
    }
}
