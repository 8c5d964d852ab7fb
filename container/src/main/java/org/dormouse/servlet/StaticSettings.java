package org.dormouse.servlet;

import java.time.Duration;
import java.util.List;
import org.dormouse.http.BodyCoder;
import org.jspecify.annotations.Nullable;

/**
 * How files are served. Keys are those of docs/configuration.md.
 *
 * @param cacheBytes of files that one application keeps in memory ({@code static.cache-bytes}); 0: none
 * @param cacheEntries files of one application that are remembered at all ({@code static.cache-entries})
 * @param maxCachedFile bytes of a file up to which it is read at once, and kept ({@code static.max-cached-file})
 * @param checkInterval how long what is remembered is believed without a look at the file ({@code static.check-interval})
 * @param maxRanges that may be asked for at once; more are answered with the whole file ({@code static.max-ranges})
 * @param listing whether folders without a welcome file are listed ({@code static.listing})
 * @param maxListed entries of such a list ({@code static.max-listed})
 * @param followLinks whether symbolic links are followed, wherever they lead ({@code static.follow-links})
 * @param precompressed codings of which a file may have a copy beside it, the one to be preferred first ({@code static.precompressed})
 * @param cacheControl values of Cache-Control by pattern; the first that matches holds ({@code static.cache-control})
 * @param textCharset added to the type of text files; null: none ({@code static.text-charset})
 * @param coder makes copies in a coding of files that are kept in memory
 */
public record StaticSettings(
        int cacheBytes,
        int cacheEntries,
        int maxCachedFile,
        Duration checkInterval,
        int maxRanges,
        boolean listing,
        int maxListed,
        boolean followLinks,
        List<String> precompressed,
        List<CacheControl> cacheControl,
        @Nullable String textCharset,
        BodyCoder coder) {
    public static final StaticSettings DEFAULT = new StaticSettings(
            16 << 20,
            1024,
            64 << 10,
            Duration.ofSeconds(1),
            16,
            false,
            10_000,
            false,
            List.of(),
            List.of(),
            null,
            BodyCoder.NONE);

    private static final int MOST_RANGES = 1000;

    /**
     * One rule.
     *
     * @param pattern as of a servlet mapping: {@code /exact}, {@code /prefix/*}, {@code *.extension}, or {@code /*} for everything
     * @param value of the field
     */
    public record CacheControl(String pattern, String value) {
        public CacheControl {
            boolean isExtension = pattern.startsWith("*.") && pattern.length() > 2;
            if (!isExtension && !pattern.startsWith("/"))
                throw new IllegalArgumentException(
                        "static.cache-control: pattern " + pattern + " begins neither with / nor with *.");
            if (value.isBlank())
                throw new IllegalArgumentException("static.cache-control: no value behind pattern " + pattern);
        }

        /** Whether it is for {@code path}, canonical and below the context path. */
        public boolean matches(String path) {
            if (pattern.startsWith("*.")) return path.endsWith(pattern.substring(1));
            if (!pattern.endsWith("/*")) return path.equals(pattern);
            return path.startsWith(pattern.substring(0, pattern.length() - 1));
        }
    }

    public StaticSettings {
        atLeast("static.cache-bytes", cacheBytes, 0);
        atLeast("static.cache-entries", cacheEntries, 0);
        atLeast("static.max-cached-file", maxCachedFile, 0);
        atLeast("static.max-listed", maxListed, 1);
        if (maxRanges < 1 || maxRanges > MOST_RANGES)
            throw new IllegalArgumentException("static.max-ranges " + maxRanges + " is not in 1 to " + MOST_RANGES);
        if (maxCachedFile > 1 << 24)
            throw new IllegalArgumentException("static.max-cached-file " + maxCachedFile + " > " + (1 << 24));
        if (checkInterval.isNegative() || checkInterval.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("static.check-interval " + checkInterval + " is not in PT0S to P1D");
        precompressed = List.copyOf(precompressed);
        cacheControl = List.copyOf(cacheControl);
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) throw new IllegalArgumentException(key + " " + value + " < " + least);
    }
}
