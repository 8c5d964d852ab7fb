package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.dormouse.http.BadRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What reading one request head costs: whole as it mostly arrives, in two pieces, and long. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadParserBenchmark {
    private static final byte[] SHORT = head("""
            GET /hello HTTP/1.1
            Host: 127.0.0.1:8080

            """);
    private static final byte[] BROWSER = head("""
            GET /customers/42/orders?sort=date&page=3 HTTP/1.1
            Host: shop.example.com
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            Accept-Language: en-US,en;q=0.5
            Accept-Encoding: gzip, deflate, br, zstd
            Connection: keep-alive
            Referer: https://shop.example.com/customers/42
            Cookie: JSESSIONID=0B1E7E3F6C7C4D6C9E8A9A2B6F8E5D31; theme=dark; consent=necessary
            Upgrade-Insecure-Requests: 1
            Sec-Fetch-Dest: document
            Sec-Fetch-Mode: navigate
            Sec-Fetch-Site: same-origin
            Priority: u=0, i

            """);
    private static final byte[] LONG =
            head("GET / HTTP/1.1\nHost: a\nCookie: " + "name=value0123456789; ".repeat(300) + "end=1\n\n");

    private final HeadParser parser = new HeadParser(Http1Limits.DEFAULT, new RequestCounts());

    private static byte[] head(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Benchmark
    public Object shortGet() throws BadRequest {
        return whole(SHORT);
    }

    @Benchmark
    public Object browserGet() throws BadRequest {
        return whole(BROWSER);
    }

    @Benchmark
    public Object longCookie() throws BadRequest {
        return whole(LONG);
    }

    @Benchmark
    public Object browserGetInTwoPieces() throws BadRequest {
        if (parser.parse(BROWSER, 0, BROWSER.length / 2)) throw new IllegalStateException("half a head is not a head");
        return whole(BROWSER);
    }

    private Object whole(byte[] bytes) throws BadRequest {
        if (!parser.parse(bytes, 0, bytes.length)) throw new IllegalStateException("the head is not complete");
        Object head = parser.takeHead(bytes, 0);
        parser.reset();
        return head;
    }
}
