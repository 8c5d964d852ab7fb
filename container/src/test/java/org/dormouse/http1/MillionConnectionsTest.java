package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.LiveHeap;
import org.dormouse.poller.ChildJvm;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One loop really holds a million connections, of which each has had an exchange and any can have another: over the kernel in memory, since
 * a process here may have 20,000 descriptors. Needs 2 GB and half a minute: {@code ./mvnw -pl container -am verify -Ddormouse.large=true}.
 */
@EnabledIfSystemProperty(named = "dormouse.large", matches = "true")
class MillionConnectionsTest {
    private static final int COUNT = 1_000_000;

    /** What the kernel in memory keeps for each, found by {@code IdleConnectionHeapTest}, with our own 256 at most. */
    private static final int MOST_BYTES_EACH = 1_300;

    @Test
    void aMillionConnectionsAreHeldAndServed() throws Exception {
        String printed =
                ChildJvm.run(Main.class, "-Xmx2g", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED");

        System.out.print(printed);
        assertThat(printed).contains("held 1000000 connections");
    }

    static final class Main {
        public static void main(String[] arguments) throws Exception {
            var server = new IdleHttp();
            for (int i = 0; i < 1_000; i++) server.connectAndAsk(); // classes
            long before = LiveHeap.now().bytes();
            long begin = System.nanoTime();
            List<ScriptedPeer> peers = new ArrayList<>(COUNT);
            for (int i = 0; i < COUNT; i++) peers.add(server.connectAndAsk());
            double seconds = (System.nanoTime() - begin) / 1e9;
            long each = (LiveHeap.now().bytes() - before) / COUNT;
            for (int i = 0; i < COUNT; i += 1_000) server.ask(peers.get(i));

            int held = server.kernel.openDescriptors() - 1_000;
            System.out.printf(
                    Locale.ROOT,
                    "held %d connections, one exchange each in %.1f s; %d B of live heap each, the kernel in memory included%n",
                    held,
                    seconds,
                    each);
            if (each > MOST_BYTES_EACH) throw new IllegalStateException(each + " B each, limit " + MOST_BYTES_EACH);
        }
    }
}
