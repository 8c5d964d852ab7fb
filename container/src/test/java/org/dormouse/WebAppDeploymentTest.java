package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dormouse.deploy.WarDeployer;
import org.dormouse.server.Configuration;
import org.dormouse.servlet.Deployment;
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

    @Test
    void aWarMayNameItsContextPathWhereNobodyElseDoes() throws IOException {
        Path war = Files.createDirectories(folder.resolve("app/WEB-INF")).getParent();
        assertThat(contextPath(WebApp.atOwnPath("/other").war(war))).isEqualTo("/other");
        Files.writeString(
                war.resolve("WEB-INF/web.xml"),
                "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">"
                        + "<default-context-path>/mine</default-context-path></web-app>");
        assertThat(contextPath(WebApp.atOwnPath("/other").war(war))).isEqualTo("/mine");
        assertThat(contextPath(WebApp.at("/given").war(war))).isEqualTo("/given");
    }

    private String contextPath(WebApp application) {
        Deployment deployment = new WebAppDeployment(application, configuration).make();
        WarDeployer.closeAll(deployment.closeAtStop(), new AssertionError());
        return deployment.contextPath();
    }

    @Test
    void whatFailsLeavesNothingInTheTemporaryFolder() throws IOException {
        Path war = war("a.txt");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        String before = System.setProperty("java.io.tmpdir", temporary.toString());
        try {
            WebApp both = WebApp.at("/both").war(war).resources(folder);
            assertThatThrownBy(() -> new WebAppDeployment(both, configuration).make())
                    .hasMessageContaining("/both");
            assertThat(temporary).isEmptyDirectory();

            WebApp fine = WebApp.at("/fine").war(war);
            WebApp missing = WebApp.at("/missing").war(folder.resolve("missing.war"));
            WebApp twice = WebApp.at("/fine").war(war);
            for (WebApp second : List.of(both, missing, twice)) {
                var builder = Dormouse.builder().port(0).deploy(fine).deploy(second);
                assertThatThrownBy(builder::prepare).isInstanceOf(RuntimeException.class);
                assertThat(temporary).isEmptyDirectory();
            }
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
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
