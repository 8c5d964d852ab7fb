package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dormouse.server.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebAppDeploymentTest {
    @TempDir
    Path folder;

    private final Configuration configuration = new Configuration();

    @Test
    void limitsOfMultipartFormsAreThoseOfTheConfiguration() {
        configuration.set("multipart.max-parts", "3");
        configuration.set("multipart.max-request-bytes", "8g");
        var limits =
                new WebAppDeployment(WebApp.at("/forms"), configuration).make().multipartLimits();
        assertThat(limits.maxParts()).isEqualTo(3);
        assertThat(limits.maxRequestBytes()).isEqualTo(8L << 30);
    }

    @Test
    void aWarBeyondTheLimitsOfTheConfigurationIsRefusedWithTheirKey() throws IOException {
        WebApp application = WebApp.at("/big").war(war("a.txt", "b.txt"));
        configuration.set("deploy.max-entries", "1");
        assertThatThrownBy(() -> new WebAppDeployment(application, configuration).make())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("app.war", "deploy.max-entries");
    }

    private Path war(String... files) throws IOException {
        Path war = folder.resolve("app.war");
        try (var zip = new ZipOutputStream(Files.newOutputStream(war))) {
            for (String file : files) {
                zip.putNextEntry(new ZipEntry(file));
                zip.write('x');
            }
        }
        return war;
    }
}
