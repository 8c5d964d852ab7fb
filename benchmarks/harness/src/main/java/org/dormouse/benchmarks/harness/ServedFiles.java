package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;

/** The files of the part {@code static}: the same noise in each run, and old enough that nobody thinks they are being written. */
final class ServedFiles {
    static final String PROPERTY = "workload.files";

    private ServedFiles() {}

    static Path create() throws IOException {
        Path folder = Files.createTempDirectory("files");
        write(folder, "1k.bin", 1 << 10);
        write(folder, "100k.bin", 100 << 10);
        write(folder, "10m.bin", 10 << 20);
        return folder;
    }

    private static void write(Path folder, String name, int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Path file = Files.write(folder.resolve(name), bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    }
}
