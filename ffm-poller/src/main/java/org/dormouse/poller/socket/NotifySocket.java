package org.dormouse.poller.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.dormouse.poller.libc.Errno;

/** Sends short messages to a Unix datagram socket, such as that of a service manager. Never waits: what does not fit is lost. */
public final class NotifySocket implements AutoCloseable {
    private final int descriptor;

    // guarded by this
    private boolean isClosed;

    private NotifySocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Connects to {@code address}; {@code IOException} says why it cannot be reached. */
    public static NotifySocket open(UnixAddress address) throws IOException {
        int descriptor =
                NewSocket.complete(SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_DGRAM | NewSocket.FLAGS, 0));
        if (descriptor < 0) throw new IOException("socket for " + address + ": " + Errno.describe(-descriptor));
        byte[] bytes = SockAddrUn.write(address);
        int result = SysSocket.connect(descriptor, bytes, bytes.length);
        if (result < 0) {
            KernelSockets.close(descriptor);
            throw new IOException("connect to " + address + ": " + Errno.describe(-result));
        }
        return new NotifySocket(descriptor);
    }

    /**
     * Sends {@code message} as one datagram. Any thread.
     *
     * @return whether the kernel took it whole; false after {@link #close}
     */
    public synchronized boolean send(String message) {
        if (isClosed) return false;
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        int result;
        do {
            result = SysSocket.send(descriptor, bytes, 0, bytes.length, SysSocket.MSG_NOSIGNAL);
        } while (Errno.isRetry(result));
        return result == bytes.length;
    }

    @Override
    public synchronized void close() {
        if (isClosed) return;
        isClosed = true;
        KernelSockets.close(descriptor);
    }
}
