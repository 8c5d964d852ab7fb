package org.dormouse.poller.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.libc.Errno;

/** The other end of {@link NotifySocket}: what a service manager hears. */
public final class UnixDatagrams implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final int descriptor;
    private final byte[] buffer = new byte[4096];

    /** Binds to a file that does not exist yet. */
    public UnixDatagrams(Path path) {
        descriptor = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_DGRAM | NewSocket.FLAGS, 0);
        byte[] address = SockAddrUn.write(UnixAddress.of(path.toString()));
        assertThat(SysSocket.bind(descriptor, address, address.length)).isZero();
    }

    /** The next message; null if there is none now. */
    public String poll() {
        int count = SysSocket.recv(descriptor, buffer, 0, buffer.length, 0);
        if (count == -Errno.EAGAIN) return null;
        assertThat(count).isPositive();
        return new String(buffer, 0, count, StandardCharsets.UTF_8);
    }

    /** The next message; waits for it, at most twenty seconds. */
    public String take() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            String message = poll();
            if (message != null) return message;
            if (System.nanoTime() > end) throw new AssertionError("no message came");
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        KernelSockets.close(descriptor);
    }
}
