package org.dormouse.quarkus.it;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.filter.session.SessionFilter;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Random;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ServletsTest {
    @Test
    void getIsAnsweredByTheServletWithItsBeans() {
        given().queryParam("name", "dormouse")
                .get("/greeting")
                .then()
                .statusCode(200)
                .contentType(startsWith("text/plain"))
                .body(equalTo("Hello, dormouse!"));
    }

    @Test
    void dormouseServesInVirtualThreads() {
        when().get("/greeting")
                .then()
                .header("X-Thread", is("virtual"))
                .header("X-Container", startsWith("org.dormouse."));
    }

    @Test
    void bodyComesBackAsItWasPosted() {
        given().contentType("text/plain; charset=utf-8")
                .body("a word\nand änother")
                .post("/echo")
                .then()
                .statusCode(200)
                .body(equalTo("a word\nand änother"));
    }

    @Test
    void bodyLargerThanEveryBufferComesBackWhole() {
        var bytes = new byte[3_000_000];
        new Random(3).nextBytes(bytes);
        byte[] back = given().contentType("application/octet-stream")
                .body(bytes)
                .post("/echo")
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        assertArrayEquals(bytes, back);
    }

    @Test
    void bodyOverTheLimitOfQuarkusIsRefused() {
        given().contentType("application/octet-stream")
                .body(new byte[5_000_000])
                .post("/echo")
                .then()
                .statusCode(413);
    }

    @Test
    void sessionIsKeptByItsCookieAlone() {
        var one = new SessionFilter();
        given().filter(one).get("/counter").then().body(equalTo("1"));
        given().filter(one).get("/counter").then().body(equalTo("2"));
        when().get("/counter").then().body(equalTo("1"));
    }

    @Test
    void answerOfAnotherThreadArrives() {
        when().get("/later").then().statusCode(200).body(equalTo("later"));
    }

    @Test
    void asyncThatNeverAnswersTimesOut() {
        when().get("/later?timeout").then().statusCode(500);
    }

    @Test
    void methodWithoutAnswerIs405() {
        when().delete("/greeting").then().statusCode(405);
    }

    @Test
    void headHasNoBody() {
        when().head("/greeting").then().statusCode(200).body(equalTo(""));
    }

    @Test
    void applicationSeesServlet61AndNoOther() throws Exception {
        var method = HttpServletResponse.class.getMethod("sendRedirect", String.class, int.class, boolean.class);
        assertEquals(HttpServletResponse.class, method.getDeclaringClass());
        var copies = Thread.currentThread()
                .getContextClassLoader()
                .getResources("jakarta/servlet/http/HttpServletResponse.class");
        copies.nextElement();
        assertEquals(false, copies.hasMoreElements(), "a second Servlet API is on the class path");
    }

    @Test
    void undertowIsNotThere() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("io.undertow.servlet.api.Deployment"));
        when().get("/greeting").then().header("Server", nullValue());
    }
}
