package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dormouse.identity.UsersFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashPasswordCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "hash-password, {pbkdf2-sha256}600000$",
        "hash-password --algorithm pbkdf2, {pbkdf2-sha256}600000$",
        "hash-password --algorithm argon2id, '$argon2id$v=19$m=19456,t=2,p=1$'"
    })
    void whatItPrintsLetsTheUserIn(String command, String form) throws Exception {
        try (var dormouse = DormouseProcess.start(command.split(" ")).type("correct horse\n")) {
            assertThat(dormouse.exitStatus()).isZero();
            String hash = dormouse.output().strip();
            assertThat(hash).startsWith(form).doesNotContain("correct horse");
            Path file = Files.writeString(folder.resolve("users.txt"), "ann:" + hash + ":admin,staff\n");
            var ann = UsersFile.read(file).login("ann", "correct horse");
            assertThat(ann).isNotNull();
            assertThat(UsersFile.read(file).login("ann", "wrong horse")).isNull();
        }
    }

    @Test
    void anAlgorithmThatThereIsNotIsNamed() throws Exception {
        try (var dormouse = DormouseProcess.start("hash-password", "--algorithm", "md5")) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors()).contains("md5", "PBKDF2", "ARGON2ID");
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
