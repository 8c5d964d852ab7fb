package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** WebSocket: echoes of short and long messages over few and many sessions, plain and compressed; one message to everybody; and who waits beside those that block. */
final class SocketRows implements Part {
    private static final int LONG = 16 * 1024;

    /**
     * One row.
     *
     * @param name of the row
     * @param text what else is to be said of it
     * @param hasFloor whether the C loop does the same work: it knows no compression and does not wait
     * @param options of {@code load/sockets.c}
     */
    private record Row(String name, String text, boolean hasFloor, List<String> options) {
        static Row of(String name, String... options) {
            return new Row(name, "", true, List.of(options));
        }
    }

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final List<Row> rows;
    private final Samples samples = new Samples();

    SocketRows(Generator generator, List<RunningServer> servers, Effort effort, boolean isSmoke) throws IOException {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
        this.rows = rows(isSmoke ? 50 : 1);
    }

    /** @param fewer by how much the many sessions are fewer */
    private static List<Row> rows(int fewer) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int count : List.of(100, 5_000 / fewer, 10_000 / fewer))
            rows.add(Row.of("echo of 64 B, %,d sessions".formatted(count), "sessions=" + count, "size=64"));
        for (int count : List.of(100, 10_000 / fewer)) {
            rows.add(Row.of(
                    "echo of 16 KiB, %,d sessions".formatted(count),
                    "path=/large-echo",
                    "sessions=" + count,
                    "size=" + LONG));
        }
        for (int size : List.of(64, LONG)) {
            Path deflated = deflated(size);
            for (int count : List.of(100, 10_000 / fewer)) {
                rows.add(new Row(
                        "compressed echo of %,d B, %,d sessions".formatted(size, count),
                        "With permessage-deflate as each server has it by default, offered as browsers do.",
                        false,
                        List.of("path=/large-echo", "sessions=" + count, "size=" + size, "deflated=" + deflated)));
            }
        }
        rows.add(Row.of(
                "broadcast of 1 KiB to %,d sessions".formatted(10_000 / fewer),
                "path=/broadcast",
                "to=all",
                "sessions=" + 10_000 / fewer,
                "size=1024"));
        rows.add(new Row(
                "%,d sessions at 5,000 messages/s beside %,d that block for 100 ms"
                        .formatted(9_000 / fewer, 1_000 / fewer),
                "Times of the ones that do not block, from when a message was due. Netty has nothing that blocks: a timer answers there.",
                false,
                List.of(
                        "sessions=" + 9_000 / fewer,
                        "rate=5000",
                        "beside=" + 1_000 / fewer,
                        "beside_path=/wait",
                        "size=64")));
        return rows;
    }

    /** The text of the generator, compressed as permessage-deflate has it (RFC 7692 §7.2.1). */
    private static Path deflated(int size) throws IOException {
        byte[] pattern = "the quick brown dormouse sleeps ".getBytes(StandardCharsets.US_ASCII);
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) text[i] = pattern[(i + i / 97) % pattern.length];
        byte[] coded = new byte[size + 64];
        Deflater deflater = new Deflater(6, true);
        deflater.setInput(text);
        int length = deflater.deflate(coded, 0, coded.length, Deflater.SYNC_FLUSH);
        deflater.end();
        Path file = Files.createTempFile("message", ".deflated");
        file.toFile().deleteOnExit();
        return Files.write(file, Arrays.copyOf(coded, length - 4)); // without the empty block at its end
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        // Each row has code of its own, which is compiled before anything counts.
        for (Row row : rows) for (RunningServer server : of(row)) warm(row, server);
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Row row : rows) {
                for (RunningServer server : of(row)) {
                    Progress.say("%s, round %d of %d: %s", row.name(), round, effort.rounds(), server.name());
                    samples.take(key(row, server), () -> run(row, server, effort.warmOption(), effort.secondsOption()));
                }
            }
        }
    }

    private List<RunningServer> of(Row row) {
        return row.hasFloor()
                ? servers
                : servers.stream().filter(each -> !each.candidate().isFloor()).toList();
    }

    private void warm(Row row, RunningServer server) throws InterruptedException {
        try {
            run(row, server, "warm=0", "seconds=4");
        } catch (IOException e) {
            Progress.say("failed while warming up: %s: %s", server.name(), e);
        }
    }

    private Sample run(Row row, RunningServer server, String... more) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(row.options());
        options.addAll(List.of(more));
        return generator.run(server, options.toArray(String[]::new));
    }

    private static String key(Row row, RunningServer server) {
        return server.name() + ", " + row.name();
    }

    @Override
    public void report(Report report) {
        for (Row row : rows) {
            Table table = new Table(
                    "server",
                    "CPU us/message",
                    "rounds",
                    "x the floor",
                    "messages/s",
                    "bytes of a message",
                    "p50 us",
                    "p99 us");
            double floor = of(row).stream()
                    .filter(each -> each.candidate().isFloor())
                    .mapToDouble(each -> samples.median(key(row, each), Sample::cpuMicrosPerRequest))
                    .findFirst()
                    .orElse(Double.NaN);
            for (RunningServer server : of(row)) {
                String key = key(row, server);
                double cpu = samples.median(key, Sample::cpuMicrosPerRequest);
                table.row(
                        server.name(),
                        Table.decimal(cpu, 2),
                        samples.spread(key, Sample::cpuMicrosPerRequest, 2),
                        Double.isNaN(floor) ? "" : Table.decimal(cpu / floor, 2),
                        samples.throughput(key, 1),
                        samples.median(key, each -> each.value("bytes") / each.answered(), 0),
                        samples.median(key, Sample::p50, 0),
                        samples.median(key, Sample::p99, 0));
            }
            report.section("WebSocket: " + row.name(), row.text(), table);
        }
        report.raw(samples.raw());
    }
}
