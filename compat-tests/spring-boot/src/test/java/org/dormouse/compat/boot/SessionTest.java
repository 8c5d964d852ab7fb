package org.dormouse.compat.boot;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;

import io.restassured.filter.session.SessionFilter;
import org.junit.jupiter.api.Test;

class SessionTest extends ShopTest {
    @Test
    void aBasketStaysWithItsSessionAndWithNoOther() {
        SessionFilter mine = new SessionFilter();
        SessionFilter hers = new SessionFilter();
        given().filter(mine).formParam("title", "Emma").post("/basket").then().body("", contains("Emma"));
        given().filter(hers)
                .formParam("title", "Ulysses")
                .post("/basket")
                .then()
                .body("", contains("Ulysses"));
        given().filter(mine).formParam("title", "Faust").post("/basket").then().body("", contains("Emma", "Faust"));
        given().filter(mine).get("/basket").then().body("", contains("Emma", "Faust"));
        given().filter(hers).get("/basket").then().body("", contains("Ulysses"));
    }

    @Test
    void aSessionThatWasLeftIsGone() {
        SessionFilter mine = new SessionFilter();
        given().filter(mine).formParam("title", "Emma").post("/basket").then().statusCode(200);
        String id = mine.getSessionId();
        given().cookie("JSESSIONID", id).delete("/basket").then().statusCode(204);
        given().cookie("JSESSIONID", id).get("/basket").then().statusCode(200).body("", empty());
    }

    @Test
    void theCookieIsHttpOnlyAndForTheWholeApplication() {
        given().get("/basket")
                .then()
                .header("Set-Cookie", containsString("JSESSIONID="))
                .header("Set-Cookie", containsString("HttpOnly"))
                .header("Set-Cookie", containsString("Path=/"));
    }
}
