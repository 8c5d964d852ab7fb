package org.dormouse.compat.boot;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;

import org.junit.jupiter.api.Test;

class ActuatorTest extends ShopTest {
    @Test
    void healthIsUpWithDetails() {
        given().get("/actuator/health")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"), "components", hasKey("diskSpace"));
    }

    @Test
    void readinessAndLivenessAreUp() {
        given().get("/actuator/health/readiness").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/actuator/health/liveness").then().statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void requestsAreCounted() {
        given().get("/books").then().statusCode(200);
        given().queryParam("tag", "uri:/books")
                .get("/actuator/metrics/http.server.requests")
                .then()
                .statusCode(200)
                .body("measurements.find { it.statistic == 'COUNT' }.value", greaterThan(0f));
    }

    @Test
    void mappingsListServletsAndFilters() {
        given().get("/actuator/mappings")
                .then()
                .statusCode(200)
                .body("contexts.shop.mappings.servlets.name", hasItem("dispatcherServlet"))
                .body("contexts.shop.mappings.servletFilters.name", hasItem("timingFilter"));
    }
}
