package org.dormouse.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import org.dormouse.servlet.Resources.Resource;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one file, and of its copies in other codings, since it was last read: everything that an answer needs. Immutable but for
 * when it was checked. Any thread.
 */
final class StaticFile {
    final String path;
    final Resource resource;
    final long length;
    /** Milliseconds since 1970, or 0 if unknown. */
    final long lastModified;

    final String etag;
    final @Nullable String lastModifiedText;
    final @Nullable String contentType;
    final @Nullable String cacheControl;
    /** The content coding; null for none. */
    final @Nullable String coding;
    /** Null for a file that is too large to be kept. */
    final byte @Nullable [] bytes;
    /** The same file in other codings, the one to be preferred first. */
    final List<StaticFile> variants;
    /** Names of the codings of {@link #variants}. */
    final List<String> codings;
    /** Whether it could not change again within the grain of its time. */
    final boolean isSettled;

    // any thread
    volatile long checkedNanos;
    /** Has been asked for since the cache last looked. */
    boolean isWanted;

    StaticFile(Facts facts, @Nullable String coding, byte @Nullable [] bytes, String etag, List<StaticFile> variants) {
        this.path = facts.path;
        this.resource = facts.resource;
        this.length = bytes == null ? facts.resource.length() : bytes.length;
        this.lastModified = facts.resource.lastModified();
        this.lastModifiedText = facts.lastModifiedText;
        this.contentType = facts.contentType;
        this.cacheControl = facts.cacheControl;
        this.isSettled = facts.isSettled;
        this.coding = coding;
        this.bytes = bytes;
        this.etag = etag;
        this.variants = variants;
        this.codings =
                variants.stream().map(each -> String.valueOf(each.coding)).toList();
    }

    /** What a file and its copies have in common. */
    record Facts(
            String path,
            Resource resource,
            @Nullable String lastModifiedText,
            @Nullable String contentType,
            @Nullable String cacheControl,
            boolean isSettled) {}

    /** Bytes that it keeps in memory, those of its variants included. */
    int bytesKept() {
        int kept = bytes == null ? 0 : bytes.length;
        for (StaticFile variant : variants) kept += variant.bytesKept();
        return kept;
    }

    /** Whether {@code found} is the same file in the same state. */
    boolean isStill(@Nullable Resource found) {
        return found != null
                && !found.isDirectory()
                && found.lastModified() == lastModified
                && found.length() == resource.length()
                && Objects.equals(found.identity(), resource.identity());
    }

    /** The same, by one look at where it was found: for files that are read as they are sent. False where it is gone. */
    boolean isStillThere() {
        Path file = resource.file();
        if (file == null) return true;
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return now.isRegularFile()
                    && now.size() == length
                    && now.lastModifiedTime().toMillis() == lastModified
                    && Objects.equals(now.fileKey(), resource.identity());
        } catch (IOException e) {
            return false;
        }
    }
}
