package org.dormouse.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How files looked at one moment. Symbolic links are followed: where one leads now is part of it. Equal if nothing has changed. */
record FileStamps(List<Stamp> stamps) {
    /** Nulls where there is no file. */
    private record Stamp(
            Path file,
            @Nullable Path real,
            @Nullable FileTime modified,
            long size,
            @Nullable Object key) {}

    static FileStamps of(Collection<Path> files) {
        var stamps = new ArrayList<Stamp>();
        for (Path each : files) stamps.add(stamp(each));
        return new FileStamps(List.copyOf(stamps));
    }

    private static Stamp stamp(Path file) {
        try {
            Path real = file.toRealPath();
            var attributes = Files.readAttributes(real, BasicFileAttributes.class);
            return new Stamp(file, real, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return new Stamp(file, null, null, 0, null);
        }
    }
}
