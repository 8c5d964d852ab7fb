package org.dormouse.compat.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.List;
import java.util.stream.Stream;
import org.dormouse.spring.boot.DormouseServletWebServerFactory;
import org.dormouse.spring.boot.DormouseWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

class ClassPathTest extends ShopTest {
    @Autowired
    ServletWebServerApplicationContext context;

    @Autowired
    ServletWebServerFactory factory;

    @Test
    void theApplicationRunsOnDormouse() {
        assertThat(factory).isInstanceOf(DormouseServletWebServerFactory.class);
        assertThat(context.getWebServer()).isInstanceOf(DormouseWebServer.class);
        assertThat(context.getWebServer().getPort()).isEqualTo(port);
    }

    @Test
    void noJarOfAnotherContainerIsOnTheClassPath() {
        List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(path -> new File(path).getName())
                .toList();
        assertThat(jars).anyMatch(jar -> jar.startsWith("spring-webmvc-")); // that this list is the real one
        assertThat(jars).noneMatch(jar -> jar.contains("tomcat") || jar.contains("jetty") || jar.contains("undertow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.catalina.startup.Tomcat",
                "org.apache.coyote.AbstractProtocol",
                "org.apache.tomcat.websocket.server.WsServerContainer",
                "org.eclipse.jetty.server.Server",
                "io.undertow.Undertow"
            })
    void noClassOfAnotherContainerCanBeLoaded(String name) {
        assertThat(getClass().getClassLoader().getResource(name.replace('.', '/') + ".class"))
                .isNull();
    }
}
