package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipartRequestTest {
    private static final String TYPE = "multipart/form-data; boundary=cut";
    private static final String BODY = """
            --cut
            Content-Disposition: form-data; name="title"

            Grüße
            --cut
            Content-Disposition: form-data; name="file"; filename="a.txt"
            Content-Type: text/plain

            content of the file
            --cut--
            """.replace("\n", "\r\n");

    @TempDir
    Path temporary;

    private TestApp app(MultipartConfigElement config, TestApp.Service service) {
        return TestApp.at("/")
                .servlet("/up", service)
                .with(d -> d.tempDirectory(temporary))
                .with(d -> d.servlet("at /up").multipart(config));
    }

    @Test
    void partsAndParametersComeFromOneBody() {
        try (var app = app(new MultipartConfigElement(""), (request, response) -> {
            assertThat(request.getParameter("q")).isEqualTo("1");
            assertThat(request.getParameter("title")).isEqualTo("Grüße");
            assertThat(request.getParameter("file")).isNull();
            var names = new ArrayList<String>();
            for (Part part : request.getParts()) names.add(part.getName() + " " + part.getSubmittedFileName());
            assertThat(names).containsExactly("title null", "file a.txt");
            assertThat(request.getPart("file").getInputStream()).hasContent("content of the file");
            assertThat(request.getPart("none")).isNull();
        })) {
            assertThat(app.run(TestExchange.post("/up?q=1", TYPE, BODY)).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void temporaryFilesGoWithTheRequest() throws Exception {
        try (var app = app(new MultipartConfigElement("", -1, -1, 1), (request, response) -> {
            request.getParts();
            try (var files = Files.list(temporary)) {
                assertThat(files).isNotEmpty();
            }
        })) {
            app.run(TestExchange.post("/up", TYPE, BODY));
            assertThat(temporary).isEmptyDirectory();
        }
    }

    @Test
    void tooLargeAPartIsAnswered413AndSoIsTheSecondAttempt() {
        try (var app = app(new MultipartConfigElement("", 5, -1, 0), (request, response) -> {
            assertThatThrownBy(request::getParts).isInstanceOf(IllegalStateException.class);
            request.getParts();
        })) {
            assertThat(app.run(TestExchange.post("/up", TYPE, BODY)).status()).isEqualTo(413);
        }
    }

    @Test
    void theErrorPageOfATooLargePartHasAnEmptyFormInsteadOfFailingAgain() {
        var atErrorPage = new ArrayList<String>();
        try (var app = app(new MultipartConfigElement("", 5, -1, 0), (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ERROR) {
                        atErrorPage.add(request.getParts() + " "
                                + request.getParameterMap().keySet());
                    } else {
                        assertThatThrownBy(request::getParts).isInstanceOf(IllegalStateException.class);
                        response.sendError(413);
                    }
                })
                .with(d -> d.errorPages().add(ErrorPage.ofEverythingElse("/up")))) {
            var exchange = app.run(TestExchange.post("/up?q=1", TYPE, BODY));
            assertThat(exchange.status()).isEqualTo(413);
            assertThat(atErrorPage).containsExactly("[] [q]");
        }
    }

    @Test
    void theErrorPageOfATooLargeFormHasTheParametersOfTheQuery() {
        var atErrorPage = new ArrayList<String>();
        try (var app = TestApp.at("/")
                .with(d -> d.limits(new RequestLimits(100, 5, 200)))
                .servlet("/up", (request, response) -> {
                    assertThatThrownBy(() -> request.getParameter("q")).isInstanceOf(IllegalStateException.class);
                    response.sendError(413);
                })
                .servlet("/error", (request, response) -> {
                    atErrorPage.addAll(request.getParameterMap().keySet());
                })
                .with(d -> d.errorPages().add(ErrorPage.ofEverythingElse("/error")))) {
            var exchange = app.run(TestExchange.post("/up?q=1", "application/x-www-form-urlencoded", "r=12345678"));
            assertThat(exchange.status()).isEqualTo(413);
            assertThat(atErrorPage).containsExactly("q");
        }
    }

    @Test
    void partsOfAnythingElseAreRefused() {
        try (var app = app(
                new MultipartConfigElement(""),
                (request, response) -> assertThatThrownBy(request::getParts).isInstanceOf(ServletException.class))) {
            app.run(TestExchange.post("/up", "text/plain", "x"));
        }
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> assertThatThrownBy(request::getParts)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("at /"))) {
            app.run(TestExchange.post("/", TYPE, BODY));
        }
    }
}
