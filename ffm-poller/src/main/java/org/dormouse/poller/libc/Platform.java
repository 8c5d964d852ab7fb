package org.dormouse.poller.libc;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Kernels whose headers differ, in numbers and in layouts. x86-64 and AArch64 of one of them agree, but where a layout says otherwise.
 */
public enum Platform {
    LINUX,
    MACOS,
    FREEBSD;

    /** The one this JVM runs on; Linux elsewhere, where nothing calls a kernel and the numbers are ours alone. */
    public static final Platform CURRENT = Objects.requireNonNullElse(find(System.getProperty("os.name", "")), LINUX);

    /** The one that {@code system}, a value of {@code os.name}, names; null if it is none of them. */
    public static @Nullable Platform find(String system) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) return LINUX;
        if (name.startsWith("mac os") || name.startsWith("darwin")) return MACOS;
        return name.startsWith("freebsd") ? FREEBSD : null;
    }

    /** The one of three that is this platform's. */
    public <T> T choose(T linux, T macos, T freebsd) {
        return switch (this) {
            case LINUX -> linux;
            case MACOS -> macos;
            case FREEBSD -> freebsd;
        };
    }
}
