package org.dormouse.compat.jersey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.filter.session.SessionFilter;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
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
import java.util.Random;
import java.util.zip.CRC32;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jersey as it is, through its servlet. */
@Timeout(60)
class JerseyTest {
    private static Dormouse server;

    @BeforeAll
    static void start() {
        server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/library").servlet("/api/*", new ServletContainer(new LibraryApplication())))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aLoanIsMadeReadAndGivenBack() {
        int id = given().contentType(ContentType.JSON)
                .body("{\"book\": \"Emma\", \"reader\": \"Ann\"}")
                .post("/loans")
                .then()
                .statusCode(201)
                .header("Location", org.hamcrest.Matchers.startsWith(base() + "/loans/"))
                .header("X-Stamp", equalTo("library"))
                .body("book", equalTo("Emma"))
                .extract()
                .path("id");
        given().get("/loans/" + id).then().statusCode(200).body("reader", equalTo("Ann"));
        given().queryParam("reader", "Ann").get("/loans").then().statusCode(200).body("id", hasItem(id));
        given().delete("/loans/" + id).then().statusCode(204).body(equalTo(""));
        given().delete("/loans/" + id).then().statusCode(404);
    }

    @Test
    void anExceptionMapperAnswers() {
        given().get("/loans/4711").then().statusCode(404).body("error", equalTo("no loan 4711"));
    }

    @Test
    void whatNobodyMapsIsAnswered500WithoutItsStackTrace() {
        String body =
                given().get("/request/broken").then().statusCode(500).extract().asString();
        assertThat(body).doesNotContain("at org.dormouse");
    }

    @Test
    void aPathNobodyServesIsAnswered404() {
        given().get("/nothing").then().statusCode(404);
    }

    @Test
    void aMethodNobodyServesIsAnswered405() {
        given().put("/loans").then().statusCode(405);
    }

    @Test
    void badJsonIsAnswered400() {
        given().contentType(ContentType.JSON)
                .body("{\"book\"")
                .post("/loans")
                .then()
                .statusCode(400);
    }

    @Test
    void optionsDescribeTheResource() {
        given().options("/loans").then().statusCode(200).header("Allow", org.hamcrest.Matchers.containsString("POST"));
    }

    @Test
    void headHasNoBody() {
        given().head("/loans")
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .body(equalTo(""));
    }

    @Test
    void uriInfoMatchesWhatWasAskedFor() {
        given().urlEncodingEnabled(false)
                .get("/request/a%20b/c?x=1")
                .then()
                .statusCode(200)
                .body(
                        "piece", equalTo("a b/c"),
                        "uri", equalTo(base() + "/request/a%20b/c?x=1"),
                        "base", equalTo(base() + "/"),
                        "servletPath", equalTo("/api"),
                        "contextPath", equalTo("/library"),
                        "remote", equalTo("127.0.0.1"));
    }

    @Test
    void aFormIsReadByJerseyFromTheStream() {
        given().contentType("application/x-www-form-urlencoded; charset=UTF-8")
                .formParam("title", "Größe & mehr")
                .post("/request/form")
                .then()
                .statusCode(200)
                .body(equalTo("Größe & mehr"));
    }

    @Test
    void anUploadArrivesWhole() {
        byte[] scan = new byte[900_000];
        new Random(5).nextBytes(scan);
        CRC32 crc = new CRC32();
        crc.update(scan);
        given().multiPart("page", "7")
                .multiPart("file", "scan.tiff", scan, "image/tiff")
                .post("/scans")
                .then()
                .statusCode(200)
                .body("page", equalTo(7), "name", equalTo("scan.tiff"), "bytes", equalTo(scan.length))
                .body("crc", equalTo((Object) crc.getValue()));
    }

    @Test
    void aSuspendedResponseIsResumedFromAnotherThread() {
        given().queryParam("say", "tea").get("/later").then().statusCode(200).body(equalTo("later: tea"));
    }

    @Test
    void aSuspendedResponseThatNobodyResumesTimesOut() {
        given().get("/never").then().statusCode(503).body(equalTo("gave up"));
    }

    @Test
    void aStreamArrivesWhole() {
        assertThat(given().get("/request/lines").asString())
                .endsWith("line 19999\n")
                .hasLineCount(20_000);
    }

    @Test
    void aSessionIsKept() {
        SessionFilter session = new SessionFilter();
        given().filter(session).get("/request/visits").then().body(equalTo("1"));
        given().filter(session).get("/request/visits").then().body(equalTo("2"));
        given().get("/request/visits").then().body(equalTo("1"));
    }

    @Test
    void eventsArriveWhenTheyAreSentAndNotBefore() throws Exception {
        List<String> lines = new ArrayList<>();
        HttpResponse<InputStream> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(base() + "/events?count=3"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            // The resource sends the second event only after this one was seen here.
            while (!"data: event 1".equals(read(reader, lines)))
                assertThat(lines).hasSizeLessThan(10);
            EventsResource.FIRST_EVENT_SEEN.countDown();
            while (read(reader, lines) != null) assertThat(lines).hasSizeLessThan(50);
        }
        assertThat(lines.stream().filter(line -> line.startsWith("data:")))
                .containsExactly("data: event 1", "data: event 2", "data: event 3");
    }

    @Test
    void whatLiesOutsideOfJerseysPathIsNotJerseys() {
        RestAssured.given()
                .get("http://127.0.0.1:" + server.port() + "/library/other")
                .then()
                .statusCode(404)
                .header("X-Stamp", nullValue());
    }

    private static String read(BufferedReader reader, List<String> lines) throws IOException {
        String line = reader.readLine();
        if (line != null) lines.add(line);
        return line;
    }

    private static String base() {
        return "http://127.0.0.1:" + server.port() + "/library/api";
    }

    private static RequestSpecification given() {
        return RestAssured.given(new RequestSpecBuilder().setBaseUri(base()).build());
    }
}
