package org.dormouse.compat.boot;

import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.http.ContentType;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Boot's {@code /error}, which problem details would forestall. */
@TestPropertySource(
        properties = {"spring.mvc.problemdetails.enabled=false", "spring.servlet.multipart.max-file-size=1KB"})
class ErrorPageTest extends ShopTest {
    @Test
    void tooLargeAnUploadIsAnsweredByTheErrorPageOfTheApplication() {
        given().accept(ContentType.JSON)
                .multiPart("file", "a.txt", new byte[2048])
                .post("/covers")
                .then()
                .statusCode(413)
                .contentType(ContentType.JSON)
                .body("status", equalTo(413), "path", equalTo("/covers"));
    }

    @Test
    void tooLargeAnUploadThatNobodyHandlesIsAnsweredByTheErrorPageOfTheApplication() {
        given().accept(ContentType.HTML)
                .multiPart("file", "a.txt", new byte[2048])
                .post("/nobody")
                .then()
                .statusCode(413)
                .body(allOf(containsString("Whitelabel Error Page"), containsString("status=413")));
    }
}
