package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    private static final long NOON = Duration.ofHours(12).toMillis();

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void name() {
        path = folder.resolve("access.log");
    }

    private LogFile open(long maxBytes, boolean isDaily, int maxFiles) throws IOException {
        return new LogFile(path, maxBytes, isDaily, maxFiles, ZoneOffset.UTC, NOON);
    }

    private static void write(LogFile file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        file.write(bytes, bytes.length);
    }

    private String[] names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
        }
    }

    @Test
    void whatIsThereIsKept() throws IOException {
        Files.writeString(path, "before\n");
        LogFile file = open(1000, false, 2);
        write(file, "now\n");
        file.close();
        assertThat(path).hasContent("before\nnow\n");
    }

    @Test
    void anewFileIsNotForEverybody() throws IOException {
        open(1000, false, 2).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aFileThatIsFullBecomesTheFirstAndTheLastOneGoes() throws IOException {
        LogFile file = open(10, false, 2);
        for (int i = 1; i <= 5; i++) write(file, "line " + i + "\n");
        file.close();
        assertThat(names()).containsExactly("access.log", "access.log.1", "access.log.2");
        assertThat(path).hasContent("line 5\n");
        assertThat(folder.resolve("access.log.1")).hasContent("line 4\n");
        assertThat(folder.resolve("access.log.2")).hasContent("line 3\n");
    }

    @Test
    void oneLineThatIsLongerThanAFileIsWrittenWhole() throws IOException {
        LogFile file = open(10, false, 1);
        write(file, "a line of more than ten bytes\n");
        file.close();
        assertThat(names()).containsExactly("access.log");
        assertThat(path).hasContent("a line of more than ten bytes\n");
    }

    @Test
    void withNoFilesToKeepTheFullOneGoes() throws IOException {
        LogFile file = open(10, false, 0);
        write(file, "line 1\n");
        write(file, "line 2\n");
        file.close();
        assertThat(names()).containsExactly("access.log");
        assertThat(path).hasContent("line 2\n");
    }

    @Test
    void anewDayBeginsANewFile() throws IOException {
        LogFile file = open(1000, true, 3);
        write(file, "day 1\n");
        file.look(NOON + Duration.ofHours(11).toMillis());
        assertThat(names()).containsExactly("access.log");
        file.look(NOON + Duration.ofHours(12).toMillis());
        write(file, "day 2\n");
        file.look(NOON + Duration.ofHours(13).toMillis());
        file.close();
        assertThat(folder.resolve("access.log.1")).hasContent("day 1\n");
        assertThat(path).hasContent("day 2\n");
        assertThat(names()).hasSize(2);
    }

    @Test
    void whoMovesTheFileNeedsToTellNobody() throws IOException {
        LogFile file = open(1000, false, 3);
        write(file, "old\n");
        Files.move(path, folder.resolve("moved"));
        file.look(NOON);
        write(file, "new\n");
        file.close();
        assertThat(folder.resolve("moved")).hasContent("old\n");
        assertThat(path).hasContent("new\n");
    }

    @Test
    void aFileThatAnotherTookThePlaceOfIsLeft() throws IOException {
        LogFile file = open(1000, false, 3);
        write(file, "old\n");
        Files.move(path, folder.resolve("moved"));
        Files.writeString(path, "created\n");
        file.look(NOON);
        write(file, "new\n");
        file.close();
        assertThat(path).hasContent("created\nnew\n");
    }
}
