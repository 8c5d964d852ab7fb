package org.dormouse.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.DataFormatException;
import org.dormouse.NativeMemory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However messages and sessions end, the native memory of their coders is given back: what the C library says is in use does not grow. */
class DeflateMemoryTest {
    private static final byte[] MESSAGE = new byte[5000];

    private final DeflatePools pools = new DeflatePools(new DeflateSettings(true, 4, 0, true, 15, 10));

    @ParameterizedTest
    @CsvSource({"false, 15", "true, 15", "true, 9"})
    void nothingIsKeptOfSessionsThatHaveEnded(boolean context, int bits) throws Throwable {
        var terms = new DeflateTerms(context, context, bits, 15);
        try (pools) {
            NativeMemory.assertFlat(300, () -> session(terms));
            assertThat(pools.held()).isZero();
        }
    }

    /** Twelve of them are open at once, two more than may hold a coder; each ends in the midst of messages both ways. */
    private void session(DeflateTerms terms) throws DataFormatException {
        var deflaters = new MessageDeflater[12];
        var inflaters = new MessageInflater[12];
        byte[] some = new byte[1000];
        for (int i = 0; i < deflaters.length; i++) {
            deflaters[i] = new MessageDeflater(pools, terms);
            byte[] whole = deflaters[i].part(MESSAGE, 0, MESSAGE.length, true);
            if (deflaters[i].tryHold()) deflaters[i].part(MESSAGE, 0, 100, false);
            inflaters[i] = new MessageInflater(pools, terms);
            if (inflaters[i].feed(whole, 0, whole.length, i % 2 == 0)) inflaters[i].next(some, 0, some.length);
        }
        for (var each : deflaters) each.close();
        for (var each : inflaters) each.close();
    }
}
