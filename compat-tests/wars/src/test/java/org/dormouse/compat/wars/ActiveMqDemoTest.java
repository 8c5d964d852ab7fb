package org.dormouse.compat.wars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.restassured.RestAssured;
import io.restassured.filter.session.SessionFilter;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.broker.BrokerService;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ActiveMQ's web demonstration, beside a broker in the same JVM as in ActiveMQ's own distribution. */
@Timeout(60)
class ActiveMqDemoTest {
    private static BrokerService broker;
    private static Dormouse server;

    @BeforeAll
    static void start() throws Exception {
        broker = new BrokerService();
        broker.setBrokerName("demo");
        broker.setPersistent(false);
        broker.setUseJmx(false);
        broker.start();
        broker.waitUntilStarted(20_000);
        server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/demo").war(Wars.activeMqDemo()))
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        broker.stop();
    }

    @Test
    void theWelcomePageAnswers() {
        given().get("/demo/").then().statusCode(200).contentType("text/html").body(containsString("ActiveMQ"));
    }

    @Test
    void theContextPathWithoutSlashIsRedirected() {
        given().redirects()
                .follow(false)
                .get("/demo")
                .then()
                .statusCode(302)
                .header("Location", containsString("/demo/"));
    }

    @Test
    void pagesScriptsStylesAndPicturesHaveTheirTypes() {
        given().get("/demo/chat.html")
                .then()
                .statusCode(200)
                .contentType("text/html")
                .body(containsString("Chat"));
        given().get("/demo/js/chat.js").then().statusCode(200).contentType(containsString("javascript"));
        given().get("/demo/chat.css").then().statusCode(200).contentType("text/css");
        given().get("/demo/images/activemq-logo.png").then().statusCode(200).contentType("image/png");
        given().get("/demo/no-such.html").then().statusCode(404);
    }

    @Test
    void aScriptOfTheServletComesFromItsJar() {
        given().get("/demo/amq/amq.js").then().statusCode(200).contentType(containsString("javascript"));
    }

    @Test
    void whatLiesInWebInfIsNotServed() {
        given().get("/demo/WEB-INF/web.xml").then().statusCode(404);
        given().urlEncodingEnabled(false).get("/demo/%57EB-INF/web.xml").then().statusCode(404);
        given().get("/demo/META-INF/MANIFEST.MF").then().statusCode(404);
    }

    @Test
    void aMessageOfOneSessionArrivesInTheLongPollOfAnother() throws Exception {
        SessionFilter reader = new SessionFilter();
        SessionFilter writer = new SessionFilter();
        String topic = "topic://NEWS." + System.nanoTime();
        send(reader, topic, "listen", "handler-1").then().statusCode(200);

        CompletableFuture<Response> poll = CompletableFuture.supplyAsync(
                () -> given().filter(reader).queryParam("timeout", 20_000).get("/demo/amq"));
        send(writer, topic, "send", "<news>the dormouse woke up</news>").then().statusCode(200);

        poll.get(30, TimeUnit.SECONDS)
                .then()
                .statusCode(200)
                .contentType(containsString("text/xml"))
                .body(containsString("<response id='handler-1'"))
                .body(containsString("the dormouse woke up"));
    }

    @Test
    void aPollThatNothingArrivesForEndsWithItsTimeout() {
        SessionFilter reader = new SessionFilter();
        send(reader, "topic://SILENCE", "listen", "handler-2").then().statusCode(200);
        given().filter(reader)
                .queryParam("timeout", 200)
                .get("/demo/amq")
                .then()
                .statusCode(org.hamcrest.Matchers.oneOf(200, 204))
                .body(not(containsString("<response ")));
    }

    @Test
    void aQueueIsWrittenAndReadThroughTheRestServlet() {
        String queue = "/demo/message/ORDERS" + System.nanoTime();
        given().queryParam("type", "queue")
                .formParam("body", "two teas")
                .post(queue)
                .then()
                .statusCode(200);
        given().queryParam("type", "queue")
                .queryParam("clientId", "kitchen")
                .queryParam("readTimeout", 5_000)
                .get(queue)
                .then()
                .statusCode(200)
                .body(equalTo("two teas"));
    }

    @Test
    void everyClientGetsASessionOfItsOwn() {
        String first = given().get("/demo/").cookie("JSESSIONID");
        String second = given().get("/demo/").cookie("JSESSIONID");
        assertThat(first).isNotBlank().isNotEqualTo(second);
    }

    private static Response send(SessionFilter session, String destination, String type, String message) {
        return given().filter(session)
                .formParam("destination", destination)
                .formParam("type", type)
                .formParam("message", message)
                .post("/demo/amq");
    }

    private static RequestSpecification given() {
        return RestAssured.given().baseUri("http://127.0.0.1:" + server.port());
    }
}
