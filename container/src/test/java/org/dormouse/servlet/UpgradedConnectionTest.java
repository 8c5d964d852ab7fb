package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.util.ArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class UpgradedConnectionTest {
    private static final class Idle implements HttpUpgradeHandler {
        @Override
        public void init(WebConnection connection) {}

        @Override
        public void destroy() {}
    }

    @Test
    void aThreadThatCouldNotBeginForLackOfMemoryIsAskedForAgainByTheNextTask() {
        var begun = new ArrayList<Runnable>();
        var isPoor = new boolean[] {true};
        Executor executor = task -> {
            if (isPoor[0]) throw new OutOfMemoryError("for a test");
            begun.add(task);
        };
        var connection = new UpgradedConnection(null, new Idle(), "p", executor);
        assertThatThrownBy(() -> connection.later(() -> {})).isInstanceOf(OutOfMemoryError.class);
        isPoor[0] = false;
        connection.later(() -> {});
        connection.later(() -> {});
        assertThat(begun).hasSize(1);
    }
}
