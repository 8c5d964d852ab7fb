package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server process pinned to its cores, and what the kernel and the JVM say about it. */
final class RunningServer implements AutoCloseable {
    private static final long TICKS_PER_SECOND = 100; // USER_HZ, fixed in the kernel's interface on Linux

    private final Candidate candidate;
    private final Process process;
    private final int port;
    private final long firstAnswerNanos;

    private RunningServer(Candidate candidate, Process process, int port, long firstAnswerNanos) {
        this.candidate = candidate;
        this.process = process;
        this.port = port;
        this.firstAnswerNanos = firstAnswerNanos;
    }

    /** Starts {@code candidate} and waits for its first answer, at most 30 s. */
    static RunningServer start(Candidate candidate, Path log) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of("taskset", "-c", candidate.cores()));
        command.addAll(candidate.command());
        command.add(Integer.toString(port));
        command.addAll(candidate.arguments());
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        while (true) {
            try {
                get(port);
                return new RunningServer(candidate, process, port, System.nanoTime() - begin);
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IOException(
                            candidate.name() + " ended with " + process.exitValue() + ", see " + log, notYet);
                }
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(30)) {
                    process.destroyForcibly();
                    throw new IOException(candidate.name() + " does not answer, see " + log, notYet);
                }
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }

    /** One whole answer to {@code GET /hello}, as it came over the wire. */
    static String get(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write("GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return readAnswer(socket.getInputStream());
        }
    }

    /** The answer on a connection that stays open: what a load generator gets. */
    static String getKeptAlive(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write("GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return readAnswer(socket.getInputStream());
        }
    }

    private static String readAnswer(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("Hello, World!") < 0) {
            int b = in.read();
            if (b < 0) throw new IOException("the connection ended after: " + answer);
            answer.append((char) b);
        }
        return answer.toString();
    }

    Candidate candidate() {
        return candidate;
    }

    String name() {
        return candidate.name();
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid(); // taskset replaces itself by the server
    }

    long firstAnswerNanos() {
        return firstAnswerNanos;
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Of what listens for HTTPS. */
    String secureUrl(String path) {
        return "https://127.0.0.1:" + candidate.httpsPort() + path;
    }

    /** User and system time since the process began, in microseconds; its grain is 10 ms. */
    long cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return ticks * 1_000_000 / TICKS_PER_SECOND;
    }

    /** CPU time of the threads that compile, in microseconds. */
    long compilerMicros() throws IOException {
        long nanos = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            for (Path task : tasks.toList()) {
                String name = Files.readString(task.resolve("comm"));
                if (!name.contains("CompilerThre")) continue;
                nanos += Long.parseLong(
                        Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
            }
        }
        return nanos / 1_000;
    }

    long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** Sockets that the process has open, listening ones included; 0 once it has ended. */
    static int sockets(long pid) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) count++;
                } catch (NoSuchFileException closedMeanwhile) {
                    // One that is not open is not counted.
                }
            }
        } catch (NoSuchFileException ended) {
            return 0;
        }
        return count;
    }

    /** Platform threads, those of the JVM included. */
    int threads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            return (int) tasks.count();
        }
    }

    /** Methods compiled so far. */
    long compiledMethods() throws IOException, InterruptedException {
        String[] fields = Tool.run(Tool.ofJdk("jstat"), "-compiler", Long.toString(pid()))
                .lines()
                .toList()
                .get(1)
                .trim()
                .split("\\s+", -1);
        return Long.parseLong(fields[0]);
    }

    /** Collections so far, young and full. */
    long collections() throws IOException, InterruptedException {
        String[] lines = Tool.run(Tool.ofJdk("jstat"), "-gc", Long.toString(pid()))
                .lines()
                .toArray(String[]::new);
        List<String> names = List.of(lines[0].trim().split("\\s+", -1));
        String[] values = lines[1].trim().split("\\s+", -1);
        return Long.parseLong(values[names.indexOf("YGC")]) + Long.parseLong(values[names.indexOf("FGC")]);
    }

    /** Bytes of live objects after a full collection. */
    long liveHeapBytes() throws IOException, InterruptedException {
        String total = "";
        for (int collection = 0;
                collection < 3;
                collection++) { // the first one queues what references were waiting for
            total = Tool.run(Tool.ofJdk("jcmd"), Long.toString(pid()), "GC.class_histogram")
                    .lines()
                    .filter(line -> line.startsWith("Total"))
                    .findFirst()
                    .orElseThrow();
        }
        return Long.parseLong(total.trim().split("\\s+", -1)[2]);
    }

    /** Ends the process and waits until it is gone; after 5 s without asking it. */
    @Override
    public void close() {
        process.destroy();
        if (process.onExit()
                .completeOnTimeout(process, 5, TimeUnit.SECONDS)
                .join()
                .isAlive()) {
            process.destroyForcibly().onExit().join();
        }
    }
}
