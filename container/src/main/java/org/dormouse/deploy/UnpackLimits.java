package org.dormouse.deploy;

/**
 * How much a WAR may unpack to.
 *
 * @param maxEntries files and folders (key {@code deploy.max-entries})
 * @param maxBytes of all files together (key {@code deploy.max-unpacked-bytes})
 */
public record UnpackLimits(int maxEntries, long maxBytes) {
    public static final UnpackLimits DEFAULT = new UnpackLimits(100_000, 4L * 1024 * 1024 * 1024);

    public UnpackLimits {
        if (maxEntries < 1) throw new IllegalArgumentException("deploy.max-entries " + maxEntries + " < 1");
        if (maxBytes < 1) throw new IllegalArgumentException("deploy.max-unpacked-bytes " + maxBytes + " < 1");
    }
}
