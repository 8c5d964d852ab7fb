package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.dormouse.poller.ChildJvm;

/**
 * What one idle connection takes, exactly. Measured in a JVM of its own, so that flags, and what ran before, make no difference.
 *
 * @param bytes of the objects of one connection, its socket included
 * @param graph bytes of these and of what the kernel in memory keeps for one connection: everything there is
 * @param heap by how many bytes the live heap grew for one connection: the histogram's word on the graph
 * @param printed class by class
 */
public record Footprint(double bytes, double graph, double heap, String printed) {
    /** Lets {@code main}, which uses {@link IdleConnections}, run. */
    public static Footprint of(Class<?> main) throws Exception {
        String printed = ChildJvm.run(
                main,
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:-UseCompactObjectHeaders",
                "-Djdk.attach.allowAttachSelf=true",
                "-XX:+EnableDynamicAgentLoading",
                "-Djol.magicFieldOffset=true",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "--add-opens=java.base/java.time.zone=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/java.nio.charset=ALL-UNNAMED",
                "--add-opens=java.base/java.security=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.cs=ALL-UNNAMED");
        return new Footprint(figure(printed, "bytes"), figure(printed, "graph"), figure(printed, "heap"), printed);
    }

    private static double figure(String printed, String name) {
        for (String line : printed.split("\n", -1)) {
            if (line.startsWith(name + "=")) return Double.parseDouble(line.substring(name.length() + 1));
        }
        throw new AssertionError("no " + name + " in: " + printed);
    }

    /**
     * Fails if a connection takes more than {@code limit}, or a tenth more than {@code recorded}, which was its figure when somebody last
     * looked; and if the graph is not what the heap grew by, so that something was not counted.
     */
    public void assertAtMost(double limit, double recorded) {
        System.out.print(printed);
        assertThat(bytes).as(printed).isLessThanOrEqualTo(limit).isLessThanOrEqualTo(1.1 * recorded);
        assertThat(graph).as(printed).isCloseTo(heap, withinPercentage(3));
    }
}
