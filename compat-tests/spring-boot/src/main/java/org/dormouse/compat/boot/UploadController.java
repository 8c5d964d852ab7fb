package org.dormouse.compat.boot;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Takes files, alone and beside fields and JSON, and a body as it comes. */
@RestController
class UploadController {
    @PostMapping("/covers")
    Map<String, Object> upload(@RequestParam MultipartFile cover, @RequestParam String caption) throws IOException {
        try (InputStream in = cover.getInputStream()) {
            return Map.of(
                    "caption",
                    caption,
                    "name",
                    String.valueOf(cover.getOriginalFilename()),
                    "type",
                    String.valueOf(cover.getContentType()),
                    "bytes",
                    cover.getSize(),
                    "sha256",
                    sha256(in));
        }
    }

    @PostMapping(path = "/books-with-files", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    Map<String, Object> bookWithFiles(@RequestPart Book book, @RequestPart List<MultipartFile> pages) {
        return Map.of(
                "title",
                book.title(),
                "pages",
                pages.stream().map(MultipartFile::getOriginalFilename).toList());
    }

    @PostMapping("/digest")
    Map<String, Object> digest(InputStream body) throws IOException {
        return Map.of("sha256", sha256(body));
    }

    private static String sha256(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[8192];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) digest.update(piece, 0, n);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
