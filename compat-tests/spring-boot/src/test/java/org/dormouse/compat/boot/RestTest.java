package org.dormouse.compat.boot;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.http.ContentType;
import org.junit.jupiter.api.Test;

class RestTest extends ShopTest {
    private static final String EMMA = """
            {"title": "Emma", "authors": ["Jane Austen"], "cents": 850}""";

    @Test
    void aBookIsAddedReadReplacedAndRemoved() {
        int id = given().contentType(ContentType.JSON)
                .body(EMMA)
                .when()
                .post("/books")
                .then()
                .statusCode(201)
                .contentType(ContentType.JSON)
                .header("Location", matchesPattern("/books/\\d+"))
                .body("title", equalTo("Emma"), "authors", contains("Jane Austen"))
                .extract()
                .path("id");

        given().get("/books/" + id).then().statusCode(200).body("cents", equalTo(850));
        given().contentType(ContentType.JSON)
                .body(EMMA.replace("850", "900"))
                .put("/books/" + id)
                .then()
                .statusCode(200)
                .body("cents", equalTo(900));
        given().queryParam("title", "Emm").get("/books").then().statusCode(200).body("id", hasItem(id));
        given().queryParam("title", "Quixote")
                .get("/books")
                .then()
                .statusCode(200)
                .body("", empty());
        given().delete("/books/" + id).then().statusCode(204).body(equalTo(""));
        given().get("/books/" + id).then().statusCode(404);
    }

    @Test
    void anExceptionHandlerAnswersWithAProblemDetail() {
        given().get("/books/4711")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("detail", equalTo("no book 4711"), "status", equalTo(404), "instance", equalTo("/books/4711"));
    }

    @Test
    void jsonThatIsNoneIsAnswered400() {
        given().contentType(ContentType.JSON)
                .body("{\"title\": ")
                .post("/books")
                .then()
                .statusCode(400)
                .contentType("application/problem+json");
    }

    @Test
    void aMethodWithoutHandlerIsAnswered405WithAllow() {
        given().delete("/books").then().statusCode(405).header("Allow", containsString("POST"));
    }

    @Test
    void aMediaTypeNobodyReadsIsAnswered415() {
        given().contentType("text/csv").body("a,b").post("/books").then().statusCode(415);
    }

    @Test
    void aPathNobodyServesIsAnswered404ByBootsErrorPage() {
        given().accept(ContentType.JSON)
                .get("/nothing/here")
                .then()
                .statusCode(404)
                .body("status", equalTo(404), "instance", equalTo("/nothing/here"));
    }

    @Test
    void anUncaughtExceptionBecomesBootsErrorAsJson() {
        given().accept(ContentType.JSON)
                .get("/broken")
                .then()
                .statusCode(500)
                .contentType(ContentType.JSON)
                .body(
                        "status", equalTo(500),
                        "error", equalTo("Internal Server Error"),
                        "path", equalTo("/broken"),
                        "trace", nullValue());
    }

    @Test
    void anUncaughtExceptionBecomesBootsErrorPageForABrowser() {
        given().accept(ContentType.HTML)
                .get("/broken")
                .then()
                .statusCode(500)
                .contentType(ContentType.HTML)
                .body(containsString("Whitelabel Error Page"));
    }

    @Test
    void sendErrorReachesTheErrorPage() {
        given().accept(ContentType.JSON)
                .get("/send-error")
                .then()
                .statusCode(418)
                .body("status", equalTo(418), "path", equalTo("/send-error"));
    }

    @Test
    void theRequestIsSeenAsItWasSent() {
        given().header("X-Colour", "green")
                .queryParam("q", "a b&c", "ü")
                .urlEncodingEnabled(true)
                .get("/request/{piece}", "wörd and space")
                .then()
                .statusCode(200)
                .body(
                        "method", equalTo("GET"),
                        "piece", equalTo("wörd and space"),
                        "parameters.q", equalTo("a b&c"),
                        "fields.find { it.key.equalsIgnoreCase('x-colour') }.value", equalTo("green"),
                        "uri", equalTo("/request/w%C3%B6rd%20and%20space"),
                        "url", equalTo("http://127.0.0.1:" + port + "/request/w%C3%B6rd%20and%20space"),
                        "contextPath", equalTo(""),
                        "remote", equalTo("127.0.0.1"),
                        "protocol", equalTo("HTTP/1.1"));
    }

    @Test
    void aFormIsReadAsParameters() {
        given().contentType("application/x-www-form-urlencoded; charset=UTF-8")
                .formParam("title", "Größe")
                .formParam("n", 2)
                .post("/request/form")
                .then()
                .statusCode(200)
                .body("parameters.title", equalTo("Größe"), "parameters.n", equalTo("2"));
    }

    @Test
    void aForwardKeepsTheResponseAndAddsParameters() {
        given().get("/forwarded")
                .then()
                .statusCode(200)
                .body("piece", equalTo("forwarded"), "parameters.by", equalTo("dispatcher"));
    }

    @Test
    void aRedirectNamesItsTarget() {
        given().redirects()
                .follow(false)
                .get("/moved")
                .then()
                .statusCode(302)
                .header("Location", containsString("books"));
    }

    @Test
    void headHasTheFieldsOfGetAndNoBody() {
        given().head("/books")
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .body(equalTo(""));
    }

    @Test
    void optionsTellTheMethods() {
        given().options("/books").then().statusCode(200).header("Allow", containsString("POST"));
    }

    @Test
    void aFilterBeanSeesEveryRequest() {
        given().get("/books").then().header("X-Seen-By", "filter");
    }

    @Test
    void theServerDoesNotNameItselfUnlessAskedTo() {
        given().get("/books").then().header("Server", nullValue()).header("Date", notNullValue());
    }

    @Test
    void aStaticPageIsServedAsTheWelcomePage() {
        given().get("/")
                .then()
                .statusCode(200)
                .contentType(ContentType.HTML)
                .body(containsString("Books, and nothing else"));
        given().get("/index.html")
                .then()
                .statusCode(200)
                .header("Last-Modified", notNullValue())
                .header("Content-Length", not(equalTo("0")));
    }

    @Test
    void anUnchangedStaticPageIsAnswered304() {
        String date = given().get("/index.html").header("Last-Modified");
        given().header("If-Modified-Since", date)
                .get("/index.html")
                .then()
                .statusCode(304)
                .body(equalTo(""));
    }

    @Test
    void aRangeOfAStaticPageIsAnswered206() {
        given().header("Range", "bytes=0-14")
                .get("/index.html")
                .then()
                .statusCode(206)
                .body(equalTo("<!doctype html>"));
    }
}
