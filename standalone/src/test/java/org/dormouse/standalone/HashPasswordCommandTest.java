package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dormouse.identity.UsersFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashPasswordCommandTest {
    @TempDir
    Path folder;

    @Test
    void whatItPrintsLetsTheUserIn() throws Exception {
        try (var dormouse = DormouseProcess.start("hash-password").type("correct horse\n")) {
            assertThat(dormouse.exitStatus()).isZero();
            String hash = dormouse.output().strip();
            assertThat(hash).startsWith("{").doesNotContain("correct horse");
            Path file = Files.writeString(folder.resolve("users.txt"), "ann:" + hash + ":admin,staff\n");
            var ann = UsersFile.read(file).login("ann", "correct horse");
            assertThat(ann).isNotNull();
            assertThat(UsersFile.read(file).login("ann", "wrong horse")).isNull();
        }
    }

    @Test
    void anEmptyPasswordIsRefused() throws Exception {
        try (var dormouse = DormouseProcess.start("hash-password").type("\n")) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors()).isEqualTo("dormouse: the password is empty\n");
        }
    }
}
