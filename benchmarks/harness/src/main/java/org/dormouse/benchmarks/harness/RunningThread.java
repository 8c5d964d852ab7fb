package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A thread of a server as the kernel knows it.
 *
 * @param name the first 15 characters
 * @param wakeUps how often it waited and went on: voluntary context switches
 * @param cpuNanos it has run
 */
record RunningThread(String name, long wakeUps, long cpuNanos) {
    /** How the names of HotSpot's threads and of the JDK's begin; applications have none such. */
    private static final List<String> OF_JVM = List.of(
            "java",
            "VM ",
            "GC Thread",
            "C1 Comp",
            "C2 Comp",
            "Signal Disp",
            "Reference Han",
            "Finalizer",
            "Monitor Defl",
            "Service Thre",
            "Common-Clean",
            "Notification",
            "Attach List",
            "Read-Updater",
            "Cleaner-");

    /** The living threads of {@code pid} by their id. */
    static Map<Integer, RunningThread> allOf(long pid) throws IOException {
        Map<Integer, RunningThread> all = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    all.put(Integer.parseInt(task.getFileName().toString()), read(task));
                } catch (NoSuchFileException e) {
                    // It has ended between the list and the look.
                }
            }
        }
        return all;
    }

    private static RunningThread read(Path task) throws IOException {
        long wakeUps = Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new IOException("no voluntary_ctxt_switches in " + task));
        String name = Files.readString(task.resolve("comm")).strip();
        String ran = Files.readString(task.resolve("schedstat"));
        return new RunningThread(name, wakeUps, Long.parseLong(ran.substring(0, ran.indexOf(' '))));
    }

    /** The same thread before it did anything. */
    RunningThread atBirth() {
        return new RunningThread(name, 0, 0);
    }

    boolean isOfJvm() {
        return OF_JVM.stream().anyMatch(name::startsWith);
    }
}
