package org.dormouse.compat.boot;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UploadTest extends ShopTest {
    @Test
    void aFileArrivesWithItsNameTypeAndBytes() throws NoSuchAlgorithmException {
        byte[] picture = bytes(700_000);
        given().multiPart("cover", "größe.png", picture, "image/png")
                .multiPart("caption", "A cat")
                .post("/covers")
                .then()
                .statusCode(200)
                .body(
                        "caption", equalTo("A cat"),
                        "type", equalTo("image/png"),
                        "bytes", equalTo(picture.length),
                        "sha256", equalTo(sha256(picture)));
    }

    @Test
    void jsonAndSeveralFilesArriveInOneForm() {
        given().multiPart("book", """
                        {"title": "Emma", "authors": [], "cents": 1}""", "application/json")
                .multiPart("pages", "1.txt", "one".getBytes(), "text/plain")
                .multiPart("pages", "2.txt", "two".getBytes(), "text/plain")
                .post("/books-with-files")
                .then()
                .statusCode(200)
                .body("title", equalTo("Emma"), "pages", contains("1.txt", "2.txt"));
    }

    @Test
    void aFileOverItsLimitIsAnswered413() {
        given().multiPart("cover", "big.png", bytes(1_100_000), "image/png")
                .multiPart("caption", "A cat")
                .post("/covers")
                .then()
                .statusCode(413);
    }

    @Test
    void aFormOverItsLimitIsAnswered413() {
        given().multiPart("cover", "big.png", bytes(5_000_000), "image/png")
                .multiPart("caption", "A cat")
                .post("/covers")
                .then()
                .statusCode(413);
    }

    @Test
    void aMissingPartIsAnswered400() {
        given().multiPart("caption", "A cat").post("/covers").then().statusCode(400);
    }

    @Test
    void aLargeBodyIsReadAsAStream() throws NoSuchAlgorithmException {
        byte[] body = bytes(4_000_000);
        given().contentType("application/octet-stream")
                .body(body)
                .post("/digest")
                .then()
                .statusCode(200)
                .body("sha256", equalTo(sha256(body)));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
