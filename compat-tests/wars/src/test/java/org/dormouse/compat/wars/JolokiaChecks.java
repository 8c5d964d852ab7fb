package org.dormouse.compat.wars;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.parsing.Parser;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;

/** What Jolokia must answer, however it was started. It calls its JSON text/plain unless a client asks otherwise. */
abstract class JolokiaChecks {
    private static final String READ_USED_HEAP = """
            {"type": "read", "mbean": "java.lang:type=Memory", "attribute": "HeapMemoryUsage", "path": "used"}""";

    /** Where the agent is, without a slash at the end. */
    abstract String base();

    @Test
    void withoutCredentialsItIs401AndNamesTheRealm() {
        anonymous()
                .get(base() + "/version")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", containsString("Basic realm=\"jolokia\""))
                .body(not(containsString("agent")));
    }

    @Test
    void withAWrongPasswordItIs401() {
        anonymous()
                .auth()
                .preemptive()
                .basic("ann", "guess")
                .get(base() + "/version")
                .then()
                .statusCode(401);
    }

    @Test
    void aUserWithoutTheRoleIsForbidden() {
        anonymous()
                .auth()
                .preemptive()
                .basic("bob", "hidden")
                .get(base() + "/version")
                .then()
                .statusCode(403);
    }

    @Test
    void theChallengeIsAnsweredByAnOrdinaryClient() {
        anonymous()
                .auth()
                .basic("ann", "secret")
                .get(base() + "/version")
                .then()
                .statusCode(200);
    }

    @Test
    void theVersionIsJson() {
        ann().get(base() + "/version")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("status", equalTo(200), "value.agent", equalTo("2.0.0"), "request.type", equalTo("version"));
    }

    @Test
    void anAttributeIsReadByItsPath() {
        ann().get(base() + "/read/java.lang:type=Memory/HeapMemoryUsage/used")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("status", equalTo(200), "value", greaterThan(1_000_000));
    }

    @Test
    void anEscapedPathReachesTheServletUndecoded() {
        // Jolokia's own escape is !/ for a slash within a part; java.lang:name=... has none, so an unknown bean shows
        // what arrived.
        ann().urlEncodingEnabled(false)
                .get(base() + "/read/no.such:name=a%20b/Attribute")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("status", equalTo(404), "request.mbean", equalTo("no.such:name=a b"));
    }

    @Test
    void aPostedBodyIsAnswered() {
        ann().contentType(ContentType.JSON)
                .body(READ_USED_HEAP)
                .post(base() + "/")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("status", equalTo(200), "value", greaterThan(1_000_000));
    }

    @Test
    void severalRequestsInOneBodyAreAnsweredInTheirOrder() {
        ann().contentType(ContentType.JSON)
                .body("[" + READ_USED_HEAP + ", {\"type\": \"version\"}]")
                .post(base() + "/")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("$", hasSize(2))
                .body("[0].request.type", equalTo("read"), "[1].value.agent", equalTo("2.0.0"));
    }

    @Test
    void theWholeListArrives() {
        ann().get(base() + "/list/java.lang")
                .then()
                .parser("text/plain", Parser.JSON)
                .statusCode(200)
                .body("value", not(equalTo(null)));
    }

    @Test
    void aPostWithoutCredentialsIsRefusedBeforeItIsRead() {
        anonymous()
                .contentType(ContentType.JSON)
                .body(READ_USED_HEAP)
                .post(base() + "/")
                .then()
                .statusCode(401);
    }

    private static RequestSpecification anonymous() {
        return RestAssured.given();
    }

    private static RequestSpecification ann() {
        return RestAssured.given().auth().preemptive().basic("ann", "secret");
    }
}
