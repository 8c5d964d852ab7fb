package org.dormouse.compat.wars;

import java.io.IOException;
import java.nio.file.Path;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jolokia through the embedding API. */
@Timeout(60)
class JolokiaTest extends JolokiaChecks {
    private static Dormouse server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/jolokia").war(Wars.jolokia()).users(Wars.users(folder)))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String base() {
        return "http://127.0.0.1:" + server.port() + "/jolokia";
    }
}
