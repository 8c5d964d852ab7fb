package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dormouse.ErrorLog;
import org.junit.jupiter.api.Test;

class NonBlockingPromiseTest {
    private final NonBlockingPromise promise = new NonBlockingPromise("servlet a", "application /", null);

    /** Keeps where it was asked for its message: by the log, among others. */
    private static final class Telltale extends ServletException {
        private static final long serialVersionUID = 1;
        private final transient List<StackTraceElement[]> asked = new ArrayList<>();

        @Override
        public String getMessage() {
            asked.add(Thread.currentThread().getStackTrace());
            return "told";
        }
    }

    @Test
    void aLogThatIsSlowToTakeWhatAServletThrewIsNotTheServletsFault() {
        var failure = new Telltale();
        try (var log = new ErrorLog();
                var app = TestApp.at("/").servlet("/", (request, response) -> {
                    throw failure;
                })) {
            app.get("/");
            assertThat(log.text()).contains("told");
        }
        StackTraceElement[] inTheLog = failure.asked.stream()
                .filter(stack -> Arrays.stream(stack)
                        .anyMatch(frame -> frame.getClassName().startsWith("org.slf4j.simple.")))
                .findFirst()
                .orElseThrow();
        promise.broken(inTheLog, "LOOP");
        assertThat(promise.isKept()).isTrue();
    }

    @Test
    void whateverElseItBlocksInBreaksItOnce() {
        try (var log = new ErrorLog()) {
            for (int i = 0; i < 2; i++) promise.broken(Thread.currentThread().getStackTrace(), "LOOP");
            assertThat(log.lines("promised not to block")).hasSize(1);
        }
        assertThat(promise.isKept()).isFalse();
    }
}
