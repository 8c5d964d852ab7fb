package org.dormouse.poller;

import org.dormouse.poller.epoll.EpollBackend;
import org.dormouse.poller.kqueue.KqueueBackend;
import org.dormouse.poller.libc.NativeAccess;
import org.dormouse.poller.libc.Platform;
import org.dormouse.poller.nio.NioBackend;

/**
 * What a name of a backend stands for on this system. Only {@link Poller#AUTO} gives way to another; what is asked for by name is had, or
 * refused with the reason.
 *
 * @param name of the backend to open
 * @param reason why it is not the platform's own; empty if it is, or was asked for by name
 */
public record BackendChoice(String name, String reason) {
    private static final String NAMES =
            Poller.AUTO + ", " + EpollBackend.NAME + ", " + KqueueBackend.NAME + ", " + NioBackend.NAME;

    /**
     * Decides for this JVM.
     *
     * @throws UnsupportedOperationException if {@code asked} is a name that cannot be had here, or unknown
     */
    public static BackendChoice of(String asked) {
        return of(asked, System.getProperty("os.name", ""), NativeAccess.whyDenied());
    }

    static BackendChoice of(String asked, String system, String whyNoNativeAccess) {
        return switch (asked) {
            case Poller.AUTO -> automatic(system, whyNoNativeAccess);
            case NioBackend.NAME -> new BackendChoice(asked, "");
            case EpollBackend.NAME, KqueueBackend.NAME -> {
                if (!whyNoNativeAccess.isEmpty())
                    throw new UnsupportedOperationException(
                            "backend " + asked + " cannot be had: " + whyNoNativeAccess);
                if (!exists(asked, system))
                    throw new UnsupportedOperationException("backend " + asked + " cannot be had: there is none on "
                            + system + "; " + NioBackend.NAME + " is everywhere");
                yield new BackendChoice(asked, "");
            }
            default -> throw new UnsupportedOperationException("backend " + asked + " is unknown; there are: " + NAMES);
        };
    }

    private static BackendChoice automatic(String system, String whyNoNativeAccess) {
        Platform platform = Platform.find(system);
        if (platform == null)
            return new BackendChoice(NioBackend.NAME, "there is neither epoll nor kqueue on " + system);
        String own = platform.choose(EpollBackend.NAME, KqueueBackend.NAME, KqueueBackend.NAME);
        return whyNoNativeAccess.isEmpty()
                ? new BackendChoice(own, "")
                : new BackendChoice(NioBackend.NAME, own + " cannot be had: " + whyNoNativeAccess);
    }

    /** Linux has a kqueue where libkqueue is installed, which {@link KqueueBackend#open} looks for. */
    private static boolean exists(String name, String system) {
        Platform platform = Platform.find(system);
        if (platform == null) return false;
        return platform == Platform.LINUX || name.equals(KqueueBackend.NAME);
    }
}
