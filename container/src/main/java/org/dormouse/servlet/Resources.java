package org.dormouse.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The static content of an application: a folder, a WAR, {@code META-INF/resources} of its jars. Safe for many threads. */
public interface Resources {
    /** No resources at all. */
    Resources NONE = new Resources() {
        @Override
        public @Nullable Resource find(String path) {
            return null;
        }

        @Override
        public Set<String> list(String path) {
            return Set.of();
        }
    };

    /**
     * The file or directory at {@code path}, or null. Answers for {@code WEB-INF} and {@code META-INF} too: who serves clients keeps them
     * out. Never answers for anything outside of the application, whatever the path.
     *
     * @param path decoded, canonical, begins with {@code /}
     */
    @Nullable
    Resource find(String path);

    /** The paths directly below the directory {@code path}; directories end with {@code /}. Empty if there is no such directory. */
    Set<String> list(String path);

    /** One file or directory. */
    interface Resource {
        boolean isDirectory();

        /** In bytes; 0 for a directory. */
        long length();

        /** Milliseconds since 1970, or 0 if unknown. */
        long lastModified();

        /** A new stream from its first byte; the caller closes it. */
        InputStream open() throws IOException;

        URL url() throws IOException;

        /** What tells it from another file that takes its place: null if there is no such thing, or length and time are all there is. */
        default @Nullable Object identity() {
            return null;
        }

        /** Whether it stays the same as long as the application runs. */
        default boolean isImmutable() {
            return false;
        }

        /** Where it lies in the default file system; null if it does not, as in a jar. */
        default @Nullable Path file() {
            return null;
        }
    }
}
