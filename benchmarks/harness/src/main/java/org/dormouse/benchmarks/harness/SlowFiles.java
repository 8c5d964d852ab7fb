package org.dormouse.benchmarks.harness;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** FIFOs of which each gets a byte every 50 ms: files that are read slowly. */
final class SlowFiles implements AutoCloseable {
    static final String PROPERTY = "workload.fifos";

    private static final int COUNT = 64;
    private static final long MILLIS = 50;

    /** One FIFO, opened for both ways first, so that no open waits for another. */
    private record Fifo(RandomAccessFile keeper, FileInputStream in, FileOutputStream out) {
        static Fifo make(Path path) throws IOException, InterruptedException {
            Tool.run("mkfifo", path.toString());
            RandomAccessFile keeper = new RandomAccessFile(path.toFile(), "rw");
            return new Fifo(keeper, new FileInputStream(path.toFile()), new FileOutputStream(path.toFile()));
        }

        /** At most one byte is in stock, so that every reader waits for the next one. */
        void feed() throws IOException {
            if (in.available() == 0) out.write('.');
        }

        void close() throws IOException {
            keeper.close();
            in.close();
            out.close();
        }
    }

    private final Path folder;
    private final List<Fifo> fifos = new ArrayList<>();
    private final Thread feeder = new Thread(this::feed, "slow files");

    private SlowFiles(Path folder) {
        this.folder = folder;
    }

    static SlowFiles create() throws IOException, InterruptedException {
        SlowFiles files = new SlowFiles(Files.createTempDirectory("fifos"));
        for (int i = 0; i < COUNT; i++) files.fifos.add(Fifo.make(files.folder.resolve("fifo-" + i)));
        files.feeder.setDaemon(true);
        files.feeder.start();
        return files;
    }

    Path folder() {
        return folder;
    }

    private void feed() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(MILLIS);
                for (Fifo fifo : fifos) fifo.feed();
            }
        } catch (InterruptedException | IOException isClosed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        feeder.interrupt();
        for (Fifo fifo : fifos) fifo.close();
    }
}
