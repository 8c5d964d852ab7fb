package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.servlet.ExchangeUse.READING;
import static org.dormouse.servlet.ExchangeUse.WRITING;

import org.junit.jupiter.api.Test;

class ExchangeUseTest {
    private final TestExchange exchange = TestExchange.get("/");
    private final ExchangeUse use = new ExchangeUse(exchange) {};

    @Test
    void aReaderAndAWriterMayBeInsideTogetherButNotTwoOfOneKind() {
        use.enter(READING);
        use.enter(WRITING);
        assertThatThrownBy(() -> use.enter(WRITING)).hasMessageContaining("two threads write one response");
        assertThatThrownBy(() -> use.enter(READING)).hasMessageContaining("two threads read one request");
        assertThat(use.leave(WRITING)).isFalse();
        use.enter(WRITING);
    }

    @Test
    void anEventThatFindsSomebodyInsideIsToldToHimWhenHeLeaves() {
        use.enter(READING);
        assertThat(use.enterOrMiss(READING)).isFalse();
        assertThat(use.enterOrMiss(WRITING)).isTrue();
        assertThat(use.leave(WRITING)).isFalse();
        assertThat(use.leave(READING)).isTrue();
        assertThat(use.enterOrMiss(READING)).isTrue();
        assertThat(use.leave(READING)).isFalse();
    }

    @Test
    void anExchangeWithNobodyInsideIsFinishedByWhoEndsIt() {
        assertThat(use.enterLast()).isTrue();
        assertThatThrownBy(() -> use.enter(WRITING)).hasMessageContaining("response has ended");
        assertThatThrownBy(() -> use.enter(READING)).hasMessageContaining("request has ended");
        assertThat(use.enterOrMiss(READING)).isFalse();
        use.leaveLast();
        assertThat(exchange.calls()).containsExactly("finish");
    }

    @Test
    void aWriterInTheMidstFinishesWhatEndedMeanwhileAndCutsIt() {
        use.enter(WRITING);
        assertThat(use.enterLast()).isFalse();
        assertThat(exchange.calls()).isEmpty();
        use.leave(WRITING);
        assertThat(exchange.calls()).containsExactly("abort", "finish");
    }

    @Test
    void aReaderInTheMidstIsWokenAndFinishesBehindTheRestOfTheResponse() {
        use.enter(READING);
        assertThat(use.enterLast()).isTrue();
        use.leaveLast();
        assertThat(exchange.calls()).containsExactly("flush", "abort");
        use.leave(READING);
        assertThat(exchange.calls()).containsExactly("flush", "abort", "finish");
    }

    @Test
    void theLastOfReaderAndWriterFinishes() {
        use.enter(READING);
        use.enter(WRITING);
        assertThat(use.enterLast()).isFalse();
        use.leave(WRITING);
        assertThat(exchange.calls()).containsExactly("abort");
        use.leave(READING);
        assertThat(exchange.calls()).containsExactly("abort", "finish");
    }
}
