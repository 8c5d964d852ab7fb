package org.dormouse.compat.javalin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.filter.session.SessionFilter;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.servlet.MultipartConfigElement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Javalin as it is, through its servlet. */
@Timeout(60)
class JavalinTest {
    private static final NotesApplication NOTES = new NotesApplication();
    private static Dormouse server;

    @BeforeAll
    static void start() {
        WebApp application = WebApp.at("/").initializer((types, context) -> {
            var servlet = context.addServlet("notes", NOTES.servlet());
            servlet.setAsyncSupported(true);
            servlet.setMultipartConfig(new MultipartConfigElement("", 2_000_000, 3_000_000, 64 * 1024));
            servlet.addMapping("/*");
        });
        server =
                Dormouse.builder().host("127.0.0.1").port(0).deploy(application).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aPathParameterIsDecoded() {
        given().get("/hello/{name}", "Jürgen Ä")
                .then()
                .statusCode(200)
                .header("X-Notebook", equalTo("1"))
                .body(equalTo("hello, Jürgen Ä"));
    }

    @Test
    void aNoteIsWrittenReadReplacedAndRemoved() {
        int id = given().contentType(ContentType.JSON)
                .body("{\"text\": \"milk\"}")
                .post("/notes")
                .then()
                .statusCode(201)
                .contentType(ContentType.JSON)
                .extract()
                .path("id");
        given().get("/notes/" + id).then().statusCode(200).body("text", equalTo("milk"));
        given().body("bread").put("/notes/" + id).then().statusCode(200).body("text", equalTo("bread"));
        given().get("/notes").then().statusCode(200).body("id", hasItem(id));
        given().delete("/notes/" + id).then().statusCode(204).body(equalTo(""));
        given().get("/notes/" + id).then().statusCode(404).body(containsString("no note " + id));
    }

    @Test
    void whatTheHandlerRefusesIsAnswered400() {
        given().contentType(ContentType.JSON)
                .body("{\"text\": \" \"}")
                .post("/notes")
                .then()
                .statusCode(400)
                .body(containsString("a note needs a text"));
    }

    @Test
    void aMappedExceptionIsAnsweredByItsHandler() {
        given().get("/mapped").then().statusCode(422).body(equalTo("not like this"));
    }

    @Test
    void anUnmappedExceptionIsAnswered500() {
        given().get("/broken").then().statusCode(500);
    }

    @Test
    void anErrorHandlerWritesTheBodyOfA404() {
        given().get("/lost/property").then().statusCode(404).body(equalTo("lost and not found"));
    }

    @Test
    void anotherMethodIsAnswered405Or404AsJavalinLikes() {
        int status = given().patch("/notes").statusCode();
        assertThat(status).isIn(404, 405);
    }

    @Test
    void aFileIsUploadedBesideAField() {
        byte[] file = new byte[300_000];
        java.util.Arrays.fill(file, (byte) 3);
        given().multiPart("file", "three.bin", file, "application/octet-stream")
                .multiPart("caption", "threes")
                .post("/files")
                .then()
                .statusCode(200)
                .body(
                        "name", equalTo("three.bin"),
                        "type", equalTo("application/octet-stream"),
                        "bytes", equalTo(file.length),
                        "sum", equalTo(3 * file.length),
                        "caption", equalTo("threes"));
    }

    @Test
    void aFormIsParsed() {
        given().contentType("application/x-www-form-urlencoded; charset=UTF-8")
                .formParam("title", "Größe")
                .formParam("tag", "a", "b")
                .post("/form")
                .then()
                .body(equalTo("Größe/[a, b]"));
    }

    @Test
    void aFutureAnswersFromAnotherThread() {
        given().get("/later").then().statusCode(200).body(equalTo("later"));
    }

    @Test
    void aSessionIsKept() {
        SessionFilter session = new SessionFilter();
        given().filter(session).get("/visits").then().body(equalTo("1"));
        given().filter(session).get("/visits").then().body(equalTo("2"));
    }

    @Test
    void cookiesGoBothWays() {
        given().cookie("taste", "sour")
                .get("/cookie")
                .then()
                .cookie("taste", "sweet")
                .body(equalTo("sour"));
    }

    @Test
    void queryParametersKeepTheirOrder() {
        given().urlEncodingEnabled(false)
                .get("/query?a=1&a=2&b=%26")
                .then()
                .body("a", contains("1", "2"))
                .body("b", contains("&"));
    }

    @Test
    void theUrlIsTheOneTheClientUsed() {
        given().get("/url?x=1").then().body(equalTo(base() + "/url?x=1"));
    }

    @Test
    void aRedirectIsFollowed() {
        given().get("/redirect").then().statusCode(200).body(equalTo("hello, again"));
    }

    @Test
    void headIsAnsweredByTheHandlerOfGet() {
        given().head("/hello/you").then().statusCode(200).body(equalTo(""));
    }

    @Test
    void aLargeAnswerArrivesWhole() {
        assertThat(given().get("/large").asString()).hasSize(1_000_000);
    }

    @Test
    void eventsArriveWhenTheyAreSentAndNotBefore() throws Exception {
        List<String> lines = new ArrayList<>();
        HttpResponse<InputStream> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(base() + "/events"))
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            // The handler sends the second event only after this one was seen here.
            while (!"data: event 1".equals(read(reader, lines)))
                assertThat(lines).hasSizeLessThan(10);
            NOTES.firstEventSeen.countDown();
            while (read(reader, lines) != null) assertThat(lines).hasSizeLessThan(50);
        }
        assertThat(lines.stream().filter(line -> line.startsWith("data:")))
                .containsExactly("data: event 1", "data: event 2");
    }

    private static String read(BufferedReader reader, List<String> lines) throws IOException {
        String line = reader.readLine();
        if (line != null) lines.add(line);
        return line;
    }

    private static String base() {
        return "http://127.0.0.1:" + server.port();
    }

    private static RequestSpecification given() {
        return RestAssured.given(new RequestSpecBuilder().setBaseUri(base()).build());
    }
}
