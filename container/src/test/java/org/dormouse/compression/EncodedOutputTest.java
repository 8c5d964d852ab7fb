package org.dormouse.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dormouse.http.Headers;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.Test;

class EncodedOutputTest {
    private static OutputStream failingAtItsEnd(Throwable failure) {
        return new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void close() throws IOException {
                if (failure instanceof Error error) throw error;
                if (failure instanceof RuntimeException exception) throw exception;
                throw (IOException) failure;
            }
        };
    }

    @Test
    void aCoderThatCannotEndTheBodyCutsTheResponseAndEndsItsExchange() throws IOException {
        for (Throwable failure : List.of(
                new OutOfMemoryError("for a test"),
                new IllegalStateException("for a test"),
                new IOException("for a test"))) {
            var exchange = TestExchange.get("/");
            exchange.commit(200, null, new Headers(), -1);
            var output = new EncodedOutput(exchange, failingAtItsEnd(failure));
            output.write(new byte[10], 0, 10);
            output.finish(false);
            assertThat(exchange.isAborted()).as("%s", failure).isTrue();
            assertThat(exchange.isEnded()).as("%s", failure).isTrue();
        }
    }
}
