package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.dormouse.LiveHeap;
import org.dormouse.poller.ChildJvm;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand of each kind of bad client leave nothing behind but a number. */
class BadClientsTest {
    private static final int MANY = 10_000;

    @ParameterizedTest
    @EnumSource
    void theirConnectionsEndForOneReasonAndLeaveNoDescriptorAndNoBuffer(BadClient kind) throws IOException {
        try (var server = new Http1Server(Http1Server.HELLO)) { // its close looks for what was not given back
            kind.come(1_000, server::connect, server.loop);
            assertThat(server.kernel.openDescriptors()).isZero();
            assertThat(server.pool.lent()).isZero();
            assertThat(server.connections.counts().closed(kind.end)).isEqualTo(1_000);
            assertThat(server.connections.counts().closed()).isEqualTo(1_000);
        }
    }

    @Test
    void tenThousandOfEachKindLeaveTheHeapAsItWas() throws Exception {
        String printed =
                ChildJvm.run(Main.class, "-Xmx512m", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED");
        for (BadClient kind : BadClient.values()) {
            long[] bytes = printed.lines()
                    .filter(line -> line.startsWith(kind + " "))
                    .flatMapToLong(
                            line -> Arrays.stream(line.split(" ", -1)).skip(1).mapToLong(Long::parseLong))
                    .toArray();
            assertThat(bytes).as(printed).hasSize(2);
            assertThat((double) bytes[1] / bytes[0]).as(printed).isBetween(0.99, 1.01);
        }
    }

    /** Prints for each kind the live heap before and after. */
    static final class Main {
        public static void main(String[] arguments) throws IOException {
            var server = new IdleHttp();
            BadClient.Opening opening = () -> {
                ScriptedPeer peer = server.kernel.connect();
                Connection.open(server.connections, peer.socket(), server.http1);
                return peer;
            };
            for (BadClient kind : BadClient.values()) kind.come(1_000, opening, server.driver); // classes, tables
            for (BadClient kind : BadClient.values()) {
                long endedBefore = server.connections.counts().closed(kind.end);
                long before = LiveHeap.now().bytes();
                kind.come(MANY, opening, server.driver);
                long after = LiveHeap.now().bytes();
                long ended = server.connections.counts().closed(kind.end) - endedBefore;
                if (ended != MANY || server.kernel.openDescriptors() > 0)
                    throw new IllegalStateException(kind + ": " + ended + " ended for " + kind.end + ", "
                            + server.kernel.openDescriptors() + " descriptors are open");
                System.out.println(kind + " " + before + " " + after);
            }
            if (server.connections.counts().closed(ConnectionEnd.BUG) > 0) throw new IllegalStateException("bugs");
        }
    }
}
