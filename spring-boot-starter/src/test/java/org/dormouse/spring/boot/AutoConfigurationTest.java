package org.dormouse.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class AutoConfigurationTest {
    private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
                    AnnotationConfigServletWebServerApplicationContext::new)
            .withPropertyValues("server.port=0", "server.address=127.0.0.1")
            .withConfiguration(AutoConfigurations.of(DormouseServletWebServerAutoConfiguration.class));

    @Test
    void dormouseIsTheServer() {
        runner.run(context -> assertThat(server(context)).isInstanceOf(DormouseWebServer.class));
    }

    @Test
    void dormouseWinsWhereTomcatIsThereToo() {
        runner.withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasSingleBean(ServletWebServerFactory.class);
                    assertThat(server(context)).isInstanceOf(DormouseWebServer.class);
                });
    }

    @Test
    void aFactoryOfTheApplicationWins() {
        runner.withUserConfiguration(OwnFactory.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(ServletWebServerFactory.class)
                        .hasSingleBean(TomcatServletWebServerFactory.class));
    }

    @Test
    void withoutDormouseThereIsNoFactory() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DormouseServletWebServerAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(Dormouse.class))
                .run(context -> assertThat(context).doesNotHaveBean(ServletWebServerFactory.class));
    }

    @Test
    void propertiesReachTheServer() {
        runner.withPropertyValues(
                        "server.servlet.context-path=/shop",
                        "server.dormouse.execution=virtual",
                        "server.dormouse.loops=1")
                .run(context -> {
                    var server = (DormouseWebServer) server(context);
                    assertThat(server.getDormouse().execution()).isEqualTo(Execution.VIRTUAL);
                    assertThat(context.getServletContext().getContextPath()).isEqualTo("/shop");
                });
    }

    @Test
    void customizerBeansAreApplied() {
        runner.withUserConfiguration(Customizers.class)
                .run(context -> assertThat(context.getServletContext().getInitParameter("from"))
                        .isEqualTo("customizer"));
    }

    @Test
    void aPropertyThatNothingWouldCarryOutFailsTheStartByName() {
        runner.withPropertyValues("server.http2.enabled=true")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnsupportedPropertyException.class)
                        .hasMessageContaining("server.http2.enabled"));
    }

    /** What a servlet sees that is asked by a proxy on this machine. */
    private static String seen(AssertableWebApplicationContext context) {
        int port = server(context).getPort();
        return RestClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/seen")
                .header("X-Forwarded-For", "192.0.2.7")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "shop.example")
                .retrieve()
                .body(String.class);
    }

    @Test
    void nativeForwardedHeadersOfInternalProxiesAreBelieved() {
        runner.withUserConfiguration(Seen.class)
                .withPropertyValues("server.forward-headers-strategy=native")
                .run(context -> assertThat(seen(context)).isEqualTo("192.0.2.7 https://shop.example/seen"));
    }

    @Test
    void aPlatformWhoseProxySendsForwardedHeadersNeedsNoStrategy() {
        runner.withUserConfiguration(Seen.class)
                .withPropertyValues("spring.main.cloud-platform=kubernetes")
                .run(context -> assertThat(seen(context)).isEqualTo("192.0.2.7 https://shop.example/seen"));
    }

    @Test
    void aCustomizerNamesOtherProxies() {
        runner.withUserConfiguration(Seen.class, OtherProxies.class)
                .withPropertyValues("server.forward-headers-strategy=native")
                .run(context -> assertThat(seen(context)).startsWith("127.0.0.1 http://127.0.0.1:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.forward-headers-strategy=none", "server.port=0"})
    void otherwiseNobodysForwardedHeadersAreBelieved(String property) {
        runner.withUserConfiguration(Seen.class)
                .withPropertyValues(property)
                .run(context -> assertThat(seen(context)).startsWith("127.0.0.1 http://127.0.0.1:"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.http2.enabled=true",
                "server.servlet.session.persistent=true",
                "server.ssl.key-store=shop.p12"
            })
    void whatCannotBeHadIsDescribedWithWhatToDo(String property, CapturedOutput output) {
        var application = new SpringApplication(NothingOfItsOwn.class);
        assertThatException()
                .isThrownBy(() -> application.run("--server.port=0", "--server.address=127.0.0.1", "--" + property));
        String name = property.startsWith("server.ssl") ? "server.ssl.*" : property.replace("=true", "");
        assertThat(output)
                .containsPattern("Description:\\s+" + Pattern.quote(name + " is set, and Dormouse cannot do that yet."))
                .containsPattern("Action:\\s+\\p{Lu}[^\\n]+\\.")
                .doesNotContain("\tat ");
    }

    @Test
    void propertiesOfAnotherContainerAreNamedOnceWithOurs(CapturedOutput output) {
        runner.withPropertyValues("server.tomcat.max-connections=10", "server.jetty.accesslog.enabled=true")
                .run(context -> assertThat(server(context)).isInstanceOf(DormouseWebServer.class));
        assertThat(output.toString().lines().filter(line -> line.contains("without effect on Dormouse")))
                .singleElement()
                .asString()
                .contains("WARN")
                .contains("server.tomcat.max-connections (its setting is connections.max)")
                .contains("server.jetty.accesslog.enabled (there is no setting like it)");
    }

    @Test
    void withoutPropertiesOfAnotherContainerNothingIsSaid(CapturedOutput output) {
        runner.run(context -> assertThat(server(context)).isInstanceOf(DormouseWebServer.class));
        assertThat(output).doesNotContain("without effect on Dormouse");
    }

    @Test
    void everySettingNamedForAPropertyOfAnotherContainerExists() {
        assertThat(org.dormouse.server.Configuration.keys()).containsAll(PropertiesOfOtherServers.settings());
    }

    private static WebServer server(AssertableWebApplicationContext context) {
        assertThat(context).hasNotFailed();
        return ((ServletWebServerApplicationContext) context.getSourceApplicationContext()).getWebServer();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(DormouseServletWebServerAutoConfiguration.class)
    static class NothingOfItsOwn {}

    @Configuration(proxyBeanMethods = false)
    static class Seen {
        @Bean
        WebAppCustomizer seen() {
            return application -> application.servlet("/seen", new HttpServlet() {
                @Override
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    response.getWriter().print(request.getRemoteAddr() + " " + request.getRequestURL());
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherProxies {
        @Bean
        DormouseBuilderCustomizer others() {
            return builder -> builder.set("forwarded.trusted", "203.0.113.7");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFactory {
        @Bean
        TomcatServletWebServerFactory ownFactory() {
            return new TomcatServletWebServerFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {
        @Bean
        WebAppCustomizer from() {
            return application -> application.contextParam("from", "customizer");
        }
    }
}
