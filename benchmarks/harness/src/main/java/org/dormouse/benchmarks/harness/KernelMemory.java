package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel keeps, of the whole machine: connections of one machine to itself have both their ends in it. */
final class KernelMemory {
    private KernelMemory() {}

    /** Bytes of the slabs: sockets, files, directory entries, what epoll keeps for a descriptor. */
    static long slabBytes() throws IOException {
        return number(Path.of("/proc/meminfo"), "Slab:", 1) * 1024;
    }

    /** Bytes of the queues of TCP sockets. */
    static long queueBytes() throws IOException {
        String line = line(Path.of("/proc/net/sockstat"), "TCP:");
        return Long.parseLong(line.substring(line.indexOf(" mem ") + 5).strip()) * 4096;
    }

    private static long number(Path file, String name, int field) throws IOException {
        return Long.parseLong(line(file, name).split("\\s+", -1)[field]);
    }

    private static String line(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(each -> each.startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name + " in " + file));
    }
}
