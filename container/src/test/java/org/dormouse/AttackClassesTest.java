package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/attack-classes.md, its tests and its mutations are about each other; whether they bite is for {@link MutationProof}. */
class AttackClassesTest {
    private static final Path PATCHES = Path.of("tests/mutations");
    private static final Path TESTS = Path.of("src/test/java/org/dormouse");
    private static final Pattern TEST = Pattern.compile("`([A-Za-z0-9.]+)#([A-Za-z0-9]+)`");
    private static final Pattern MUTATION = Pattern.compile("`([a-z0-9]+(?:-[a-z0-9]+){2,})`");

    private static String table() throws IOException {
        return Files.readString(Path.of("../docs/attack-classes.md"));
    }

    private static List<Path> patches() throws IOException {
        try (Stream<Path> files = Files.list(PATCHES)) {
            return files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path patch) {
        return patch.getFileName().toString().replace(".patch", "");
    }

    @Test
    void everyTestOfTheTableIsThere() throws IOException {
        var missing = new ArrayList<String>();
        for (var found : TEST.matcher(table()).results().toList()) {
            Path source = TESTS.resolve(found.group(1).replace('.', '/') + ".java");
            if (!Files.exists(source) || !Files.readString(source).contains("void " + found.group(2) + "("))
                missing.add(found.group());
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyMutationIsInTheTableWithItsTestAndTheOtherWayRound() throws IOException {
        String table = table();
        var named = new TreeSet<String>();
        MUTATION.matcher(table).results().forEach(found -> named.add(found.group(1)));
        var there = new TreeSet<String>();
        for (Path patch : patches()) {
            there.add(name(patch));
            String test = Files.readAllLines(patch).stream()
                    .filter(line -> line.startsWith("test: "))
                    .findFirst()
                    .orElseThrow()
                    .substring("test: ".length());
            assertThat(table).as(name(patch)).contains("`" + test.strip() + "`");
        }
        assertThat(named).isEqualTo(there);
    }

    /** One that does not apply any more proves nothing, and nobody would know before the next proof. */
    @Test
    void everyMutationStillHasItsPlaceInTheSources() throws IOException {
        for (Path patch : patches()) {
            String source = "";
            var before = new StringBuilder();
            int hunks = 0;
            for (String line : Files.readAllLines(patch)) {
                if (line.startsWith("+++ b/container/")) {
                    source = Files.readString(
                            Path.of(line.substring("+++ b/container/".length()).strip()));
                } else if (line.startsWith("--- ") || line.startsWith("@@ ")) {
                    assertThat(source).as(name(patch)).contains(before);
                    before.setLength(0);
                    if (line.startsWith("@@ ")) hunks++;
                } else if (hunks > 0 && (line.startsWith(" ") || line.startsWith("-"))) {
                    before.append(line, 1, line.length()).append('\n');
                }
            }
            assertThat(source).as(name(patch)).contains(before);
            assertThat(hunks).as("hunks of " + name(patch)).isPositive();
        }
    }
}
