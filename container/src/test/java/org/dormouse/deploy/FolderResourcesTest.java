package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderResourcesTest {
    @TempDir
    Path folder;

    @Test
    void theFirstFolderThatHasAFileGivesIt() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.writeString(first.resolve("both.txt"), "first");
        Files.writeString(second.resolve("both.txt"), "second");
        Files.writeString(second.resolve("only.txt"), "second");
        var resources = new FolderResources(List.of(first, second));
        assertThat(read(resources, "/both.txt")).isEqualTo("first");
        assertThat(read(resources, "/only.txt")).isEqualTo("second");
        assertThat(resources.find("/none.txt")).isNull();
        assertThat(resources.list("/")).containsExactlyInAnyOrder("/both.txt", "/only.txt");
    }

    @Test
    void aFolderInsideAJarIsReadAsWell() throws IOException {
        Path jar = folder.resolve("a.jar");
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
            Path inside = Files.createDirectories(files.getPath("/META-INF/resources/css"));
            Files.writeString(inside.resolve("a b.css"), "body {}");
        }
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
            var resources = new FolderResources(List.of(files.getPath("/META-INF/resources")));
            assertThat(read(resources, "/css/a b.css")).isEqualTo("body {}");
            assertThat(resources.find("/css/a b.css").file()).isNull();
            assertThat(resources.find("/css/a b.css").url().openStream()).hasContent("body {}");
            assertThat(resources.find("/css").isDirectory()).isTrue();
            assertThat(resources.list("/css/")).containsExactly("/css/a b.css");
        }
    }

    @Test
    void nothingOutsideOfAFolderIsFound() throws IOException {
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        assertThat(new FolderResources(List.of(inner)).find("/../secret.txt")).isNull();
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> new FolderResources(List.of(missing)))
                .withMessageContaining("missing");
    }

    private static String read(FolderResources resources, String path) throws IOException {
        try (var in = resources.find(path).open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
