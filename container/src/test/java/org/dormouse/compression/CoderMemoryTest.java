package org.dormouse.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.dormouse.NativeMemory;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * However a response ends, the native memory of its coder is given back: what the allocator of the C library says is in use does not grow. A
 * coder takes 200 KiB at least, so one kept in each round would be ten times what is let pass for the JVM's own.
 */
class CoderMemoryTest {
    private static final int ROUNDS = 1_500;

    private static final byte[] BODY = body();

    private final Compression compression = new Compression(new CompressionSettings(
            true, List.of(Coding.values()), CompressionSettings.DEFAULT.types(), 1024, 4, true, 1 << 20, 50, 2));

    private static byte[] body() {
        var bytes = new byte[20_000];
        var random = new Random(1);
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) ('a' + random.nextInt(16));
        return bytes;
    }

    @AfterEach
    void close() {
        compression.close();
    }

    private interface Ending {
        void answer(Exchange exchange, TestExchange client) throws IOException;
    }

    private static void begin(Exchange exchange) throws IOException {
        begin(exchange, -1);
    }

    private static void begin(Exchange exchange, long contentLength) throws IOException {
        var fields = new Headers();
        fields.add("Content-Type", "application/json");
        exchange.commit(200, null, fields, contentLength);
        exchange.write(BODY, 0, BODY.length);
    }

    private void assertKeepsNothing(Coding coding, String method, Ending ending) throws Throwable {
        NativeMemory.assertFlat(ROUNDS, () -> answer(coding, method, ending));
    }

    private void answer(Coding coding, String method, Ending ending) throws IOException {
        var client = TestExchange.of(method, "/").field("Accept-Encoding", coding.word());
        ending.answer(compression.around(client), client);
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatIsFinished(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "GET", (exchange, client) -> {
            begin(exchange);
            exchange.flush();
            exchange.write(BODY, 0, 1_000);
            exchange.finish();
            assertThat(client.responseField("Content-Encoding")).isEqualTo(coding.word());
            assertThat(client.isEnded()).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesInTheMidst(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "GET", (exchange, client) -> {
            client.takeOnly(100);
            begin(exchange);
            client.leave();
            exchange.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatHasLeftBeforeTheBody(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "GET", (exchange, client) -> {
            client.leave();
            try {
                begin(exchange);
                exchange.flush();
            } catch (IOException gone) {
                assertThat(gone).hasMessageContaining("left");
            }
            exchange.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatIsAborted(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "GET", (exchange, client) -> {
            begin(exchange);
            exchange.abort();
            exchange.finish();
        });
    }

    /** The exchange beneath refuses the head: a response that was committed behind the coder's back. */
    @ParameterizedTest
    @EnumSource
    void aResponseWhoseHeadIsRefused(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "GET", (exchange, client) -> {
            client.commit(200, null, new Headers(), 0);
            try {
                begin(exchange);
            } catch (IllegalStateException refused) {
                assertThat(refused).hasMessageContaining("committed");
            }
            exchange.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aHead(Coding coding) throws Throwable {
        assertKeepsNothing(coding, "HEAD", (exchange, client) -> {
            begin(exchange, BODY.length);
            exchange.finish();
            assertThat(client.responseField("Content-Encoding")).isEqualTo(coding.word());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfARequestThatIsLeftInTheMidst(Coding coding) throws Throwable {
        byte[] coded = compression.encode(coding.word(), "application/json", BODY);
        assertThat(coded).isNotNull();
        assertKeepsNothing(coding, "POST", (unused, alsoUnused) -> {
            var client = TestExchange.open("POST", "/").field("Content-Encoding", coding.word());
            client.arrive(coded);
            Exchange exchange = compression.around(client);
            assertThat(exchange.read(new byte[500], 0, 500)).isPositive();
            exchange.commit(204, null, new Headers(), -1);
            exchange.finish();
        });
    }
}
