package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sends a large file lets others of the loop go first, soon enough that the loop is not taken away. */
class FileTransferTest {
    private static final int CALL = 1 << 18;
    private static final int FILE = 3; // a number; nobody reads from it here

    /** What is done for a file of {@code calls} calls, from the first byte of it on. */
    private static List<String> callsFor(TestExchange exchange, int calls) {
        long length = (long) calls * CALL;
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.setContentLengthLong(length);
            assertThat(((DormouseResponse) response).transfer(FILE, 0, length)).isEqualTo(length);
        })) {
            app.run(exchange.transfers(CALL));
        }
        return exchange.calls().stream()
                .filter(each -> each.startsWith("t"))
                .map(each -> each.replace("transfer from ", ""))
                .map(each -> each.equals("turn") ? each : Long.toString(Long.parseLong(each) / CALL))
                .toList();
    }

    @Test
    void othersHaveTheirTurnAfterEachMebibyte() {
        assertThat(callsFor(TestExchange.get("/"), 9))
                .containsExactly("0", "1", "2", "3", "turn", "4", "5", "6", "7", "turn", "8");
    }

    @Test
    void othersHaveTheirTurnEarlierWhereTheyHaveWaitedAndTheMebibyteBeginsAnew() {
        assertThat(callsFor(TestExchange.get("/").overdue(), 6))
                .containsExactly("0", "turn", "1", "2", "3", "4", "turn", "5");
    }

    @Test
    void aFileThatIsAtItsEndGivesNoTurnAway() {
        assertThat(callsFor(TestExchange.get("/").overdue(), 1)).containsExactly("0");
    }
}
