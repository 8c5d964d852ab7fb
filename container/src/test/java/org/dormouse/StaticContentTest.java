package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files over real sockets: small ones out of memory, large ones by the kernel or by hand. */
@Timeout(60)
class StaticContentTest {
    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private byte[] write(String name, int length) throws IOException {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Files.write(folder.resolve(name), bytes);
        return bytes;
    }

    private Dormouse.Builder builder() {
        return Mode.builder().host("127.0.0.1").port(0).deploy(Mode.app("/").resources(folder));
    }

    private HttpResponse<byte[]> get(Dormouse server, String path, String... fields)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (fields.length > 0) request.headers(fields);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void filesOfAllSizesArriveAsTheyAre() throws Exception {
        int[] lengths = {0, 1, 1024, 16 * 1024, 64 * 1024, 64 * 1024 + 1, 100 * 1024, 1 << 20, 10 << 20};
        for (String backend : new String[] {"auto", "nio"}) {
            try (var server = builder().set("server.backend", backend).start()) {
                for (int length : lengths) {
                    byte[] content = write(length + ".bin", length);
                    for (int i = 0; i < 2; i++) {
                        var got = get(server, "/" + length + ".bin");
                        assertThat(got.statusCode()).isEqualTo(200);
                        assertThat(got.headers().firstValueAsLong("Content-Length"))
                                .hasValue(length);
                        assertThat(Arrays.equals(got.body(), content))
                                .as("%s bytes over %s", length, backend)
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void linesOfAFieldOfEntityTagsAreOneList() throws Exception {
        write("a.txt", 100);
        try (var server = builder().start()) {
            String tag = get(server, "/a.txt").headers().firstValue("ETag").orElseThrow();
            for (String lines :
                    new String[] {"%s: \"x\"\n%s: " + tag, "%s: " + tag + "\n%s: \"x\"", "%s: \"x\"\n%s: \"y\""}) {
                boolean hasIt = lines.contains(tag);
                try (var peer = RawHttp.connect(server.port())) {
                    peer.send("GET /a.txt HTTP/1.1\nHost: h\n" + lines.replace("%s", "If-None-Match") + "\n\n")
                            .expectStatus(hasIt ? 304 : 200);
                    peer.send("GET /a.txt HTTP/1.1\nHost: h\n" + lines.replace("%s", "If-Match") + "\n\n")
                            .expectStatus(hasIt ? 200 : 412);
                }
            }
        }
    }

    @Test
    void whatIsNotToBeTransformedIsNotCodedWhetherItIsKeptInMemoryOrNot() throws Exception {
        for (String name : new String[] {"plain", "coded"}) {
            Path below = Files.createDirectory(folder.resolve(name));
            for (int length : new int[] {5_000, 500_000})
                Files.writeString(below.resolve(length + ".txt"), "x".repeat(length));
        }
        try (var server = builder()
                .set("compression.enabled", "true")
                .set("static.cache-control", "/plain/* max-age=60, No-Transform")
                .start()) {
            for (int length : new int[] {5_000, 500_000}) {
                assertThat(get(server, "/coded/" + length + ".txt", "Accept-Encoding", "gzip")
                                .headers()
                                .firstValue("Content-Encoding"))
                        .hasValue("gzip");
                var plain = get(server, "/plain/" + length + ".txt", "Accept-Encoding", "gzip");
                assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
                assertThat(plain.body()).hasSize(length);
            }
        }
    }

    @Test
    void twoFieldsThatAskForPartsGetTheWhole() throws Exception {
        write("a.txt", 100);
        try (var server = builder().start();
                var peer = RawHttp.connect(server.port())) {
            peer.send("GET /a.txt HTTP/1.1\nHost: h\nRange: bytes=0-1\nRange: bytes=3-4\n\n")
                    .expectStatus(200);
            assertThat(peer.body()).hasSize(100);
        }
    }

    @Test
    void aPageThatRefusesARangeIsNeitherTheFileNorToBeKept() throws Exception {
        write("a.css", 100);
        write("b.css", 100_000);
        try (var server = builder()
                .set("static.cache-control", "*.css public, max-age=31536000")
                .start()) {
            for (String path : new String[] {"/a.css", "/b.css"}) {
                assertThat(get(server, path).headers().firstValue("Cache-Control"))
                        .hasValue("public, max-age=31536000");
                var refused = get(server, path, "Range", "bytes=100000-");
                assertThat(refused.statusCode()).isEqualTo(416);
                assertThat(refused.headers().firstValue("Content-Range").orElseThrow())
                        .startsWith("bytes */");
                assertThat(refused.headers().map())
                        .doesNotContainKeys("cache-control", "etag", "last-modified", "content-encoding");
                assertThat(refused.headers().firstValue("Content-Type").orElse(""))
                        .doesNotContain("css");
            }
        }
    }

    @Test
    void partsOfALargeFileArriveOneAndSeveralAtATime() throws Exception {
        byte[] content = write("large.bin", 3 << 20);
        try (var server = builder().start()) {
            var one = get(server, "/large.bin", "Range", "bytes=1000000-1999999");
            assertThat(one.statusCode()).isEqualTo(206);
            assertThat(one.headers().firstValue("Content-Range")).hasValue("bytes 1000000-1999999/3145728");
            assertThat(Arrays.equals(one.body(), 0, 1_000_000, content, 1_000_000, 2_000_000))
                    .isTrue();
            var two = get(server, "/large.bin", "Range", "bytes=2000000-2999999,0-99999");
            assertThat(two.statusCode()).isEqualTo(206);
            String type = two.headers().firstValue("Content-Type").orElseThrow();
            assertThat(type).startsWith("multipart/byteranges;boundary=");
            String boundary = type.substring(type.indexOf('=') + 1);
            String body = new String(two.body(), StandardCharsets.ISO_8859_1);
            String first = "--" + boundary
                    + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 2000000-2999999/3145728\r\n\r\n";
            String second = "\r\n--" + boundary
                    + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-99999/3145728\r\n\r\n";
            String whole = new String(content, StandardCharsets.ISO_8859_1);
            assertThat(body.equals(first + whole.substring(2_000_000, 3_000_000) + second + whole.substring(0, 100_000)
                            + "\r\n--" + boundary + "--\r\n"))
                    .isTrue();
            assertThat(get(server, "/large.bin", "Range", "bytes=3145728-").statusCode())
                    .isEqualTo(416);
        }
    }

    private static long descriptorsOf(Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(each -> {
                        try {
                            return Files.readSymbolicLink(each).startsWith(file);
                        } catch (IOException gone) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    private static void awaitDescriptors(Path file, long count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (descriptorsOf(file) != count && System.nanoTime() < deadline) Thread.sleep(5);
        assertThat(descriptorsOf(file)).isEqualTo(count);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aClientThatLeavesInTheMidstLeavesNoDescriptorBehind() throws Exception {
        write("large.bin", 32 << 20);
        Path file = folder.resolve("large.bin").toRealPath();
        try (var server = builder().start()) {
            for (int i = 0; i < 3; i++) {
                try (var socket = new Socket("127.0.0.1", server.port())) {
                    socket.getOutputStream().write("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                    assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
                    awaitDescriptors(file, 1);
                    socket.setSoLinger(true, 0);
                }
                awaitDescriptors(file, 0);
            }
            assertThat(get(server, "/large.bin").body()).hasSize(32 << 20);
            awaitDescriptors(file, 0);
        }
    }

    /** Never the whole length, never other bytes in their place, never for ever. */
    @Test
    void aFileThatShrinksWhileItIsSentEndsTheConnection() throws Exception {
        for (String backend : new String[] {"auto", "nio"}) {
            byte[] content = write("large.bin", 32 << 20);
            try (var server = builder().set("server.backend", backend).start();
                    var socket = new Socket("127.0.0.1", server.port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                InputStream in = socket.getInputStream();
                var head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.read());
                assertThat(head.toString()).contains("Content-Length: " + (32 << 20));
                try (var channel = FileChannel.open(folder.resolve("large.bin"), StandardOpenOption.WRITE)) {
                    channel.truncate(20 << 20);
                }
                long received = 0;
                byte[] buffer = new byte[1 << 16];
                try {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        assertThat(Arrays.equals(buffer, 0, n, content, (int) received, (int) received + n))
                                .isTrue();
                        received += n;
                    }
                } catch (java.net.SocketException reset) {
                    // cut, as it should be
                }
                assertThat(received).isLessThanOrEqualTo(20 << 20);
            }
        }
    }

    @Test
    void aFileThatIsReplacedIsSentAsItWasOrAsItIsButNeverMixed() throws Exception {
        write("file.bin", 200_000);
        try (var server = builder().set("static.check-interval", "0").start()) {
            var before = get(server, "/file.bin");
            byte[] other = write("other.bin", 150_000);
            Files.move(
                    folder.resolve("other.bin"),
                    folder.resolve("file.bin"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            var after = get(server, "/file.bin");
            assertThat(after.body()).isEqualTo(other);
            assertThat(after.headers().firstValue("ETag"))
                    .isNotEqualTo(before.headers().firstValue("ETag"));
        }
    }

    @Test
    void pipelinedRequestsForFilesOfEveryKindAreAnsweredInOrder() throws Exception {
        byte[] small = write("small.bin", 500);
        byte[] large = write("large.bin", 300_000);
        try (var server = builder().start();
                var socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            String all = "";
            for (int i = 0; i < 8; i++)
                all += "GET /" + (i % 2 == 0 ? "large" : "small") + ".bin HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(all.getBytes());
            for (int i = 0; i < 8; i++) {
                var head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0)
                    head.append((char) socket.getInputStream().read());
                byte[] expected = i % 2 == 0 ? large : small;
                assertThat(head.toString())
                        .startsWith("HTTP/1.1 200 ")
                        .contains("Content-Length: " + expected.length + "\r\n");
                assertThat(Arrays.equals(socket.getInputStream().readNBytes(expected.length), expected))
                        .isTrue();
            }
        }
    }

    @Test
    void linksAreFollowedOnlyIfThatIsAllowed() throws Exception {
        Path outside = Files.createTempDirectory("outside");
        Files.writeString(outside.resolve("x.txt"), "outside");
        Files.createSymbolicLink(folder.resolve("linked"), outside);
        try (var server = builder().start()) {
            assertThat(get(server, "/linked/x.txt").statusCode()).isEqualTo(404);
        }
        try (var server = builder().set("static.follow-links", "true").start()) {
            assertThat(get(server, "/linked/x.txt").body()).asString().isEqualTo("outside");
            assertThat(get(server, "/linked/X.txt").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void foldersAreListedOnlyIfThatIsAskedFor() throws Exception {
        Files.createDirectories(folder.resolve("WEB-INF"));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("<a>.txt"), "a");
        try (var server = builder().start()) {
            assertThat(get(server, "/").statusCode()).isEqualTo(404);
        }
        try (var server = builder().set("static.listing", "true").start()) {
            assertThat(new String(get(server, "/").body(), StandardCharsets.UTF_8))
                    .contains("&lt;a&gt;.txt", ">sub/<")
                    .doesNotContain("WEB-INF");
            assertThat(get(server, "/sub/").statusCode()).isEqualTo(200);
            assertThat(get(server, "/none/").statusCode()).isEqualTo(404);
            assertThat(get(server, "/WEB-INF/").statusCode()).isEqualTo(404);
        }
    }
}
