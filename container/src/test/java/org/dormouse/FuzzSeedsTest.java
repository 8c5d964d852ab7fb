package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.dormouse.http1.ChunkFuzz;
import org.dormouse.http1.HeadFuzz;
import org.dormouse.http1.ServerFuzz;
import org.dormouse.servlet.CookieFuzz;
import org.dormouse.servlet.mapping.PathFuzz;
import org.dormouse.servlet.multipart.MultipartFuzz;
import org.dormouse.tls.TlsFuzz;
import org.dormouse.transport.ProxyHeaderFuzz;
import org.dormouse.websocket.FrameFuzz;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each target of the fuzzer bears its seeds, the inputs that once broke it among them, and a few thousand changes of each, drawn from a fixed
 * seed.
 */
@Timeout(120)
class FuzzSeedsTest {
    static final Map<String, FuzzTarget> TARGETS = Map.of(
            "head", new HeadFuzz(),
            "chunks", new ChunkFuzz(),
            "server", new ServerFuzz(),
            "cookies", new CookieFuzz(),
            "path", new PathFuzz(),
            "multipart", new MultipartFuzz(),
            "proxy", new ProxyHeaderFuzz(),
            "tls", new TlsFuzz(),
            "frames", new FrameFuzz());

    static final Path SEEDS = Path.of("src/test/resources/fuzz");

    /** Changes of each seed; where an input needs a whole server, or keys, fewer. */
    private static final int CHANGES = 3_000;

    private static final Map<String, Integer> FEWER_CHANGES = Map.of("server", 300, "tls", 30, "frames", 300);

    /** What is likely to mean something to a parser. */
    private static final byte[] TELLING = "\r\n\t \"\\;:=,/.%?#[]{}()<>@-+*0159afGZ\0\177\200\377"
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    private static Stream<String> names() {
        return TARGETS.keySet().stream().sorted();
    }

    private static List<Path> seeds(String name) throws IOException {
        try (Stream<Path> files = Files.list(SEEDS.resolve(name))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void itBearsItsSeedsAndWhatChanceMakesOfThem(String name) throws Exception {
        FuzzTarget target = TARGETS.get(name);
        List<Path> seeds = seeds(name);
        assertThat(seeds).hasSizeGreaterThanOrEqualTo(3);
        int changes = FEWER_CHANGES.getOrDefault(name, CHANGES);
        for (Path seed : seeds) {
            byte[] bytes = Files.readAllBytes(seed);
            target.run(bytes);
            var random = new SplittableRandom(Arrays.hashCode(bytes));
            for (int i = 0; i < changes; i++) run(target, changed(bytes, random), seed);
        }
    }

    private static void run(FuzzTarget target, byte[] data, Path seed) {
        try {
            target.run(data);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("a change of " + seed + ": " + Arrays.toString(data), e);
        }
    }

    private static byte[] changed(byte[] seed, SplittableRandom random) {
        byte[] data = seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) data = changedOnce(data, random);
        return data;
    }

    private static byte[] changedOnce(byte[] data, SplittableRandom random) {
        int at = random.nextInt(data.length + 1);
        byte telling = TELLING[random.nextInt(TELLING.length)];
        switch (random.nextInt(6)) {
            case 0 -> {
                if (at < data.length) data[at] = telling;
                return data;
            }
            case 1 -> {
                if (at < data.length) data[at] ^= (byte) (1 << random.nextInt(8));
                return data;
            }
            case 2 -> {
                return Arrays.copyOf(data, at);
            }
            case 3 -> {
                return joined(Arrays.copyOf(data, at), new byte[] {telling}, Arrays.copyOfRange(data, at, data.length));
            }
            case 4 -> {
                int to = Math.min(data.length, at + random.nextInt(8));
                return joined(Arrays.copyOf(data, at), new byte[0], Arrays.copyOfRange(data, to, data.length));
            }
            default -> {
                int from = random.nextInt(data.length + 1);
                int to = Math.min(data.length, from + random.nextInt(40));
                return joined(
                        Arrays.copyOf(data, at),
                        Arrays.copyOfRange(data, from, to),
                        Arrays.copyOfRange(data, at, data.length));
            }
        }
    }

    private static byte[] joined(byte[] one, byte[] two, byte[] three) {
        byte[] all = Arrays.copyOf(one, one.length + two.length + three.length);
        System.arraycopy(two, 0, all, one.length, two.length);
        System.arraycopy(three, 0, all, one.length + two.length, three.length);
        return all;
    }
}
