package org.dormouse.compat.wars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The published WAR files, which Maven puts beside the tests. */
final class Wars {
    private Wars() {}

    static Path jolokia() {
        return war("jolokia-agent-war.war");
    }

    static Path activeMqDemo() {
        return war("activemq-web-demo.war");
    }

    /** A users file in {@code folder} that knows {@code ann}, who has Jolokia's role, and {@code bob}, who has not. */
    static Path users(Path folder) throws IOException {
        return Files.writeString(folder.resolve("users"), """
                ann:secret:jolokia,reader
                bob:hidden:reader
                """);
    }

    private static Path war(String name) {
        Path war = Path.of(System.getProperty("wars"), name);
        assertThat(war).as("what maven-dependency-plugin copied").isRegularFile();
        return war;
    }
}
